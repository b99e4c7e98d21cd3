"""The rules about actions and ARNs, held against all of the catalogue."""

from __future__ import annotations

import json
import re

import pytest
from support.rows import every_row

from iamglue.catalog import services
from iamglue.catalog.maintain.refresh_reference import foreign_rows, region_rows, retired_rows
from iamglue.catalog.partitions import partitions
from iamglue.catalog.service_arn_formats import is_known_service, service_arn_formats
from iamglue.catalog.tables import table_rows
from iamglue.catalog.unlisted_actions import is_unlisted_action
from iamglue.findings import Confidence
from iamglue.lint.rules.document import (
    action_resource_mismatch,
    invalid_arn_account,
    invalid_arn_region,
    invalid_arn_resource,
    malformed_arn,
    possible_action_resource_mismatch,
    redundant_action,
    redundant_resource,
    unknown_action,
    unknown_service,
    unlisted_action,
    wildcard_in_service,
)
from iamglue.lint.rules.principals import unsupported_in_resource_policy
from iamglue.policy.document import read_nodes
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy, PolicyType

ABOUT_ARNS = (malformed_arn, unknown_service, invalid_arn_region, invalid_arn_account, invalid_arn_resource)
EVERY = (
    *ABOUT_ARNS,
    possible_action_resource_mismatch,
    action_resource_mismatch,
    unsupported_in_resource_policy,
    redundant_action,
    redundant_resource,
    unknown_action,
    unlisted_action,
    wildcard_in_service,
)
REGIONS = {"aws": "eu-west-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
VARIABLE = re.compile(r"\$\{([^{}]*)\}")


def written(action, resource, *, settings=(), path="policy.json", type=PolicyType.IDENTITY, **more):
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return ParsedPolicy(read_nodes(text, path).documents[0], type, parameter_values=ParameterValues(settings), **more)


def hits(rules, policy):
    return [(rule.__name__, hit.message) for rule in rules for hit in rule.check(policy)]


def codes(policy):
    return [hit.code for rule in ABOUT_ARNS for hit in rule.check(policy)]


def filled(text, partition, value):
    """An ARN format with values in the place of its variables."""

    def fill(match):
        name = match[1]
        if name in ("Partition", "Region"):
            return {"Partition": partition, "Region": REGIONS[partition]}[name]
        if "account" in name.lower():
            return "123456789012"
        return "backup" if name == "Vendor" else value

    return VARIABLE.sub(fill, text)


def every_format():
    for prefix in services.service_prefixes():
        for kind in services.find_service(prefix).resource_types.values():
            yield from kind.arn_formats


@pytest.mark.parametrize("partition", REGIONS)
@pytest.mark.parametrize("value", ["abc-123", "a*", "${aws:username}"])
def test_a_resource_of_the_reference_has_no_fault(partition, value):
    texts = [filled(each, partition, value) for each in every_format()]
    # A Region that the format itself names is one of its own partition.
    wanted = [each for each in texts if partition == "aws" or "us-west-2" not in each]
    assert hits(ABOUT_ARNS, written("s3:*", wanted)) == []


def test_each_resource_type_is_acted_on_by_an_action_that_takes_it():
    faults = []
    for prefix in services.service_prefixes():
        service = services.find_service(prefix)
        for action in service.actions.values():
            for taken in action.resource_types[:3]:
                kind = service.resource_types[taken.name.lower()]
                arn = filled(kind.arn_formats[0], "aws", "abc-123")
                faults += hits(
                    (action_resource_mismatch, possible_action_resource_mismatch), written([str(action)], [arn])
                )
    assert faults == []


def test_no_action_of_the_reference_is_unknown_or_unlisted():
    for prefix in services.service_prefixes():
        actions = [str(each) for each in services.find_service(prefix).actions.values()]
        assert hits((unknown_action, unlisted_action, unknown_service), written(actions, "*")) == []


def test_nothing_is_redundant_among_the_actions_of_a_service():
    for prefix in ("ec2", "iam", "s3"):
        actions = [str(each) for each in services.find_service(prefix).actions.values()]
        assert hits((redundant_action,), written(actions, "*")) == []
        ((_, message),) = hits((redundant_action,), written([*actions, f"{prefix}:*"], "*"))
        assert f"and {len(actions) - 6} more are covered by `{prefix}:*`" in message


def test_each_fault_of_one_arn_is_told_once():
    assert codes(written("kinesis:PutRecord", "arn:aws:kinesis:::jobs")) == [
        "MISSING_ARN_REGION",
        "MISSING_ARN_ACCOUNT",
        None,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "${BucketArn}/*",
        "${Arn}",
        "arn:${Partition}:s3:::${Bucket}/*",
        "arn:aws:${Service}:${Region}:${Account}:x",
        "arn:aws:sqs:${Region}:${Account}:${Queue}",
        "arn:aws:s3:::${aws:PrincipalTag/team}/*",
        "arn:aws:dynamodb:eu-west-1:123456789012:${Resource}",
        "arn:aws:dynamodb:eu-west-1:123456789012:${Kind}/a",
        "*",
    ],
)
def test_what_is_not_known_is_no_fault(text):
    service = text.split(":")[2] if text.startswith("arn:aws:") else "s3"
    action = {"dynamodb": "dynamodb:PutItem", "sqs": "sqs:SendMessage"}.get(service, "s3:GetObject")
    assert hits(EVERY, written(action, text)) == []


