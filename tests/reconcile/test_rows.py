"""What is one row: the same resource however the spec, the code and the record name it."""

from __future__ import annotations

import pytest
from support.deployed import spec
from support.rows import every_row

from iamglue.catalog.services import find_action
from iamglue.model.reconciliation import AccessSource
from iamglue.model.required_access import DeploymentScope
from iamglue.model.usage import ActionUsage, TrailCoverage, Usage
from iamglue.reconcile.resources import ResourceMatch, match_resource
from iamglue.reconcile.run import FunctionSources, reconcile
from iamglue.reconcile.used import RecordedUse

HERE, SCOPE = "eu-west-1:123456789012", DeploymentScope("aws", "eu-west-1", "123456789012")
UNKNOWN_PLACE = DeploymentScope("aws", "${AWS::Region}", "${AWS::AccountId}")
TABLE = f"arn:aws:dynamodb:{HERE}:table"


def rows(entries: str, *records: tuple[str, str], scope=SCOPE, data_events=True):
    """The rows of a spec with these entries, and recorded requests, but for its logs."""
    (function,) = spec(f"iamglue: 1\nfunction: f\nsettings: {{logs: false}}\n{entries}")
    access = tuple(ActionUsage("role", action, resource) for action, resource in records)
    covered = TrailCoverage("dynamodb", "2026-01-01", "2026-02-01", data_events)
    table = reconcile("spec.yaml", [FunctionSources(function, scope, None, Usage(access, (covered,)))])
    return {
        (row.action, row.resource): (row.value(AccessSource.DECLARED), row.value(AccessSource.USED))
        for row in table.rows
    }


@every_row(
    "row, resource, match",
    [
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/a.jpg", ResourceMatch.SAME),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/in/*", ResourceMatch.SAME),
        ("arn:aws:s3:::b/in/*", "arn:aws:s3:::b/*", ResourceMatch.POSSIBLE),
        ("arn:aws:s3:::b/*", "*", ResourceMatch.POSSIBLE),
        ("*", "arn:aws:s3:::b", ResourceMatch.SAME),
        (f"{TABLE}/${{T}}", f"{TABLE}/${{T}}", ResourceMatch.SAME),
        (f"{TABLE}/${{T}}", f"{TABLE}/${{U}}", ResourceMatch.POSSIBLE),
        (f"{TABLE}/${{T}}", f"{TABLE}/orders", ResourceMatch.POSSIBLE),
        (f"{TABLE}/${{T}}-orders", f"{TABLE}/sales", ResourceMatch.NONE),
        (f"{TABLE}/*", f"{TABLE}/${{T}}", ResourceMatch.SAME),
        ("arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/t", f"{TABLE}/t", ResourceMatch.POSSIBLE),
        (
            f"arn:aws:secretsmanager:{HERE}:secret:a-??????",
            f"arn:aws:secretsmanager:{HERE}:secret:a-Ab12Cd",
            ResourceMatch.SAME,
        ),
        ("arn:aws:s3:::a", "arn:aws:s3:::b", ResourceMatch.NONE),
    ],
)
def test_resources_are_compared_by_what_they_may_name(row, resource, match):
    assert match_resource(row, resource) is match


def test_an_arn_of_the_record_is_in_the_row_of_the_specs_name():
    found = rows("writes: [{dynamodb: orders}]", ("dynamodb:PutItem", f"{TABLE}/orders"))
    assert found == {("dynamodb:PutItem", f"{TABLE}/orders"): (True, True)}


def test_the_record_is_spelled_as_awss_reference():
    assert rows("writes: [{dynamodb: orders}]", ("dynamodb:putitem", f"{TABLE}/orders")) == {
        ("dynamodb:PutItem", f"{TABLE}/orders"): (True, True)
    }


def test_a_spec_without_region_and_account_has_one_row_with_the_record():
    found = rows("writes: [{dynamodb: orders}]", ("dynamodb:PutItem", f"{TABLE}/orders"), scope=UNKNOWN_PLACE)
    assert list(found.values()) == [(True, True)]


