"""`Resource: "*"` that a Deny, a condition or a boundary limits to a few roles still leads to these roles."""

from __future__ import annotations

import pytest
from support.deployed import ACCOUNT, HERE, LAMBDA, attached, audited, found, function, of_aws, role, trusting

from iamglue.model.account import User

OWN = f"arn:aws:iam::{ACCOUNT}:role/exif-role"
ADMIN = f"arn:aws:iam::{ACCOUNT}:role/admin"
TAGGED = {"StringEquals": {"aws:ResourceTag/team": "platform"}}


def allow(action, resource="*", **rest):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **rest}


def deny_except(action, *left):
    return {"Effect": "Deny", "Action": action, "NotResource": list(left)}


def administrator(**rest):
    return role(of_aws("AdministratorAccess"), name="admin", trust=trusting(LAMBDA, {"AWS": ACCOUNT}), **rest)


def escalations(*statements, boundary=None, tags=(), others=0, **rest):
    roles = (
        role(attached("own", list(statements)), boundary=boundary),
        administrator(tags=tags),
        *(role(name=f"other-{number}") for number in range(others)),
    )
    functions = (function(), function("admin-function", "admin"))
    findings = found(audited(roles, functions, **rest), "privilege-escalation")
    return [
        each for each in findings if each.subject.arn == OWN or each.subject.name in ("exif-role", "exif-extractor")
    ]


CREATE = allow(["lambda:CreateFunction", "lambda:InvokeFunction"])
CODE = "lambda:UpdateFunctionCode"


@pytest.mark.parametrize("others", [0, 60], ids=["few roles", "many roles"])
@pytest.mark.parametrize(
    "statements",
    [
        (allow("sts:AssumeRole"), deny_except("sts:AssumeRole", ADMIN)),
        (allow("iam:PassRole"), CREATE, deny_except("iam:PassRole", ADMIN)),
        (allow(CODE), deny_except(CODE, f"arn:aws:lambda:{HERE}:function:admin-function")),
        (
            {"Effect": "Allow", "Action": "sts:AssumeRole", "NotResource": f"{OWN}-x"},
            deny_except("sts:AssumeRole", ADMIN),
        ),
    ],
    ids=["assume", "pass", "code", "not resource"],
)
def test_a_deny_that_leaves_an_administrator_leaves_the_escalation(statements, others):
    (finding,) = escalations(*statements, others=others)
    assert (finding.severity.value, "admin" in finding.message) == ("security-warning", True)


def test_a_deny_that_leaves_other_roles_only_closes_the_escalation():
    other = f"arn:aws:iam::{ACCOUNT}:role/other-0"
    assert escalations(allow("sts:AssumeRole"), deny_except("sts:AssumeRole", other), others=1) == []


def test_a_boundary_that_leaves_an_administrator_leaves_the_escalation():
    boundary = attached("boundary", [allow("sts:AssumeRole", ADMIN)])
    (finding,) = escalations(allow("sts:AssumeRole"), boundary=boundary)
    assert "`admin` (administrator access)" in finding.message


def test_a_deny_that_leaves_the_role_itself_leaves_the_change_of_its_policies():
    (finding,) = escalations(allow("iam:PutRolePolicy"), deny_except("iam:PutRolePolicy", OWN))
    assert "itself (administrator access)" in finding.message


def test_a_user_that_a_deny_leaves_is_named_although_it_was_not_read():
    user = f"arn:aws:iam::{ACCOUNT}:user/root-admin"
    (finding,) = escalations(allow("iam:CreateAccessKey"), deny_except("iam:CreateAccessKey", user))
    assert "`root-admin`" in finding.message


def test_a_build_project_that_a_deny_leaves_is_named():
    project = f"arn:aws:codebuild:{HERE}:project/deploy"
    (finding,) = escalations(allow("codebuild:StartBuild"), deny_except("codebuild:StartBuild", project))
    assert "project/deploy" in finding.message


@pytest.mark.parametrize("resource", ["*", f"arn:aws:iam::{ACCOUNT}:role/*", ADMIN])
@pytest.mark.parametrize("key", ["aws:ResourceTag/team", "aws:resourcetag/Team", "iam:ResourceTag/team"])
def test_a_condition_on_a_tag_that_the_role_has_does_not_close_the_escalation(resource, key):
    condition = {"StringEquals": {key: "platform"}}
    statement = allow("sts:AssumeRole", resource, Condition=condition)
    (finding,) = escalations(statement, tags=(("team", "platform"),))
    assert "`admin` (administrator access)" in finding.message


def test_a_condition_on_a_tag_with_another_value_closes_the_escalation():
    assert escalations(allow("sts:AssumeRole", Condition=TAGGED), tags=(("team", "web"),)) == []


def test_a_condition_on_a_tag_that_the_user_has_does_not_close_the_escalation():
    user = User(
        "root", f"arn:aws:iam::{ACCOUNT}:user/root", (of_aws("AdministratorAccess"),), tags=(("team", "platform"),)
    )
    (finding,) = escalations(allow("iam:CreateAccessKey", Condition=TAGGED), users=(user,))
    assert "`root`" in finding.message
