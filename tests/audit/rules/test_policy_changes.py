"""A role that can be changed and then obtained gives any access, by whatever step it is obtained."""

from __future__ import annotations

import pytest
from support.deployed import ACCOUNT, HERE, LAMBDA, attached, audited, found, function, role, trusting

from iamglue.model.account import User

WORKER = f"arn:aws:iam::{ACCOUNT}:role/worker"
POLICY = f"arn:aws:iam::{ACCOUNT}:policy/worker"
CODE = {"lambda:UpdateFunctionCode": f"arn:aws:lambda:{HERE}:function:worker-function"}
PASS = {"iam:PassRole": WORKER, "lambda:CreateFunction": "*", "lambda:InvokeFunction": "*"}
ASSUME = {"sts:AssumeRole": WORKER}
NOTHING = attached("boundary", [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}])


def escalations(grants, users=None, **rest):
    statements = [{"Effect": "Allow", "Action": action, "Resource": arn} for action, arn in grants.items()]
    quiet = {"Effect": "Allow", "Action": "xray:PutTraceSegments", "Resource": "*"}
    worker = role(attached("worker", [quiet], POLICY), name="worker", trust=trusting(LAMBDA, {"AWS": ACCOUNT}), **rest)
    own = role(attached("own", [*statements, quiet]))
    functions = (function(), function("worker-function", "worker"))
    result = audited((own, worker), functions, users=users)
    return [each for each in found(result, "privilege-escalation") if each.chain[0].source == own.arn]


@pytest.mark.parametrize("obtain", [CODE, PASS, ASSUME], ids=["code", "pass", "assume"])
@pytest.mark.parametrize(
    "change", [{"iam:PutRolePolicy": WORKER}, {"iam:AttachRolePolicy": WORKER}, {"iam:CreatePolicyVersion": POLICY}]
)
def test_a_role_that_is_changed_and_then_obtained_gives_administrator_access(obtain, change):
    findings = escalations(change | obtain)
    assert {each.severity.value for each in findings} == {"security-warning"}
    assert all("(administrator access)" in each.message for each in findings)
    actions = {statement.action for each in findings for statement in each.chain[0].statements}
    assert {*change, *list(obtain)[:1]} <= actions


@pytest.mark.parametrize("grants", [CODE, PASS, ASSUME, {"iam:PutRolePolicy": WORKER}])
def test_one_of_the_two_is_no_escalation_to_administrator_access(grants):
    assert not any("administrator" in each.message for each in escalations(grants))


def test_a_boundary_of_the_other_role_limits_what_a_change_gives():
    findings = escalations({"iam:PutRolePolicy": WORKER} | CODE, boundary=NOTHING)
    assert not any("administrator" in each.message for each in findings)


def test_a_user_that_is_changed_and_given_a_password_gives_administrator_access():
    arn = f"arn:aws:iam::{ACCOUNT}:user/worker"
    grants = {"iam:PutUserPolicy": arn, "iam:UpdateLoginProfile": arn}
    (finding,) = escalations(grants, users=(User("worker", arn),))
    assert "whose policies it can change before (administrator access)" in finding.message
