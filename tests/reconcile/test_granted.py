"""What the table says of `granted`, held against a second reading of IAM request by request."""

from __future__ import annotations

import random
from itertools import product

import pytest
from support import judge
from support.deployed import ACCOUNT, REGION, attached, function, role, spec

from iamglue.model.account import Account
from iamglue.model.reconciliation import AccessSource
from iamglue.model.required_access import DeploymentScope
from iamglue.model.role_context import RoleContext
from iamglue.model.usage import ActionUsage, Usage
from iamglue.policy.arns import resource_covers
from iamglue.policy.patterns.wildcards import covers_action
from iamglue.reconcile.run import FunctionSources, RoleSource, reconcile

TABLES = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table"
SPEC = """\
iamglue: 1
function: exif-extractor
region: eu-west-1
account: "123456789012"
reads:
  - s3: images-bucket
  - s3: archive-*
    do: list
writes:
  - dynamodb: orders
settings: {logs: false}
"""
ACTIONS = [
    "s3:GetObject",
    "s3:PutObject",
    "s3:Get*",
    "s3:*",
    "dynamodb:PutItem",
    "dynamodb:*Item",
    "s3:ListBucket",
    "*",
]
RESOURCES = [
    "arn:aws:s3:::images-bucket/*",
    "arn:aws:s3:::images-bucket/in/*",
    "arn:aws:s3:::images-*",
    "arn:aws:s3:::archive-one",
    "arn:aws:s3:::*",
    f"{TABLES}/orders",
    f"{TABLES}/o*",
    f"{TABLES}/*",
    "*",
]
REQUESTS = [
    *product(
        ("s3:GetObject", "s3:PutObject", "s3:GetObjectTagging"),
        ("arn:aws:s3:::images-bucket/a", "arn:aws:s3:::images-bucket/in/a", "arn:aws:s3:::archive-one/a"),
    ),
    *product(("s3:ListBucket", "s3:DeleteBucket"), ("arn:aws:s3:::archive-one", "arn:aws:s3:::images-bucket")),
    *product(("dynamodb:PutItem", "dynamodb:DeleteItem"), (f"{TABLES}/orders", f"{TABLES}/other")),
]
# So many random policies take 2 seconds.
SEEDS = range(40)


def drawn_policy(seed: int) -> dict[str, object]:
    """A policy of one to four statements, one of them perhaps a Deny."""
    draw = random.Random(seed)
    statements = []
    for _ in range(draw.randint(1, 4)):
        statement = {
            "Effect": draw.choice(["Allow", "Allow", "Allow", "Deny"]),
            draw.choice(["Action", "Action", "Action", "NotAction"]): draw.sample(ACTIONS[:-1], draw.randint(1, 2)),
            draw.choice(["Resource", "Resource", "Resource", "NotResource"]): draw.sample(
                RESOURCES, draw.randint(1, 2)
            ),
        }
        statements.append(statement)
    return {"Version": "2012-10-17", "Statement": statements}


def rows_of(policy, record=ActionUsage("exif-role", "s3:PutObject", "arn:aws:s3:::images-bucket/a", count=1)):  # noqa: B008
    built = role(attached("own", policy))
    deployed = function()
    context = RoleContext(built, (deployed,), Account(ACCOUNT, (deployed,), (built,)), Usage())
    (declared,) = spec(SPEC)
    scope = DeploymentScope("aws", REGION, ACCOUNT)
    source = RoleSource((context,), is_given=True)
    return reconcile("spec.yaml", [FunctionSources(declared, scope, None, Usage((record,)), role=source)])


def names(row, action: str, resource: str) -> bool:
    return covers_action(row.action, action) and resource_covers(row.resource, resource)


def shows_a_grant(row) -> bool:
    answer = row.answers[AccessSource.GRANTED]
    return answer.value is not False or bool(answer.evidence)


