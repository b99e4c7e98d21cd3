"""ARNs that fit no format of AWS's reference: possible for an action, unless they only fit types of other actions."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.arn_texts import fits_only_other_types, is_of_other_type, is_stray, own_formats, texts_of
from support.floors import counts, floor
from support.managed_policies import managed_documents
from support.rows import every_row

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import access_of
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.engine.solve.proof import Verdict, prove_empty
from iamglue.policy.arns import resource_matches
from iamglue.policy.model import Effect, MatchList, Policy, Statement

MANAGED = [document["Statement"] for document in managed_documents().values()]
PARTS = 4


def statement(actions, resources, effect=Effect.ALLOW, *, negated=False):
    return Statement(
        effect,
        MatchList((actions,) if isinstance(actions, str) else tuple(actions)),
        MatchList((resources,) if isinstance(resources, str) else tuple(resources), negated),
    )


def access(*statements):
    return access_of([Policy(tuple(statements))])


def comparison(action, new, old=()):
    """The comparison of an action on the Resource `new` with the same action on `old`."""
    before = access(statement(action, old)) if old else access()
    return compare(access(statement(action, new)), before)


UNLISTED = [
    ("ssm:SendCommand", "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript", "arn:aws:ssm:*:123456789012:document/*"),
    ("ssm:SendCommand", "arn:aws:ssm:*::document/*", "arn:aws:ssm:*:?*:document/*"),
    ("ssm:GetParameter", "arn:aws:ssm:*::parameter/aws/service/*", "arn:aws:ssm:*:123456789012:parameter/*"),
    ("s3:GetObject", "arn:aws:s3::123456789012:accesspoint/x.mrap/object/*", "arn:aws:s3:::images/*"),
    ("s3:GetObject", "arn:aws:s3::123456789012:accesspoint/*", "arn:aws:s3:::images/*"),
    ("s3:ListBucket", "arn:aws:s3::123456789012:accesspoint/x.mrap", "arn:aws:s3:::images"),
    ("states:StartExecution", "arn:aws:states:*:*:statemachine:*", "arn:aws:states:*:*:stateMachine:*"),
    ("cloudformation:CreateStack", "arn:aws:cloudformation:*:*:stack/web", "arn:aws:cloudformation:*:*:stack/web/*"),
    ("logs:GetLogEvents", "arn:aws:logs:*:*:/aws-glue/*", "arn:aws:logs:*:*:log-group:*"),
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:*:sqlworkbench!*", ()),
    ("organizations:DescribeOrganization", "arn:aws:organizations::*:", ()),
    ("kms:CreateGrant", "arn:aws:kms:*::key/*", "arn:aws:kms:*:123456789012:*"),
    ("migrationhub-strategy:GetMessage", "arn:aws:migrationhub-strategy:*:*:*", ()),
    ("s3:GetObject", "arn:aws-other:s3:::images/*", "arn:aws:s3:::*"),
    ("s3:GetObject", "arn:aws:not-a-service-yet:*:*:*", "arn:aws:s3:::*"),
    ("ssm:GetParameter", "arn:aws:ssm:*:*:*", "arn:aws:ssm:*:*:parameter/*"),
]  # fmt: skip


@every_row("action, new, old", UNLISTED)
def test_an_arn_that_fits_no_format_is_new_access_and_unlisted(action, new, old):
    result = comparison(action, new, old)
    assert (result.answer, result.unlisted_only, result.future_only) == (ComparisonAnswer.NEW_ACCESS, True, False)


@pytest.mark.parametrize(
    ("action", "new", "old"),
    [
        ("iam:GetPolicy", "arn:aws:iam::aws:policy/*", "arn:aws:iam::123456789012:policy/*"),
        ("sagemaker:DescribeHub", "arn:aws:sagemaker:*:aws:hub/Public", "arn:aws:sagemaker:*:123456789012:hub/*"),
        ("sqs:SendMessage", "arn:aws:sqs:*:999999999999:*", "arn:aws:sqs:*:123456789012:*"),
        ("ssm:SendCommand", "arn:aws:ssm:*:*:document/*", "arn:aws:ssm:*:123456789012:document/*"),
        ("s3:ListAllMyBuckets", "arn:aws:s3:::*", ()),
        ("apigateway:GET", "arn:aws:apigateway:*::/apis/a", ()),
    ],
)
def test_a_listed_request_is_preferred(action, new, old):
    result = comparison(action, new, old)
    assert (result.answer, result.unlisted_only) == (ComparisonAnswer.NEW_ACCESS, False)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", "arn:aws:s3:::images"),
        ("s3:GetObject", "arn:aws:s3:eu-west-1:123456789012:job/*"),
        ("s3:GetObject", "arn:aws:sqs:*:*:jobs"),
        ("s3:GetObject", "arn:aws:dynamodb:*:*:*"),
        ("s3:ListAllMyBuckets", "arn:aws:s3:::images"),
        ("ssm:GetParameter", "arn:aws:ssm:*:*:document/*"),
        ("ec2:DescribeInstances", "arn:aws:ec2:*:*:instance/*"),
    ],
)
def test_an_arn_of_other_resource_types_only_is_not_access(action, resource):
    assert comparison(action, resource).answer is ComparisonAnswer.NO_NEW_ACCESS


@pytest.mark.parametrize(
    ("action", "new", "old"),
    [
        ("ssm:GetParameter", "arn:aws:ssm:*::parameter/aws/service/*", "arn:aws:ssm:*:*:parameter/*"),
        ("ssm:SendCommand", "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript", "*"),
        ("states:*", "arn:aws:states:*:*:statemachine:a", "arn:aws:states:*:*:statemachine:*"),
    ],
)
def test_an_unlisted_arn_that_the_old_pattern_matches_is_no_new_access(action, new, old):
    assert comparison(action, new, old).answer is ComparisonAnswer.NO_NEW_ACCESS


def test_a_deny_of_unlisted_arns_counts():
    everything = statement("s3:GetObject", "*")
    deny = statement("s3:GetObject", "arn:aws:s3::123456789012:accesspoint/x.mrap/object/*", Effect.DENY)
    result = compare(access(everything), access(everything, deny))
    assert (result.answer, result.unlisted_only) == (ComparisonAnswer.NEW_ACCESS, True)


def test_a_future_action_may_have_unlisted_arns():
    result = comparison("ssm:DoSomething", "arn:aws:ssm:*::document/AWS-*")
    assert (result.answer, result.future_only) == (ComparisonAnswer.NEW_ACCESS, True)


def test_merging_statements_of_different_services_is_not_new_access():
    queue, objects = "arn:aws:sqs:*:*:jobs*", "arn:aws:s3:::images/*"
    apart = access(statement("sqs:SendMessage", queue), statement("s3:GetObject", objects))
    together = access(statement(["sqs:SendMessage", "s3:GetObject"], [queue, objects]))
    assert compare(together, apart).answer is ComparisonAnswer.NO_NEW_ACCESS


@cache
def pairs_of_aws_policies():
    """The (action, resource) pairs of AWS's policies; of actions that take the same types on one resource, one.

    It is the types that decide. With each resource another action stands for those like it.
    """
    pairs = {
        (action, resource)
        for statements in MANAGED
        for row in (statements if isinstance(statements, list) else [statements])
        if row["Effect"] == "Allow"
        for action in _list(row.get("Action", []))
        for resource in _list(row.get("Resource", []))
        if "*" not in action and resource.strip("*") and "${" not in resource
    }
    assert len(pairs) > 20_000
    alike = {}
    for action, resource in sorted(pairs):
        alike.setdefault((action.partition(":")[0], frozenset(own_formats(action)), resource), []).append(
            (action, resource)
        )
    cases = [group[len(group[0][1]) % len(group)] for group in alike.values()]
    assert len(cases) > 8_000
    return cases


@pytest.mark.parametrize("part", range(PARTS))
def test_a_pair_from_aws_policies_is_empty_only_if_other_types_fit(part):
    wrong = [
        (action, resource)
        for action, resource in pairs_of_aws_policies()[part::PARTS]
        if prove_empty(access(statement(action, resource))).verdict is Verdict.EMPTY
        and not fits_only_other_types(action, resource)
    ]
    assert wrong == []


def _list(value):
    return [value] if isinstance(value, str) else value


ACTIONS = ("ssm:SendCommand", "ssm:GetParameter", "s3:GetObject", "s3:ListBucket", "sqs:SendMessage", "iam:PassRole",
           "states:StartExecution", "cloudformation:UpdateStack", "dynamodb:Query")  # fmt: skip
RESOURCES = ("arn:aws:ssm:*:*:document/*", "arn:aws:ssm:*::document/AWS-*", "arn:aws:ssm:*:123456789012:*",
             "arn:aws:ssm:*:*:doc*", "arn:aws:ssm:*:*:parameter/a*", "arn:aws:s3:::*", "arn:aws:s3:::images/*",
             "arn:aws:s3::*:accesspoint/*", "arn:aws:s3:*:*:accesspoint/a/object/*", "arn:aws:sqs:*:*:*",
             "arn:aws:sqs:*::jobs", "arn:aws:iam::aws:role/*", "arn:aws:iam::*:role*", "arn:aws:iam:*:*:role/a",
             "arn:aws:states:*:*:statemachine:*", "arn:aws:states:*:*:state*", "arn:aws:cloudformation:*:*:stack/a",
             "arn:aws:cloudformation:*:*:stack/*", "arn:aws:dynamodb:*:*:table*", "arn:*:dynamodb:*:*:table/a*",
             "arn:aws:*:*:*:table/a", "*")  # fmt: skip


@st.composite
def policies(draw):
    result = []
    for _ in range(draw(st.integers(1, 2))):
        effect = draw(st.sampled_from([Effect.ALLOW, Effect.ALLOW, Effect.DENY]))
        actions = draw(st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2, unique=True))
        resources = draw(st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2, unique=True))
        result.append(statement(actions, resources, effect, negated=draw(st.integers(0, 7)) == 0))
    return tuple(result)


@floor(0.0005)
@given(policies(), policies())
def test_no_request_built_from_the_policies_contradicts_a_proof(new, old):
    newer, older = access(*new), access(*old)
    if compare(newer, older).answer is not ComparisonAnswer.NO_NEW_ACCESS:
        return
    patterns = {value for item in (*new, *old) for value in item.resources.values if value != "*"}
    stray_patterns = list(filter(is_stray, patterns))
    for text in {text for pattern in patterns for text in texts_of(pattern)}:
        may_be_any = any(resource_matches(pattern, text) for pattern in stray_patterns)
        reached = [item for item in patterns if resource_matches(item, text)]
        for action in ACTIONS:
            request = Request(action, text)
            if counts(newer.contains(request) and older.contains(request) is False):
                only_others = bool(reached) and all(fits_only_other_types(action, item) for item in reached)
                assert not may_be_any, (action, text)
                assert only_others or is_of_other_type(action, text), (action, text)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("states:SendTaskSuccess", "arn:aws:states:eu-west-1:123456789012:stateMachine:orders"),
        ("states:SendTaskHeartbeat", "arn:aws:states:eu-west-1:123456789012:activity:ship"),
        ("kinesis:UpdateShardCount", "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks"),
        ("kinesis:PutRecord", "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks"),
        ("s3:GetAccessPoint", "arn:aws:s3:eu-west-1:123456789012:accesspoint/images"),
        ("s3:GetAccessPoint", "*"),
    ],
)
def test_resources_that_only_the_guides_of_aws_name_for_an_action_are_access(action, resource):
    assert comparison(action, resource).answer is ComparisonAnswer.NEW_ACCESS