def test_a_record_that_may_be_one_of_two_entries_is_a_row_of_its_own_and_decides_neither():
    entries = "writes: [{dynamodb: '${First}'}, {dynamodb: '${Second}'}]"
    found = rows(entries, ("dynamodb:PutItem", f"{TABLE}/orders"))
    assert found == {
        ("dynamodb:PutItem", f"{TABLE}/${{First}}"): (True, None),
        ("dynamodb:PutItem", f"{TABLE}/${{Second}}"): (True, None),
        ("dynamodb:PutItem", f"{TABLE}/orders"): (None, True),
    }


def test_a_record_without_its_resource_decides_nothing_if_it_may_be_several():
    entries = "writes: [{dynamodb: orders}, {dynamodb: sales}]"
    found = rows(entries, ("dynamodb:PutItem", "*"))
    assert {value for key, value in found.items() if key[1] != "*"} == {(True, None)}


def test_what_the_record_does_not_show_is_unused_only_if_it_would_have_been_recorded():
    entries, other = "writes: [{dynamodb: orders}]", ("dynamodb:GetItem", f"{TABLE}/sales")
    key = ("dynamodb:PutItem", f"{TABLE}/orders")
    assert rows(entries, other)[key] == (True, False)
    assert rows(entries, other, data_events=False)[key] == (True, None)


def test_a_call_on_several_resources_need_not_name_each_in_its_record():
    usage = Usage(
        (ActionUsage("role", "ec2:AttachVolume", "arn:aws:ec2:eu-west-1:123456789012:volume/vol-1"),),
        (TrailCoverage("ec2", "2026-01-01", "2026-02-01"),),
    )
    used = RecordedUse.of(usage, "f", frozenset({"role"}), alone=True)
    attach, detach = (find_action(f"ec2:{name}volume") for name in ("attach", "detach"))
    instance = "arn:aws:ec2:eu-west-1:123456789012:instance/i-1"
    assert [used.not_used_reason([action], instance)[0] for action in (attach, detach)] == [None, False]


@pytest.mark.parametrize(("account", "value"), [("123456789012", False), ("999999999999", None)])
def test_the_coverage_of_the_roles_own_account_decides(account, value):
    role = "arn:aws:iam::123456789012:role/f"
    covered = TrailCoverage("ec2", "2026-01-01", "2026-02-01", account=account)
    usage = Usage((ActionUsage(role, "ec2:AttachVolume"),), (covered,))
    used = RecordedUse.of(usage, "f", frozenset({"f"}), alone=True)
    assert used.not_used_reason([find_action("ec2:detachvolume")], "*")[0] is value


def test_a_record_without_any_request_of_the_function_decides_nothing():
    assert list(rows("writes: [{dynamodb: orders}]").values()) == [(True, None)]


def test_a_parameter_has_one_value_and_so_means_only_one_of_two_tables():
    found = rows("writes: [{dynamodb: '${T}'}]", *(("dynamodb:PutItem", f"{TABLE}/{name}") for name in ("a", "b")))
    assert found == {
        ("dynamodb:PutItem", f"{TABLE}/${{T}}"): (True, None),
        ("dynamodb:PutItem", f"{TABLE}/a"): (None, True),
        ("dynamodb:PutItem", f"{TABLE}/b"): (None, True),
    }


def test_two_objects_of_the_bucket_that_a_parameter_names_are_one_row():
    objects = (("s3:PutObject", f"arn:aws:s3:::images-dev/{name}") for name in ("a", "b/c"))
    found = rows("writes: [{s3: 'images-${Stage}'}]", *objects)
    assert found == {("s3:PutObject", "arn:aws:s3:::images-${Stage}/*"): (True, True)}


def test_the_order_of_the_records_does_not_matter():
    records = [("dynamodb:PutItem", f"{TABLE}/{name}") for name in ("orders", "sales", "*")]
    entries = "writes: [{dynamodb: '${First}'}, {dynamodb: sales}]"
    assert rows(entries, *records) == rows(entries, *reversed(records))
