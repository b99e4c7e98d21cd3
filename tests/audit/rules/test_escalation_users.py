"""Users whose credentials a role may obtain: as severe as what they may do."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from support.granting import ACCOUNT, ADMIN, allow, case, check, deny, document, role, role_access, trust

from iamglue.audit.audit_context import AuditContext
from iamglue.audit.rules import privilege_escalation
from iamglue.findings import Confidence, Severity
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
    assert any("the user `boss`" in unknown.text for unknown in audit.role_access(found).unknown)
    assert not role_access(found).unknown


def role_arn(name):
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


CHIEF = role("chief", *ADMIN.policies, trusts=trust(AWS=ACCOUNT))
OTHER_NAME = {"StringEquals": {"aws:username": "x"}}
TO_CHIEF = document("c", allow("sts:AssumeRole", role_arn("chief")))


def test_a_chain_goes_through_a_user_whose_credentials_a_role_creates():
    (hit,) = ways(allow(KEYS, arn("clerk")), users=(user("clerk", TO_CHIEF),), others=(CHIEF,))
    assert "create access keys for the user `clerk`, which can assume `chief` (administrator access)" in hit.message
    assert hit.severity is Severity.SECURITY_WARNING
    assert [(step.source, step.target) for step in hit.chain] == [
        (role_arn("tested"), arn("clerk")),
        (arn("clerk"), role_arn("chief")),
    ]


def test_a_chain_goes_through_a_user_that_a_trust_policy_names():
    chief = role("chief", *ADMIN.policies, trusts=trust(AWS=arn("clerk")))
    (hit,) = ways(allow(KEYS, arn("clerk")), users=(user("clerk"),), others=(chief,))
    assert hit.chain[-1].target == role_arn("chief")


def test_a_chain_through_a_user_may_start_with_a_role():
    middle = role("middle", document("m", allow(KEYS, arn("clerk"))), trusts=trust(AWS=ACCOUNT))
    users = (user("clerk", TO_CHIEF),)
    (hit,) = ways(allow("sts:AssumeRole", role_arn("middle")), users=users, others=(middle, CHIEF))
    assert [step.target for step in hit.chain] == [role_arn("middle"), arn("clerk"), role_arn("chief")]


def test_a_chain_through_a_user_leads_to_sensitive_data():
    reader = role("reader", document("r", allow("s3:GetObject")), trusts=trust(AWS=ACCOUNT))
    clerk = user("clerk", document("c", allow("sts:AssumeRole", role_arn("reader"))))
    (hit,) = ways(allow(KEYS, arn("clerk")), users=(clerk,), others=(reader,))
    assert hit.chain[-1].target == role_arn("reader")
    assert "can read all" in hit.message


@pytest.mark.parametrize(
    "clerk",
    [
        user("clerk"),
        user("clerk", TO_CHIEF, document("no", deny("sts:AssumeRole"))),
        user("clerk", TO_CHIEF, boundary=document("limit", allow("s3:GetObject"))),
        user(
            "clerk", document("c", allow("sts:AssumeRole", role_arn("chief"), {"StringEquals": {"aws:username": "x"}}))
        ),
    ],
    ids=["no permission", "denied", "bounded", "another user's name"],
)
def test_a_user_that_may_not_take_the_next_step_is_no_hop(clerk):
    hits = ways(allow(KEYS, arn("clerk")), users=(clerk,), others=(CHIEF,))
    assert not any("chief" in hit.message for hit in hits)


def test_a_hop_of_a_user_with_an_unread_policy_is_uncertain():
    clerk = user("clerk", TO_CHIEF, AttachedPolicy("group staff", "", None))
    (hit,) = ways(allow(KEYS, arn("clerk")), users=(clerk,), others=(CHIEF,))
    assert (hit.severity, hit.confidence) == (Severity.WARNING, Confidence.LOW)
    assert "uncertain: the policy `group staff` of `clerk` could not be read" in hit.message


def test_changing_any_trust_policy_does_not_lead_to_a_user():
    found = case(document("a", allow(["iam:UpdateAssumeRolePolicy", "sts:AssumeRole"])), others=())
    (hit,) = check(
        privilege_escalation, replace(found, account=replace(found.account, users=(user("boss", EVERYTHING),)))
    )
    assert "boss" not in hit.message


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
