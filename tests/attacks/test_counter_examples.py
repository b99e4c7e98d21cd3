"""Answers that were wrong, each as small as it can be. OLD and NEW are lists of statements; the rest is the request.

For each of them AWS's page decides that NEW allows the request and OLD does not. So says the judge, but for requests
that rest on what AWS leaves open: these are marked by the `silence` that makes it so, and the answer must be no proof.
"""

from __future__ import annotations

from random import Random

import pytest
from attacks.attacker import Attacker
from attacks.callers import Caller
from attacks.possible import exists, is_multivalued, is_possible
from attacks.product import answered, can_do, compacted
from attacks.random_policies import shown
from attacks.verdict import Request, allows, listed
from support.rows import every_row

CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
USER = Caller("AWS", "arn:aws:iam::111122223333:user/u")
SERVICE = Caller("Service", "sns.amazonaws.com")
SAML = Caller("Federated", "arn:aws:iam::111122223333:saml-provider/p")
SOURCE = {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:t"}
OBJECT, OBJECTS = "arn:aws:s3:::b/k", "arn:aws:s3:::b/*"
SHELL = "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript"
PUBLIC = "arn:aws:ssm:*::parameter/aws/service/*"
SECRET = "arn:aws:secretsmanager:*:*:aws-opsworks-cm-secrets-*"
MULTI_REGION = "arn:aws:s3::111122223333:accesspoint/a.mrap/object/*"


def allow(action="s3:GetObject", resource="*", condition=None, principal=None, effect="Allow"):
    statement = {"Effect": effect, "Action": action, "Resource": resource}
    if principal is not None:
        statement["Principal"] = principal
    return statement | ({"Condition": condition} if condition else {})


def deny(*args, **kwargs):
    return allow(*args, **kwargs, effect="Deny")


def policy(statements):
    return {"Version": "2012-10-17", "Statement": statements}


def request(action="s3:GetObject", resource=OBJECT, context=None, caller=None, silence=None):
    values = {key: (text,) if isinstance(text, str) else tuple(text) for key, text in (context or {}).items()}
    several = frozenset(key.lower() for key in values if is_multivalued(key))
    return Request(action, resource, values, caller, several, silence)


def on_tag(operator, value):
    return {operator: {"aws:PrincipalTag/team": value}}


NOTHING = [allow("sqs:SendMessage")]
EMPTY_TAG = request(context={"aws:PrincipalTag/team": ""})
BY_SOMEBODY = {"CanonicalUser": CANONICAL}
CANONICAL_CALLER = Caller("CanonicalUser", CANONICAL)
# A key's value may be empty. https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html and
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (aws:PrincipalOrgPaths)
EMPTY_VALUES = [
    ("a prefix", [allow("s3:ListBucket", "*", {"StringEquals": {"s3:prefix": ["home/"]}})],
     [allow("s3:ListBucket", "*", {"StringEquals": {"s3:prefix": ["", "home/"]}})],
     request("s3:ListBucket", "arn:aws:s3:::b", {"s3:prefix": ""})),
    ("alone", NOTHING, [allow(condition=on_tag("StringEquals", ""))], EMPTY_TAG),
    ("ignoring case", NOTHING, [allow(condition=on_tag("StringEqualsIgnoreCase", ""))], EMPTY_TAG),
    ("as a pattern", NOTHING, [allow(condition=on_tag("StringLike", ""))], EMPTY_TAG),
    ("if it exists", [allow(condition=on_tag("StringLikeIfExists", "?*"))],
     [allow(condition=on_tag("StringLikeIfExists", "*"))], EMPTY_TAG),
    ("negated", [allow(condition=on_tag("StringNotEquals", ""))], [allow()], EMPTY_TAG),
    ("as no pattern", [allow(condition=on_tag("StringNotLike", ""))], [allow()], EMPTY_TAG),
    ("matched by a star", [allow(condition=on_tag("StringLike", "?*"))], [allow(condition=on_tag("StringLike", "*"))],
     EMPTY_TAG),
    ("denied", [allow(), deny(condition=on_tag("StringEquals", ""))], [allow()], EMPTY_TAG),
    ("denied by a star", [allow(), deny(condition=on_tag("StringLike", "*"))],
     [allow(), deny(condition=on_tag("StringLike", "?*"))], EMPTY_TAG),
    ("one of several", NOTHING,
     [allow("cloudwatch:PutMetricAlarm", condition={"ForAnyValue:StringEquals": {"cloudwatch:AlarmActions": [""]}})],
     request("cloudwatch:PutMetricAlarm", "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:a",
             {"cloudwatch:AlarmActions": ["", "b"]})),
    ("only if it exists", [allow(condition=on_tag("StringEqualsIfExists", "?*"))],
     [allow(condition=on_tag("StringEqualsIfExists", ""))], EMPTY_TAG),
]  # fmt: skip
# Every kind of principal is somebody.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
PRINCIPALS = [
    ("is somebody", [allow("s3:PutObject", principal=BY_SOMEBODY)], [allow(principal=BY_SOMEBODY)],
     request(caller=CANONICAL_CALLER)),
    ("is not everybody", [allow(principal=BY_SOMEBODY)], [allow(principal={"AWS": "*"})], request(caller=SERVICE)),
    ("is no service", [allow(principal=BY_SOMEBODY)], [allow(principal={"Service": SERVICE.name})],
     request(caller=SERVICE)),
    ("is no federated user", [allow(principal=BY_SOMEBODY)], [allow(principal={"Federated": SAML.name})],
     request(caller=SAML)),
    ("is beyond a Deny of others", [deny(principal={"AWS": "111122223333"})], [allow(principal=BY_SOMEBODY)],
     request(caller=CANONICAL_CALLER)),
    ("may do more", [allow(principal=BY_SOMEBODY)], [allow("s3:*", principal=BY_SOMEBODY)],
     request("s3:PutObject", caller=CANONICAL_CALLER)),
    ("is bound by conditions", [allow(principal=BY_SOMEBODY, condition={"Bool": {"aws:SecureTransport": "true"}})],
     [allow(principal=BY_SOMEBODY)], request(context={"aws:SecureTransport": "false"}, caller=CANONICAL_CALLER)),
    ("spares nobody else", [allow(principal={"Federated": SAML.name}),
     {"Effect": "Deny", "Action": "*", "Resource": "*", "NotPrincipal": BY_SOMEBODY}],
     [allow(principal={"Federated": SAML.name})], request(caller=SAML)),
]  # fmt: skip
# What the reference's forms lack exists all the same.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointPermissions.html
UNLISTED = [
    ("AWS's document", NOTHING, [allow("ssm:SendCommand", SHELL)], request("ssm:SendCommand", SHELL)),
    ("AWS's document among others", [allow("ssm:SendCommand", "arn:aws:ssm:*:111122223333:document/*")],
     [allow("ssm:SendCommand", ["arn:aws:ssm:*:111122223333:document/*", SHELL])], request("ssm:SendCommand", SHELL)),
    ("public parameters", NOTHING, [allow("ssm:GetParameter", PUBLIC)],
     request("ssm:GetParameter", "arn:aws:ssm:eu-west-1::parameter/aws/service/x")),
    ("public parameters denied no more", [allow("ssm:*"), deny("ssm:GetParameter", PUBLIC)], [allow("ssm:*")],
     request("ssm:GetParameter", "arn:aws:ssm:eu-west-1::parameter/aws/service/x")),
    ("AWSGlueServiceRole", NOTHING, [allow("logs:PutLogEvents", "arn:aws:logs:*:*:/aws-glue/*")],
     request("logs:PutLogEvents", "arn:aws:logs:eu-west-1:111122223333:/aws-glue/x")),
    ("AWSOpsWorksCMInstanceProfileRole", NOTHING,
     [allow("secretsmanager:GetSecretValue", SECRET)],
     request("secretsmanager:GetSecretValue", SECRET.replace("*:*", "eu-west-1:111122223333"))),
]  # fmt: skip
# AWS does not say what an Arn operator makes of less than six parts.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
SHORT_ARNS = [
    ("a star", NOTHING, [allow(condition={"ArnLike": {"aws:SourceArn": "*"}})], request(context=SOURCE, silence=True)),
    ("a partition", NOTHING, [allow(condition={"ArnEquals": {"aws:SourceArn": "arn:aws:*"}})],
     request(context=SOURCE, silence=True)),
    ("a service", NOTHING, [allow(condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*"}})],
     request(context={"aws:PrincipalArn": "arn:aws:iam::111122223333:role/r"}, silence=True)),
    ("denied", [allow(), deny(condition={"ArnLike": {"aws:SourceArn": "arn:aws:*"}})], [allow()],
     request(context=SOURCE, silence=True)),
    ("negated", [allow(condition={"ArnNotLike": {"aws:SourceArn": "arn:aws:*"}})], [allow()],
     request(context=SOURCE, silence=True)),
]  # fmt: skip

# `${*}` and `${?}` are letters. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
ESCAPES = [
    ("a star alone", NOTHING, [allow(condition=on_tag("StringEquals", "${*}"))],
     request(context={"aws:PrincipalTag/team": "*"})),
    ("a star in a text", NOTHING, [allow(condition=on_tag("StringEquals", "x${*}"))],
     request(context={"aws:PrincipalTag/team": "x*"})),
    ("a question mark", NOTHING, [allow(condition=on_tag("StringEqualsIgnoreCase", "x${?}"))],
     request(context={"aws:PrincipalTag/team": "X?"})),
    ("a star denied no more", [allow(), deny(condition=on_tag("StringEquals", "x${*}"))], [allow()],
     request(context={"aws:PrincipalTag/team": "x*"})),
]  # fmt: skip


def named(cases):
    return [pytest.param(*case, id=name) for name, *case in cases]


@every_row("old, new, asked", named(EMPTY_VALUES + PRINCIPALS + UNLISTED + SHORT_ARNS + ESCAPES))
def test_what_a_request_refutes_is_not_called_the_same(old, new, asked):
    resources = [text for one in old + new for text in listed(one["Resource"])]
    assert is_possible(asked, resources)
    assert allows([policy(new)], asked) is True
    assert allows([policy(old)], asked) is False
    assert answered([policy(old)], [policy(new)])[0] != "no-new-access"


@every_row(
    "principal",
    [
        "*",
        {"AWS": "*"},
        {"AWS": "111122223333"},
        {"AWS": "arn:aws:iam::111122223333:role/r"},
        {"AWS": USER.name},
        {"AWS": "arn:aws:sts::111122223333:assumed-role/r/s"},
        {"AWS": "arn:aws:sts::111122223333:federated-user/f"},
        {"Service": "sns.amazonaws.com"},
        {"CanonicalUser": CANONICAL},
        {"Federated": "accounts.google.com"},
        {"Federated": "arn:aws:iam::111122223333:saml-provider/p"},
        {"Federated": "*"},
        {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE"},
    ],
)
def test_a_principal_of_any_kind_is_somebody(principal):
    old = policy([allow("sqs:SendMessage", principal={"AWS": "444455556666"})])
    new = policy([*old["Statement"], allow(principal=principal)])
    assert answered([old], [new])[0] != "no-new-access"


def test_objects_behind_a_multi_region_access_point_are_resources_of_get_object():
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointPermissions.html"""
    for resource in (MULTI_REGION, "arn:aws:s3::111122223333:accesspoint/*"):
        assert answered([policy(NOTHING)], [policy([allow(resource=resource)])])[0] != "no-new-access"


BUCKET = ("s3:ListBucket", "arn:aws:s3:::b")
COMPACTED = [
    ("an empty prefix", [allow(*BUCKET, {"StringEquals": {"s3:prefix": [text]}}) for text in ("", "home/")]),
    ("an empty pattern", [allow(*BUCKET, {"StringLike": {"s3:prefix": [text]}}) for text in ("", "home/*")]),
    ("the empty tag", [allow(*BUCKET, on_tag("StringNotLike", "")),
     allow(*BUCKET, {"Bool": {"aws:SecureTransport": "false"}})]),
    ("a short ARN", [allow(resource=OBJECTS, condition={"ArnLike": {"aws:SourceArn": list(values)}})
     for values in (("arn:aws:sns:*:111122223333:u",), ("arn:aws:sns:*:111122223333:u", "arn:aws:*"))]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "statements"), COMPACTED, ids=[name for name, _ in COMPACTED])
def test_compacting_drops_no_access(name, statements):
    old = policy(statements)
    new = compacted(old, smallest=True)
    decided = 0
    for asked in Attacker([old, *new], Random(name)).requests(2000):
        before, after = allows([old], asked), allows(new, asked)
        if exists(asked.action) and is_possible(asked) and None not in (before, after):
            decided += 1
            assert after is before, f"{asked}\n{shown(new)}"
    assert decided >= 200


PATHS = {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/"}
UNDECIDED = [
    ("allowed by one of many", [allow(condition={"StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}})], PATHS),
    ("denied by one of many", [allow(), deny(condition={"StringLike": {"aws:PrincipalOrgPaths": "o-*"}})], PATHS),
    ("allowed by what is not among many", [allow(condition={"StringNotLike": {"aws:TagKeys": "a"}})],
     {"aws:TagKeys": "b"}),
    ("allowed by a short ARN", [allow(condition={"ArnLike": {"aws:SourceArn": "arn:aws:sns:*"}})], SOURCE),
    ("allowed by a short ARN if there is one", [allow(condition={"ArnLikeIfExists": {"aws:SourceArn": "*"}})], SOURCE),
    ("denied by a short ARN", [allow(), deny(condition={"ArnLike": {"aws:SourceArn": "arn:aws:*"}})], SOURCE),
]  # fmt: skip


@pytest.mark.parametrize(("statements", "context"), named(UNDECIDED))
def test_can_says_unknown_where_aws_says_nothing(statements, context):
    asked = request(context=context)
    assert allows([policy(statements)], asked) is None
    assert can_do(asked, [policy(statements)]) == "unknown"


@pytest.mark.parametrize(
    "condition", [{"Null": {"aws:PrincipalAccount": "false"}}, {"StringEquals": {"aws:PrincipalAccount": "anonymous"}}]
)
def test_every_user_of_identity_providers_is_not_an_anonymous_caller(condition):
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"""
    new = allow("s3:PutObject", OBJECTS, condition, principal={"Federated": "*"})
    old = allow("s3:PutObject", OBJECTS, condition, principal={"AWS": "111122223333"})
    answer, witness = answered([policy([old])], [policy([new])])
    assert answer == "unknown" or witness["principal"] != "*"
