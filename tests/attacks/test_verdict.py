"""The judge itself, against what AWS's pages say of one request each.

Pages without a host are under https://docs.aws.amazon.com/IAM/latest/UserGuide/ .
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from attacks.callers import Caller
from attacks.possible import is_multivalued, is_possible
from attacks.verdict import Request, allows
from support.rows import every_row

OPERATORS = "reference_policies_elements_condition_operators.html"
SEVERAL = "reference_policies_condition-single-vs-multi-valued-context-keys.html"
LOGIC = "reference_policies_condition-logic-multiple-context-keys-or-values.html"
VARIABLES = "reference_policies_variables.html"
EVALUATION = "reference_policies_evaluation-logic_policy-eval-denyallow.html"
ACTIONS = "reference_policies_elements_action.html"
NOT_ACTION = "reference_policies_elements_notaction.html"
RESOURCES = "reference_policies_elements_resource.html"
NOT_RESOURCE = "reference_policies_elements_notresource.html"
PRINCIPALS = "reference_policies_elements_principal.html"
NOT_PRINCIPAL = "reference_policies_elements_notprincipal.html"
GLOBAL_KEYS = "reference_policies_condition-keys.html"
VERSION = "reference_policies_elements_version.html"
S3_PREFIX = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html"
S3_WALKTHROUGH = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/walkthrough1.html"

OBJECT = ("s3:GetObject", "arn:aws:s3:::amzn-s3-demo-bucket/home/k")
ACCOUNT, OTHER = "111122223333", "999999999999"
USER = Caller("AWS", f"arn:aws:iam::{ACCOUNT}:user/alice")
SESSION = Caller("AWS", f"arn:aws:sts::{ACCOUNT}:assumed-role/r/session")
CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"


def statement(effect="Allow", action="s3:*", resource="*", **elements):
    return {"Effect": effect, "Action": action, "Resource": resource, **elements}


def judged(statements, request, version="2012-10-17"):
    return allows([{"Version": version, "Statement": statements}], request)


# Each: page, statements, action, resource, verdict.
WHO_AND_WHAT = [
    (EVALUATION, [], *OBJECT, False),
    (EVALUATION, [statement()], *OBJECT, True),
    (EVALUATION, [statement(), statement("Deny")], *OBJECT, False),
    (EVALUATION, [statement("Deny", "s3:DeleteObject"), statement()], *OBJECT, True),
    (ACTIONS, [statement(action="S3:getOBJECT")], *OBJECT, True),
    (ACTIONS, [statement(action=["iam:*AccessKey*"])], "iam:UpdateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/u", True),
    (ACTIONS, [statement(action="s3:Get?bject")], *OBJECT, True),
    (ACTIONS, [statement(action="s3:Get?Object")], *OBJECT, False),
    (NOT_ACTION, [{"Effect": "Allow", "NotAction": "s3:DeleteBucket", "Resource": "arn:aws:s3:::*"}], *OBJECT, True),
    (NOT_ACTION, [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], "iam:ListUsers", "*", False),
    (RESOURCES, [statement(resource="arn:aws:s3:::amzn-s3-demo-bucket/*")], *OBJECT, True),
    (RESOURCES, [statement(resource="arn:aws:s3:::amzn-s3-demo-bucket/*/k")], *OBJECT, True),
    (RESOURCES, [statement(resource="arn:aws:s3:::AMZN-s3-demo-bucket/*")], *OBJECT, False),
    (RESOURCES, [statement(resource="arn:aws:s3:::amzn-s3-demo-bucket/home/k*")], *OBJECT, True),
    (RESOURCES, [statement(resource="arn:aws:s3:::amzn-s3-demo-bucket/home/?")], *OBJECT, True),
    (RESOURCES, [statement(resource="arn:aws:s3:::amzn-s3-demo-bucket/home/k?")], *OBJECT, False),
    (RESOURCES, [statement(resource="arn:aws:s3:::*")], "s3:ListJobs", "*", False),
    (RESOURCES, [statement(action="sqs:*", resource=f"arn:aws:sqs:*:{ACCOUNT}:q")], "sqs:SendMessage",
     f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q", True),
    (RESOURCES, [statement(action="sqs:*", resource="arn:aws:sqs:*:q")], "sqs:SendMessage",
     f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q", None),
    (RESOURCES, [statement(action="sqs:*", resource="arn:aws:sqs:*::q")], "sqs:SendMessage",
     f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q", False),
    (NOT_RESOURCE, [{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::amzn-s3-demo-bucket/*"}],
     *OBJECT, False),
    (NOT_RESOURCE, [{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::other/*"}], *OBJECT, True),
    (S3_WALKTHROUGH, [statement(resource="arn:aws:s3:::*")], "s3:ListAllMyBuckets", "*", None),
    (S3_WALKTHROUGH, [statement(resource="*")], "s3:ListAllMyBuckets", "*", True),
]  # fmt: skip


@every_row("page, statements, action, resource, verdict", WHO_AND_WHAT)
def test_effects_actions_and_resources_are_read_as_aws_says(page, statements, action, resource, verdict):
    assert judged(statements, Request(action, resource)) is verdict


# (page, condition, the key's values in the request or None, verdict of an Allow with it)
CONDITIONS = [
    (OPERATORS, {"StringEquals": {"aws:PrincipalTag/job": "iamuser-admin"}}, ["iamuser-admin"], True),
    (OPERATORS, {"StringEquals": {"aws:PrincipalTag/job": "iamuser-admin"}}, ["Iamuser-Admin"], False),
    (OPERATORS, {"StringEqualsIgnoreCase": {"aws:PrincipalTag/job": "iamuser-admin"}}, ["Iamuser-Admin"], True),
    (OPERATORS, {"StringEquals": {"aws:PrincipalTag/job": "a*"}}, ["ab"], False),
    (OPERATORS, {"StringLike": {"aws:PrincipalTag/job": "a*"}}, ["ab"], True),
    (OPERATORS, {"StringLike": {"aws:PrincipalTag/job": "a?"}}, ["a"], False),
    (OPERATORS, {"StringEquals": {"aws:PrincipalTag/job": ["a", "b"]}}, ["b"], True),
    (OPERATORS, {"StringNotEquals": {"aws:PrincipalTag/job": ["a", "b"]}}, ["b"], False),
    (OPERATORS, {"StringNotEquals": {"aws:PrincipalTag/job": ["a", "b"]}}, ["c"], True),
    (OPERATORS, {"StringEquals": {"aws:PrincipalTag/job": "a"}}, None, False),
    (OPERATORS, {"StringNotEquals": {"aws:PrincipalTag/job": "a"}}, None, True),
    (OPERATORS, {"StringNotLike": {"aws:PrincipalTag/job": "*"}}, None, True),
    (OPERATORS, {"StringEqualsIfExists": {"aws:PrincipalTag/job": "a"}}, None, True),
    (OPERATORS, {"StringEqualsIfExists": {"aws:PrincipalTag/job": "a"}}, ["b"], False),
    (OPERATORS, {"NumericLessThanEquals": {"s3:max-keys": "10"}}, ["10"], True),
    (OPERATORS, {"NumericLessThanEquals": {"s3:max-keys": "10"}}, ["11"], False),
    (OPERATORS, {"NumericEquals": {"s3:max-keys": "10.0"}}, ["10"], True),
    (OPERATORS, {"NumericLessThan": {"s3:max-keys": "10"}}, None, False),
    (OPERATORS, {"NumericNotEquals": {"s3:max-keys": "10"}}, None, True),
    (OPERATORS, {"NumericLessThan": {"s3:max-keys": "ten"}}, ["1"], None),
    (OPERATORS, {"DateLessThan": {"aws:TokenIssueTime": "2020-01-01T00:00:01Z"}}, ["2020-01-01T00:00:00Z"], True),
    (OPERATORS, {"DateLessThan": {"aws:TokenIssueTime": "2020-01-01T00:00:01Z"}}, ["2020-01-01T00:00:01Z"], False),
    (OPERATORS, {"DateGreaterThan": {"aws:TokenIssueTime": "2020-01-01"}}, ["2020-01-01T00:00:01Z"], True),
    (OPERATORS, {"Bool": {"aws:SecureTransport": "true"}}, ["true"], True),
    (OPERATORS, {"Bool": {"aws:SecureTransport": True}}, ["false"], False),
    (OPERATORS, {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, ["203.0.113.255"], True),
    (OPERATORS, {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, ["203.0.114.0"], False),
    (OPERATORS, {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, ["2001:db8::1"], False),
    (OPERATORS, {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, None, True),
    (OPERATORS, {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:*:123456789012:T*"}},
     ["arn:aws:sns:eu-west-1:123456789012:TOPIC"], True),
    (OPERATORS, {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:TOPIC"}},
     ["arn:aws:sns:eu-west-1:123456789012:TOPIC"], None),
    (OPERATORS, {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*:TOPIC"}},
     ["arn:aws:sns:eu-west-1:123456789012:TOPIC"], False),
    (OPERATORS, {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}},
     ["arn:aws:sns:eu-west-1:123456789012:t:sub"], True),
    (OPERATORS, {"ArnLike": {"aws:SourceArn": "*"}}, ["arn:aws:sns:eu-west-1:123456789012:TOPIC"], None),
    (OPERATORS, {"ArnLike": {"aws:SourceArn": "arn:aws:iam::*"}}, ["arn:aws:sns:eu-west-1:123456789012:TOPIC"], False),
    (OPERATORS, {"ArnNotLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}, None, True),
    (OPERATORS, {"Null": {"aws:MultiFactorAuthAge": "true"}}, None, True),
    (OPERATORS, {"Null": {"aws:MultiFactorAuthAge": "false"}}, None, False),
    (OPERATORS, {"Null": {"aws:MultiFactorAuthAge": "false"}}, ["5"], True),
    (OPERATORS, {"StringSounds": {"aws:PrincipalTag/job": "a"}}, ["a"], None),
    (S3_WALKTHROUGH, {"StringEquals": {"s3:prefix": [""]}}, [""], True),
    (S3_WALKTHROUGH, {"StringEquals": {"s3:prefix": [""]}}, None, False),
    (S3_PREFIX, {"StringEquals": {"s3:prefix": ["", "home/"]}}, ["home/"], True),
    (S3_PREFIX, {"StringLike": {"s3:prefix": "home/*"}}, ["home/"], True),
    (GLOBAL_KEYS, {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-x/r-y/ou-z/*"}}, ["o-x/r-y/ou-z/"], True),
    (GLOBAL_KEYS, {"StringLike": {"aws:PrincipalTag/job": "*"}}, [""], True),
    (SEVERAL, {"ForAllValues:StringEquals": {"aws:TagKeys": ["environment", "cost-center"]}}, ["environment"], True),
    (SEVERAL, {"ForAllValues:StringEquals": {"aws:TagKeys": ["environment"]}}, ["environment", "dept"], False),
    (SEVERAL, {"ForAllValues:StringEquals": {"aws:TagKeys": ["environment"]}}, None, True),
    (SEVERAL, {"ForAnyValue:StringEquals": {"aws:TagKeys": ["environment"]}}, ["environment", "dept"], True),
    (SEVERAL, {"ForAnyValue:StringEquals": {"aws:TagKeys": ["environment"]}}, None, False),
    (SEVERAL, {"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["environment"]}}, ["environment", "dept"], True),
    (SEVERAL, {"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["environment"]}}, None, False),
    (SEVERAL, {"ForAllValues:StringEquals": {"aws:TagKeys": ["environment"]}}, [""], None),
    (SEVERAL, {"StringEquals": {"aws:TagKeys": ["environment"]}}, ["environment"], None),
    (SEVERAL, {"StringEquals": {"aws:TagKeys": ["environment"]}}, ["environment", "dept"], None),
    (LOGIC, {"StringEquals": {"aws:PrincipalTag/job": "a"}, "StringLike": {"aws:principaltag/JOB": "b"}}, ["a"], False),
]  # fmt: skip


@every_row("page, conditions, values, verdict", CONDITIONS)
def test_conditions_are_read_as_aws_says(page, conditions, values, verdict):
    key = next(iter(next(iter(conditions.values()))))
    context = {} if values is None else {key: tuple(values)}
    several = frozenset({key.lower()} if is_multivalued(key) else ())
    request = Request(*OBJECT, context, multivalued=several)
    assert judged([statement(Condition=conditions)], request) is verdict


def test_two_keys_under_one_operator_must_both_hold():
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html"""
    one = statement(Condition={"StringEquals": {"aws:PrincipalTag/a": "x", "aws:PrincipalTag/b": "y"}})
    assert judged([one], Request(*OBJECT, {"aws:PrincipalTag/a": ("x",), "aws:PrincipalTag/b": ("y",)})) is True
    assert judged([one], Request(*OBJECT, {"aws:PrincipalTag/a": ("x",), "aws:PrincipalTag/b": ("z",)})) is False


