"""Needs put together as statements grant their sum and nothing else."""

from hypothesis import given
from support.seeded import seeded, some

from iamglue.generate.requirements.grants import AtomicGrant, grant_covers, group_grants, minimal_grants
from iamglue.generate.requirements.statements import explained_statements
from iamglue.model.required_access import Reason, RequiredAccess
from iamglue.policy.conditions import build_condition

ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "sqs:SendMessage", "ec2:DescribeSubnets"]
RESOURCES = [
    "*",
    "arn:aws:s3:::a",
    "arn:aws:s3:::a/*",
    "arn:aws:s3:::a/in/*",
    "arn:aws:s3:::bkt/*",
    "arn:aws:sqs:r:1:q",
]
CONDITIONS = [(), (build_condition("StringEquals", "aws:a", "1"),), (build_condition("Bool", "aws:b", "true"),)]


def random_need(chance):
    return RequiredAccess(
        some(chance, ACTIONS, 3),
        some(chance, RESOURCES, 3),
        chance.choice(["A", "B"]),
        "reason",
        chance.choice(CONDITIONS),
    )


needs = seeded(lambda chance: [random_need(chance) for _ in range(chance.randint(0, 6))])


def every_grant(statements):
    return {
        AtomicGrant(action, resource, each.statement.conditions)
        for each in statements
        for action in each.statement.actions.values
        for resource in each.statement.resources.values
    }


@given(needs)
def test_each_grant_of_the_statements_is_a_grant_of_a_need(given_needs):
    asked = {AtomicGrant(a, r, n.conditions) for n in given_needs for a in n.actions for r in n.resources}
    assert every_grant(explained_statements(given_needs, ())) <= asked


@given(needs)
def test_each_grant_of_a_need_is_covered_by_the_statements(given_needs):
    written = every_grant(explained_statements(given_needs, ()))
    asked = {AtomicGrant(a, r, n.conditions) for n in given_needs for a in n.actions for r in n.resources}
    assert all(any(grant_covers(one, grant) for one in written) for grant in asked)


@given(needs)
def test_no_grant_covers_another(given_needs):
    found = minimal_grants(given_needs)
    assert not [(a, b) for a in found for b in found if a != b and grant_covers(a, b)]


@given(needs)
def test_the_order_of_needs_does_not_matter(given_needs):
    forwards = [each.statement for each in explained_statements(given_needs, ())]
    backwards = [each.statement for each in explained_statements(given_needs[::-1], ())]
    assert forwards == backwards


@given(needs)
def test_sids_are_alphanumeric_and_unique(given_needs):
    sids = [each.statement.sid for each in explained_statements(given_needs, ())]
    assert len(set(sids)) == len(sids)
    assert all(sid.isascii() and sid.isalnum() for sid in sids)


@given(needs)
def test_a_statement_holds_actions_of_one_service(given_needs):
    for group in group_grants(minimal_grants(given_needs)):
        assert {action.partition(":")[0] for action in group.actions} == {group.service}


def test_actions_on_one_resource_stand_in_one_statement():
    asked = [
        RequiredAccess(("s3:GetObject",), ("arn:aws:s3:::a/*",), "A", Reason("one")),
        RequiredAccess(("s3:PutObject",), ("arn:aws:s3:::a/*",), "A", Reason("two")),
    ]
    (only,) = explained_statements(asked, ())
    assert only.statement.actions.values == ("s3:GetObject", "s3:PutObject")
    assert only.reasons == (Reason("one"), Reason("two"))