@every_row(
    "text",
    [
        "arn:aws:s3:::images",
        "arn:aws:s3:::images/*",
        "arn:aws:s3:eu-west-1:123456789012:accesspoint/a/object/*",
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "arn:aws:iam::123456789012:root",
        "arn:aws:lambda:*:*:function:a:*",
        "arn:aws:logs:*:*:log-group:/aws/lambda/*",
        "arn:aws:logs:*:*:log-group:a:log-stream:*",
        "arn:aws:execute-api:*:*:abc/*/GET/*",
        "arn:aws:elasticloadbalancing:*:*:loadbalancer/app/a/*",
        "arn:aws:apigateway:*::/restapis/*",
        "arn:aws:cognito-idp:*:*:userpool/*",
        "arn:aws:wafv2:*:*:regional/webacl/*",
        "arn:aws:ec2:*::image/ami-*",
        "arn:aws:ssm:eu-west-1::parameter/aws/service/*",
        "arn:aws:codestar:*:*:project/a",
        "arn:aws:cloudformation:*:aws:transform/Serverless-2016-10-31",
        "arn:*:*:*:*:*",
    ],
)
def test_arns_that_people_write_have_no_fault(text):
    assert codes(written("*", text)) == []


@pytest.mark.parametrize("partition", partitions())
def test_every_partition_is_one(partition):
    assert codes(written("*", f"arn:{partition}:s3:::images/*")) == []


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("arn:aws:dynamodb:eu-west-1:123456789012:tables/a", "arn:aws:dynamodb:eu-west-1:123456789012:table/a"),
        ("arn:aws:dynamodb:eu-west-1:123456789012:a", "arn:aws:dynamodb:eu-west-1:123456789012:table/a"),
    ],
)
def test_the_form_that_is_meant_is_told(text, right):
    (hit,) = invalid_arn_resource.check(written("dynamodb:PutItem", text))
    assert f"`{right}`" in hit.help


def test_a_slash_in_the_name_of_a_variable_is_none_of_the_bucket():
    policy = written("s3:ListBucket", "arn:aws:s3:::${aws:PrincipalTag/team}-images")
    assert hits((action_resource_mismatch,), policy) == []


def test_an_action_that_has_no_place_in_a_bucket_policy_is_told_once():
    policy = written("kms:Decrypt", "arn:aws:s3:::images/*", type=PolicyType.RESOURCE, resource_type="AWS::S3::Bucket")
    assert [name for name, _ in hits(EVERY, policy)] == ["iamglue.lint.rules.principals.unsupported_in_resource_policy"]


def test_a_value_that_is_not_given_is_not_filled_in():
    (hit,) = invalid_arn_region.check(written("sqs:SendMessage", "arn:aws:sqs::123456789012:jobs"))
    assert hit.fix is None


@pytest.mark.parametrize("module", EVERY)
@pytest.mark.parametrize(
    "text", ["", ":", "::::::", "arn", "arn:", "arn:::::", "arn:aws:::::", "${", "a${:*", "?", "\u00e9:\u00e9"]
)
def test_odd_texts_do_not_make_a_rule_raise(module, text):
    for resource_type in (None, "AWS::S3::Bucket"):
        policy = written([text, "s3:Get*", text], [text, "arn:aws:s3:::a", text], type=PolicyType.RESOURCE)
        policy.resource_type = resource_type
        list(module.check(policy))


def test_the_tables_are_those_of_the_reference():
    assert {(row["service"], row["format"]) for row in table_rows("arns_of_other_services")} == set(foreign_rows())
    assert {row["region"] for row in table_rows("regions")} == {row[0] for row in region_rows()}
    assert [row for row in retired_rows() if not is_known_service(row[0]) and row[1] == "no"] == []


def test_no_retired_action_is_in_the_reference():
    for row in table_rows("retired_actions"):
        for name in row["actions"].split():
            assert services.find_action(f"{row['service']}:{name}") is None
            assert is_unlisted_action(row["service"], name)


def test_foreign_formats_are_found_by_their_service_field():
    assert "portfolio/${PortfolioId}" in {shape.resource for shape in service_arn_formats("catalog")}
    assert is_known_service("catalog")
    assert not is_known_service("catalogue")


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", "arn:aws:sqs:eu-west-1::jobs"),
        ("sns:Publish", "arn:aws:states:eu-west-1:123456789012:statemachine:a"),
        ("s3:ListAllMyBuckets", "arn:aws:s3:::*"),
    ],
)
def test_an_action_is_never_said_to_meet_no_resource_where_the_resource_fits_no_type(action, resource):
    policy = written(action, resource)
    assert hits([action_resource_mismatch, possible_action_resource_mismatch], policy) == []


def test_an_action_is_surely_said_to_meet_no_resource_where_only_other_types_fit():
    (_,) = hits([action_resource_mismatch], written("s3:GetObject", "arn:aws:s3:::images"))
    assert action_resource_mismatch.RULE.confidence is Confidence.HIGH


@pytest.mark.parametrize("rule", [invalid_arn_account, invalid_arn_region, invalid_arn_resource])
def test_what_is_said_of_an_arn_that_fits_no_format_is_less_than_sure(rule):
    assert rule.RULE.confidence is Confidence.MEDIUM


@pytest.mark.parametrize("row", table_rows("denial_message_actions"), ids=lambda row: row["action"])
def test_an_action_that_aws_names_in_its_denials_is_to_be_kept(row):
    action = f"{row['service']}:{row['action']}"
    assert services.find_action(action) is None, "the reference lists it now: the row can go"
    for text in (action, action.upper()):
        assert hits((unknown_action,), written(text, "*")) == []
        (hit,) = unlisted_action.check(written(text, "*"))
        assert "AWS names it when it denies a request" in hit.message
        assert "keep it" in hit.help
        assert hit.fix is None