HOME = "arn:aws:s3:::amzn-s3-demo-bucket/${aws:username}/*"
TEAM = "arn:aws:s3:::amzn-s3-demo-bucket/${aws:PrincipalTag/team, 'home'}/*"
# (page, version, resource pattern, condition, context, verdict of an Allow)
WITH_VARIABLES = [
    (VARIABLES, "2012-10-17", HOME, {}, {"aws:username": ("home",)}, True),
    (VARIABLES, "2012-10-17", HOME, {}, {"aws:username": ("hom",)}, False),
    (VARIABLES, "2012-10-17", HOME, {}, {"aws:username": ("*",)}, False),
    (VARIABLES, "2012-10-17", HOME, {}, {}, False),
    (VERSION, "2008-10-17", HOME, {}, {"aws:username": ("home",)}, False),
    (VARIABLES, "2012-10-17", TEAM, {}, {}, True),
    (VARIABLES, "2012-10-17", TEAM, {}, {"aws:PrincipalTag/team": ("blue",)}, False),
    (VARIABLES, "2012-10-17", "arn:aws:s3:::amzn-s3-demo-bucket/home/${*}", {}, {}, False),
    (VARIABLES, "2012-10-17", "*", {"StringLike": {"s3:prefix": "${aws:username}/*"}},
     {"aws:username": ("a",), "s3:prefix": ("a/b",)}, True),
    (VARIABLES, "2012-10-17", "*", {"StringNotEquals": {"s3:prefix": "${aws:username}"}}, {"s3:prefix": ("b",)}, None),
    (VARIABLES, "2012-10-17", "*", {"StringEquals": {"s3:prefix": "${aws:username}"}}, {"s3:prefix": ("b",)}, False),
    (VARIABLES, "2012-10-17", "*", {"StringEquals": {"s3:prefix": "a${*}"}}, {"s3:prefix": ("a*",)}, True),
    (VARIABLES, "2012-10-17", "arn:aws:s3:::amzn-s3-demo-bucket/${aws:TagKeys}/*", {},
     {"aws:TagKeys": ("home",)}, None),
]  # fmt: skip


