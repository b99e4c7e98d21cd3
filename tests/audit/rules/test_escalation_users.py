"""Users whose credentials a role may obtain: as severe as what they may do."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from support.granting import ACCOUNT, ADMIN, allow, case, check, deny, document, role_access

from iamglue.audit.audit_context import AuditContext
from iamglue.audit.rules import privilege_escalation
from iamglue.findings import Severity
from iamglue.model.account import AttachedPolicy, User
from iamglue.readers.exports.authorization_details import read_authorization_details

KEYS = "iam:CreateAccessKey"
EVERYTHING = ADMIN.policies[0]


def arn(name):
    return f"arn:aws:iam::{ACCOUNT}:user/{name}"


def user(name, *policies, **more):
    return User(name, arn(name), policies, **more)


def ways(*statements, users, **more):
    found = case(document("a", *statements), **more)
    return check(privilege_escalation, replace(found, account=replace(found.account, users=users)))


@pytest.mark.parametrize("action", [KEYS, "iam:CreateLoginProfile", "iam:UpdateLoginProfile"])
def test_credentials_of_an_administrator_are_as_severe_as_such_a_role(action):
    (hit,) = ways(allow(action, arn("boss")), users=(user("boss", EVERYTHING),))
    assert "the user `boss`" in hit.message
    assert "(administrator access)" in hit.message
    assert (hit.severity, hit.risk) == (Severity.SECURITY_WARNING, 100)
    assert hit.chain[0].target == arn("boss")


def test_users_by_a_part_of_their_name_are_looked_up():
    users = (user("admin-a", EVERYTHING), user("clerk", document("c", allow("s3:GetObject"))))
    (hit,) = ways(allow(KEYS, arn("adm*")), users=users)
    assert "`admin-a`" in hit.message
    assert not ways(allow(KEYS, arn("x*")), users=users)


def test_users_by_a_part_of_their_name_that_were_not_read_are_reported():
    (hit,) = ways(allow(KEYS, arn("adm*")), users=None)
    assert hit.message.endswith("create access keys for the users `adm*` (not read: its access is unknown)")


def test_a_user_that_may_attach_any_policy_to_itself_is_an_administrator():
    (hit,) = ways(allow(KEYS, arn("boss")), users=(user("boss", document("u", allow("iam:Put*", arn("boss")))),))
    assert hit.severity is Severity.SECURITY_WARNING


def test_a_user_that_may_do_no_more_is_no_escalation():
    clerk = user("clerk", document("c", allow("s3:GetObject", "arn:aws:s3:::images/*")))
    assert not ways(allow(KEYS, arn("clerk")), allow("s3:Get*"), users=(clerk,))


@pytest.mark.parametrize(
    "limited",
    [
        user("boss", EVERYTHING, boundary=document("limit", allow("s3:GetObject"))),
        user("boss", EVERYTHING, document("no", deny("iam:*"))),
        user("boss", document("with mfa", allow("*", "*", {"Bool": {"aws:MultiFactorAuthPresent": "true"}}))),
    ],
    ids=["bounded", "denied", "with a second factor"],
)
def test_a_user_that_is_limited_is_no_administrator(limited):
    assert all(
        hit.severity is not Severity.SECURITY_WARNING for hit in ways(allow(KEYS, arn("boss")), users=(limited,))
    )


def test_a_user_with_a_policy_that_was_not_read_makes_the_access_unknown():
    found = case(document("a", allow(KEYS, arn("boss"))))
    found = replace(found, account=replace(found.account, users=(user("boss", AttachedPolicy("p", "", None)),)))
    audit = AuditContext()
    list(privilege_escalation.check(found, audit))
    assert any("the user `boss`" in reason for reason in audit.role_access(found).unknown)
    assert not role_access(found).unknown


def test_an_export_has_users_with_the_policies_of_their_groups():
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    admins = {"GroupName": "admins", "GroupPolicyList": [{"PolicyName": "all", "PolicyDocument": everything}]}
    boss = {"UserName": "boss", "Arn": arn("boss"), "GroupList": ["admins", "gone"]}
    export = {"UserDetailList": [boss], "GroupDetailList": [admins], "RoleDetailList": []}
    account = read_authorization_details("export.json", json.dumps(export))
    (found,) = account.users
    assert [policy.name for policy in found.policies] == ["all", "group gone"]
    assert found.policies[0].policy is not None
    assert found.policies[1].parse_failure == "could not be read"


def test_an_export_without_users_says_nothing_of_them():
    assert read_authorization_details("export.json", '{"RoleDetailList": []}').users is None