@pytest.mark.parametrize("seed", SEEDS)
def test_granted_is_what_a_second_reading_of_the_policy_says(seed):
    policy = drawn_policy(seed)
    table = rows_of(policy)
    assert table.gaps == () or not table.has_failures
    for action, resource in REQUESTS:
        allowed = judge.verdict([policy], judge.Request(action, resource)) == judge.ALLOWED
        matching = [row for row in table.rows if names(row, action, resource)]
        whole = [row.value(AccessSource.GRANTED) for row in matching if not row.is_remainder]
        if allowed:
            # Nothing that is granted is left out; a row that is not granted as a whole says what grants a part.
            assert any(shows_a_grant(row) for row in matching), (action, resource, policy)
        else:
            # A row whose access is granted grants all of it; what remains of a statement is a part of its row.
            assert True not in whole, (action, resource, policy)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_not_granted_has_a_request_that_is_denied(seed):
    policy = drawn_policy(seed)
    for row in rows_of(policy).rows:
        if row.value(AccessSource.GRANTED) is False:
            resources = [row.resource.replace("*", text) for text in ("", "x", "in/x", "one")]
            verdicts = {judge.verdict([policy], judge.Request(row.action, resource)) for resource in resources}
            assert verdicts != {judge.ALLOWED}, (row.action, row.resource, policy)


def test_drawn_policies_have_rows_that_are_not_granted():
    rows = [row for seed in SEEDS[:8] for row in rows_of(drawn_policy(seed)).rows]
    assert sum(row.value(AccessSource.GRANTED) is False for row in rows) >= len(rows) / 5


def remainders(*statements) -> set[tuple[str, str]]:
    table = rows_of({"Version": "2012-10-17", "Statement": list(statements)})
    return {(row.action, row.resource) for row in table.rows if row.is_remainder}


def test_an_action_has_no_row_for_a_resource_that_it_does_not_take_beside_one_that_it_does():
    queue, objects = f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs", "arn:aws:s3:::other-bucket/*"
    both = {"Effect": "Allow", "Action": ["sqs:SendMessage", "s3:PutObject"], "Resource": [queue, objects]}
    assert remainders(both) == {("sqs:SendMessage", queue), ("s3:PutObject", objects)}


def test_an_action_on_a_resource_that_the_reference_does_not_list_is_a_row_if_it_is_all_there_is():
    crawler = f"arn:aws:glue:{REGION}:{ACCOUNT}:crawler/*"
    statement = {"Effect": "Allow", "Action": "glue:GetTable", "Resource": crawler}
    assert remainders(statement) == {("glue:GetTable", crawler)}
    table = rows_of({"Version": "2012-10-17", "Statement": [statement]})
    assert [row.value(AccessSource.GRANTED) for row in table.rows if row.is_remainder] == [None]


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("glue:GetTable", f"arn:aws:glue:{REGION}:{ACCOUNT}:crawler/x"),
        ("logs:CreateLogStream", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/x"),
        ("ec2:DescribeInstances", f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-1"),
    ],
)
def test_a_request_on_a_resource_that_the_reference_does_not_list_is_not_granted_by_a_proof_about_nothing(
    action, resource
):
    record = ActionUsage("exif-role", action, resource, count=1)
    part = {
        "Effect": "Allow",
        "Action": action,
        "Resource": f"{resource[:-1]}?",
        "Condition": {"Bool": {"aws:x": "true"}},
    }
    for statements, granted in (([], False), ([part], None)):
        table = rows_of({"Version": "2012-10-17", "Statement": statements}, record)
        rows = [row for row in table.rows if (row.action, row.resource) == (action, resource)]
        assert [row.value(AccessSource.GRANTED) for row in rows] == [granted]


def test_what_frameworks_attach_to_every_role_is_of_low_risk():
    from support.deployed import of_aws

    built = role(of_aws("AWSLambdaBasicExecutionRole"))
    deployed = function()
    context = RoleContext(built, (deployed,), Account(ACCOUNT, (deployed,), (built,)), Usage())
    (declared,) = spec(SPEC)
    sources = FunctionSources(
        declared, DeploymentScope("aws", REGION, ACCOUNT), role=RoleSource((context,), is_given=True)
    )
    rows = [row for row in reconcile("spec.yaml", [sources]).rows if row.is_remainder]
    assert {row.action.partition(":")[0] for row in rows} == {"logs"}
    assert max(row.risk for row in rows) == 5