@every_row("page, version, resource, conditions, context, verdict", WITH_VARIABLES)
def test_variables_are_read_as_aws_says(page, version, resource, conditions, context, verdict):
    request = Request(*OBJECT, context, multivalued=frozenset({"aws:tagkeys"}))
    assert judged([statement(resource=resource, Condition=conditions)], request, version) is verdict


# (page, element, value, caller, verdict of an Allow; of a Deny beside an Allow for everyone, for NotPrincipal)
CALLERS = [
    (PRINCIPALS, "Principal", "*", Caller("Anonymous", "*"), True),
    (PRINCIPALS, "Principal", {"AWS": "*"}, USER, True),
    (PRINCIPALS, "Principal", {"AWS": ACCOUNT}, USER, True),
    (PRINCIPALS, "Principal", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, SESSION, True),
    (PRINCIPALS, "Principal", {"AWS": OTHER}, USER, False),
    (PRINCIPALS, "Principal", {"AWS": f"arn:aws:iam::{ACCOUNT}:role/r"}, SESSION, True),
    (PRINCIPALS, "Principal", {"AWS": f"arn:aws:iam::{ACCOUNT}:role/path/r"}, SESSION, None),
    (PRINCIPALS, "Principal", {"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"}, SESSION, False),
    (PRINCIPALS, "Principal", {"AWS": SESSION.name}, SESSION, True),
    (PRINCIPALS, "Principal", {"Service": ["sns.amazonaws.com", "s3.amazonaws.com"]},
     Caller("Service", "s3.amazonaws.com"), True),
    (PRINCIPALS, "Principal", {"Service": "sns.amazonaws.com"}, USER, False),
    (PRINCIPALS, "Principal", {"Federated": "accounts.google.com"}, Caller("Federated", "accounts.google.com"), True),
    (PRINCIPALS, "Principal", {"Federated": "*"}, Caller("Federated", "accounts.google.com"), None),
    (PRINCIPALS, "Principal", {"CanonicalUser": CANONICAL}, Caller("CanonicalUser", CANONICAL), True),
    (PRINCIPALS, "Principal", {"CanonicalUser": CANONICAL}, USER, None),
    (PRINCIPALS, "Principal", {"CanonicalUser": CANONICAL}, Caller("Service", "sns.amazonaws.com"), False),
    (NOT_PRINCIPAL, "NotPrincipal", {"AWS": [USER.name, f"arn:aws:iam::{ACCOUNT}:root"]}, USER, True),
    (NOT_PRINCIPAL, "NotPrincipal", {"AWS": USER.name}, USER, None),
    (NOT_PRINCIPAL, "NotPrincipal", {"AWS": [USER.name, ACCOUNT]},
     Caller("AWS", f"arn:aws:iam::{OTHER}:user/u"), False),
    (NOT_PRINCIPAL, "NotPrincipal", {"AWS": [f"arn:aws:iam::{ACCOUNT}:role/r", ACCOUNT]}, SESSION, None),
    (NOT_PRINCIPAL, "NotPrincipal", {"AWS": [f"arn:aws:iam::{ACCOUNT}:role/r", SESSION.name, ACCOUNT]}, SESSION, True),
]  # fmt: skip


@every_row("page, element, value, caller, verdict", CALLERS)
def test_principals_are_read_as_aws_says(page, element, value, caller, verdict):
    if element == "Principal":
        statements = [statement(Principal=value)]
    else:
        statements = [statement(Principal="*"), statement("Deny", NotPrincipal=value)]
    assert judged(statements, Request(*OBJECT, caller=caller)) is verdict


POSSIBLE = [
    ("s3:GetObject", "arn:aws:s3:::b", False),
    ("s3:GetObject", "arn:aws:s3:::b/in/k", True),
    ("s3:ListBucket", "arn:aws:s3:::b", True),
    ("s3:ListBucket", "arn:aws:s3:::b/k", False),
    ("s3:ListAllMyBuckets", "*", True),
    ("s3:ListAllMyBuckets", "arn:aws:s3:::b", False),
    ("ssm:SendCommand", "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript", True),
    ("ssm:GetParameter", "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript", False),
    ("ssm:GetParameter", "arn:aws:ssm:eu-west-1::parameter/aws/service/x", True),
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:111122223333:sqlworkbench!x", True),
    ("sqs:SendMessage", "arn:aws:s3:::b", False),
]


@pytest.mark.parametrize(("action", "resource", "possible"), POSSIBLE)
def test_requests_that_aws_does_not_list_are_possible_where_no_form_of_the_service_fits(action, resource, possible):
    assert is_possible(Request(action, resource), [resource]) is possible


@pytest.mark.parametrize(
    "name", ["operators", "callers", "verdict", "possible", "attacker", "random_policies", "managed", "faults"]
)
def test_the_judge_and_the_attackers_import_nothing_of_iamglue(name):
    tree = ast.parse((Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    outside = {each for each in names if each.split(".")[0] == "iamglue" or each == "attacks.product"}
    assert names
    assert outside == set()
    for each in (one for one in names if one.startswith("attacks.")):
        assert (Path(__file__).parent / f"{each.partition('.')[2]}.py").is_file()
