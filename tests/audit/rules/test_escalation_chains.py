"""Who can become whom: chains of steps, each hop by effective access, and trust policies that suffice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support import deployed
from support.deployed import attached
from support.granting import ACCOUNT, ADMIN, allow, case, check, deny, document, role, trust

from iamglue.audit.audit_context import AuditContext
from iamglue.audit.rules import broad_trust, privilege_escalation
from iamglue.findings import Confidence, Severity

ASSUME = "sts:AssumeRole"
ROOT = trust(AWS=ACCOUNT)
UNREAD = attached("trust policy", "")


def arn(name):
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def chief(trusts=ROOT):
    """An administrator."""
    return role("chief", *ADMIN.policies, trusts=trusts)


def hop(name, *statements, trusts=ROOT, **more):
    """A role that the account trusts, with one policy."""
    return role(name, document(f"{name}-policy", *statements), trusts=trusts, **more)


def to(name):
    return allow(ASSUME, arn(name))


def ways(*statements, others, **more):
    return check(privilege_escalation, case(document("a", *statements), others=others, **more))


def severities(*statements, others, **more):
    return [hit.severity for hit in ways(*statements, others=others, **more)]


def test_a_chain_to_an_administrator_is_one_finding_with_every_hop():
    (hit,) = ways(to("middle"), others=(hop("middle", to("chief")), chief()))
    assert hit.message == (
        "a principal with this role can assume `middle`, which can assume `chief` (administrator access)"
    )
    assert hit.severity is Severity.SECURITY_WARNING
    assert [(step.source, step.target) for step in hit.chain] == [
        (arn("tested"), arn("middle")),
        (arn("middle"), arn("chief")),
    ]
    assert [next(statement.text for statement in step.statements) for step in hit.chain] == [
        "statement 1 of `a`",
        "statement 1 of `middle-policy`",
    ]


def test_a_chain_may_end_with_a_role_that_changes_its_own_policies():
    own = hop("middle", allow("iam:CreatePolicyVersion"))
    (hit,) = ways(to("middle"), others=(own,))
    assert hit.message.endswith(
        "assume `middle`, which can create a new default version of any managed policy, including its own "
        "(administrator access)"
    )


def test_a_chain_passes_a_role_to_a_service():
    passing = hop("middle", allow("iam:PassRole", ADMIN.arn), allow(["lambda:CreateFunction", "lambda:InvokeFunction"]))
    (hit,) = ways(to("middle"), others=(passing, ADMIN))
    assert "which can create a function that runs as `admin` (administrator access)" in hit.message


def test_a_chain_goes_through_a_set_of_roles():
    passing = allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"])
    middle = role("worker", document("w", to("chief")))
    (hit,) = ways(passing, others=(middle, chief()))
    assert "runs as any role, such as `worker`, which can assume `chief` (administrator access)" in hit.message
    assert hit.risk == 100


def test_the_shortest_chain_is_reported():
    roles = (hop("middle", to("next"), to("chief")), hop("next", to("chief")), chief())
    (hit,) = ways(to("middle"), others=roles)
    assert len(hit.chain) == 2


@pytest.mark.parametrize(
    ("middle", "last"),
    [
        (hop("middle"), chief()),
        (hop("middle", to("chief"), deny(ASSUME)), chief()),
        (hop("middle", to("chief"), boundary=document("limit", allow("s3:*"))), chief()),
        (hop("middle", to("chief"), trusts=trust(Service="lambda.amazonaws.com")), chief()),
        (hop("middle", to("chief")), chief(trust(Service="ec2.amazonaws.com"))),
        (hop("middle", to("chief")), chief(trust(AWS="999999999999"))),
        (hop("middle", to("chief")), chief(trust(AWS=arn("another")))),
    ],
    ids=["no action", "denied", "bounded", "not assumable", "trusts a service", "trusts an account", "trusts another"],
)
def test_a_chain_with_a_hop_that_is_closed_is_no_chain(middle, last):
    assert Severity.SECURITY_WARNING not in severities(to("middle"), others=(middle, last))


def test_a_condition_of_a_trust_policy_closes_a_hop():
    condition = {"StringEquals": {"aws:PrincipalTag/team": "security"}}
    closed = replace(chief(), trust=trusting(AWS=ACCOUNT, condition=condition))
    assert not ways(to("chief"), others=(closed,))
    assert ways(to("chief"), others=(closed,), tags=(("team", "security"),))


def test_a_deny_of_a_trust_policy_closes_a_hop():
    statements = [
        {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": ASSUME},
        {"Effect": "Deny", "Principal": {"AWS": arn("tested")}, "Action": ASSUME},
    ]
    assert not ways(to("chief"), others=(replace(chief(), trust=attached("trust policy", statements)),))


def test_a_trust_policy_without_assume_role_lets_nobody_in():
    tags = [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:TagSession"}]
    assert not ways(to("chief"), others=(replace(chief(), trust=attached("trust policy", tags)),))


def test_an_scp_closes_a_hop():
    scps = ((document("all", allow("*")), document("no", deny(ASSUME))),)
    assert not ways(to("chief"), others=(chief(),), scps=scps)


def test_a_hop_with_an_unread_trust_policy_is_uncertain_and_less_severe():
    (hit,) = ways(to("chief"), others=(chief(UNREAD),))
    assert hit.message.endswith("; uncertain: the trust policy of `chief` could not be read")
    assert (hit.severity, hit.confidence) == (Severity.WARNING, Confidence.LOW)
    assert hit.chain[0].unknown


def test_a_certain_chain_is_preferred_to_a_shorter_uncertain_one():
    roles = (hop("middle", to("unread"), to("next")), role("unread", *ADMIN.policies, trusts=UNREAD))
    (hit,) = ways(to("middle"), others=(*roles, hop("next", to("chief")), chief()))
    assert hit.severity is Severity.SECURITY_WARNING


def test_roles_that_become_each_other_lead_nowhere():
    loop = (hop("left", to("right"), to("left"), to("tested")), hop("right", to("left")))
    assert Severity.SECURITY_WARNING not in severities(to("left"), others=loop, trusts=ROOT)


def test_a_chain_back_through_the_role_itself_is_no_other_way():
    roles = (hop("left", to("tested")), chief())
    hits = ways(to("left"), to("chief"), others=roles, trusts=ROOT)
    assert ["left" in hit.message for hit in hits if hit.severity is Severity.SECURITY_WARNING] == [False]


def test_a_long_chain_is_summed_up():
    many = 300
    roles = (*(hop(f"r{at}", to(f"r{at + 1}" if at + 1 < many else "chief")) for at in range(many)), chief())
    (hit,) = ways(to("r0"), others=roles)
    assert "and so on through 295 more roles, which can assume `chief` (administrator access)" in hit.message
    assert len(hit.chain) == 20
    assert hit.chain[-1].target == arn("chief")


def test_a_trust_policy_that_names_the_role_suffices():
    (hit,) = ways(allow("s3:GetObject"), others=(chief(trust(AWS=arn("tested"))),))
    assert "can assume `chief` (administrator access)" in hit.message
    assert hit.severity is Severity.SECURITY_WARNING
    assert hit.chain[0].statements[0].text == "statement 1 of the trust policy of `chief`"
    assert hit.help.startswith("remove this role from statement 1 of the trust policy of `chief`")


def test_a_condition_on_the_arn_of_everyone_names_the_role():
    named = trusting(AWS="*", condition={"ArnEquals": {"aws:PrincipalArn": arn("tested")}})
    assert ways(allow("s3:GetObject"), others=(chief(named),))
    other = trusting(AWS="*", condition={"ArnEquals": {"aws:PrincipalArn": arn("another")}})
    assert not ways(allow("s3:GetObject"), others=(chief(other),))


@pytest.mark.parametrize(
    ("statements", "more"),
    [
        ([deny(ASSUME)], {}),
        ([], {"boundary": document("limit", allow("s3:*"))}),
        ([], {"scps": ((document("all", allow("*")), document("no", deny("sts:*"))),)}),
    ],
    ids=["denied", "bounded", "by an scp"],
)
def test_what_denies_the_role_to_assume_closes_trust_alone(statements, more):
    others = (chief(trust(AWS=arn("tested"))),)
    assert not ways(allow("s3:GetObject"), *statements, others=others, **more)


def test_trust_in_the_account_alone_does_not_suffice():
    assert not ways(allow("s3:GetObject"), others=(chief(),))


def test_trust_in_a_role_of_the_same_name_of_another_account_does_not_suffice():
    other = trust(AWS="arn:aws:iam::999999999999:role/tested")
    assert not ways(allow("s3:GetObject"), others=(chief(other),))


def test_changing_the_policies_of_a_role_that_trusts_this_one_is_found():
    friend = hop("friend", trusts=trust(AWS=arn("tested")))
    (hit,) = ways(allow("iam:PutRolePolicy", friend.arn), others=(friend,))
    assert "add any inline policy to `friend`, and assume it (administrator access)" in hit.message


def trusting(condition, **principal):
    statement = {"Effect": "Allow", "Principal": principal, "Action": ASSUME, "Condition": condition}
    return attached("trust policy", [statement])


def lets_in(trusting_role, **more):
    """What the rule of trust policies says of a role, in an account with a role `tested`."""
    found = case(document("a", allow("s3:GetObject")), others=(trusting_role,), **more)
    return check(broad_trust, replace(found, role=trusting_role))


def test_the_role_that_lets_another_one_in_is_reported_too():
    (hit,) = lets_in(chief(trust(AWS=arn("tested"))))
    assert "tested` may assume the role, for which the trust policy suffices" in hit.message
    assert hit.severity is Severity.SECURITY_WARNING
    assert hit.location.span.pointer == "/Statement/0"


def test_the_role_that_lets_in_one_that_is_denied_is_not_reported():
    assert not lets_in(chief(trust(AWS=arn("tested"))), boundary=document("limit", allow("s3:*")))


def test_letting_an_administrator_in_is_not_reported():
    other = role("other", *ADMIN.policies)
    trusted = chief(trust(AWS=other.arn))
    assert not check(broad_trust, replace(case(others=(other, trusted)), role=trusted))


SECRETS = allow("secretsmanager:GetSecretValue")


def test_a_chain_to_sensitive_data_is_reported_with_what_it_reads():
    (hit,) = ways(to("middle"), others=(hop("middle", to("keeper")), hop("keeper", SECRETS, allow("s3:GetObject"))))
    assert hit.message.endswith("assume `middle`, which can assume `keeper` (can read all objects and secrets)")
    assert hit.severity is Severity.WARNING
    assert len(hit.chain) == 2


def test_data_that_the_role_may_read_itself_is_no_goal():
    hits = ways(to("keeper"), SECRETS, others=(hop("keeper", SECRETS, allow("s3:ListBucket")),))
    assert [hit.severity for hit in hits] == [Severity.SUGGESTION]


def test_other_data_by_the_same_step_is_named():
    roles = (hop("middle", to("keeper"), SECRETS), hop("keeper", allow("s3:GetObject")))
    (hit,) = ways(to("middle"), others=roles)
    assert "assume `middle` (can read all secrets); also leads to `keeper` (can read all objects)" in hit.message


def test_a_step_to_data_that_is_denied_on_the_way_is_not_reported():
    roles = (hop("middle", to("keeper"), deny("sts:*")), hop("keeper", SECRETS))
    assert [hit.severity for hit in ways(to("middle"), others=roles)] in ([], [Severity.SUGGESTION])


def test_paths_of_one_statement_are_one_finding_with_the_most_severe_first():
    worker = role("worker", document("w", SECRETS))
    named = allow("iam:PassRole", [ADMIN.arn, worker.arn])
    (hit,) = ways(named, allow(["lambda:CreateFunction", "lambda:InvokeFunction"]), others=(ADMIN, worker))
    assert "`admin` (administrator access)" in hit.message


def test_an_identity_pool_gives_its_users_a_role_that_trusts_pools():
    pool = {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:1234"}}
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": "cognito-identity.amazonaws.com"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": pool,
    }
    statements = allow("iam:PassRole", arn("chief")), allow("cognito-identity:SetIdentityPoolRoles")
    (hit,) = ways(*statements, others=(chief(attached("trust policy", [statement])),))
    assert "give the users of an identity pool `chief` (administrator access)" in hit.message
    assert not ways(*statements, others=(chief(),))


def test_another_account_must_allow_its_role_to_assume():
    other = deployed.role(*ADMIN.policies, name="chief", account="999999999999", trust=trust(AWS=arn("tested")))
    assert not ways(allow("s3:GetObject"), others=(other,))
    assert ways(allow(ASSUME, other.arn), others=(other,))


def test_a_role_of_another_account_cannot_be_passed():
    other = deployed.role(*ADMIN.policies, name="chief", account="999999999999")
    statements = allow("iam:PassRole", other.arn), allow(["lambda:CreateFunction", "lambda:InvokeFunction"])
    assert not ways(*statements, others=(other,))


def test_what_is_unknown_of_the_role_is_reported_whichever_role_is_evaluated_first():
    keeper = role("keeper", document("k", SECRETS), attached("lost", ""), trusts=trust(AWS=arn("tested")))
    found, audit = case(document("a", SECRETS), others=(keeper,)), AuditContext()
    list(broad_trust.check(replace(found, role=keeper), audit))
    list(privilege_escalation.check(found, audit))
    assert any("keeper" in unknown.text for unknown in audit.role_access(found).unknown)


def test_changing_an_identity_provider_is_not_said_to_give_administrator_access():
    (hit,) = ways(allow("iam:UpdateSAMLProvider"), others=(chief(),))
    assert hit.message.endswith("replace the keys of any SAML provider, and assume the roles that trust it")
    assert hit.risk == 80


@pytest.mark.parametrize("path", ["/aws-service-role/x.amazonaws.com/", "/aws-reserved/sso.amazonaws.com/"])
def test_a_role_that_only_aws_changes_is_no_target_of_a_change(path):
    change = allow("iam:UpdateAssumeRolePolicy", arn("chief"))
    assert ways(change, others=(chief(),))
    reserved = replace(chief(), path=path, arn=f"arn:aws:iam::{ACCOUNT}:role{path}chief")
    assert not ways(allow("iam:UpdateAssumeRolePolicy", reserved.arn), others=(reserved,))


def test_a_role_that_lets_this_one_in_to_data_is_reported_beside_an_administrator():
    keeper = hop("keeper", SECRETS, trusts=trust(AWS=arn("tested")))
    hits = ways(allow("s3:GetObject"), others=(chief(trust(AWS=arn("tested"))), keeper))
    assert [hit.severity for hit in hits] == [Severity.SECURITY_WARNING, Severity.WARNING]


def many(*special):
    """Sixty roles that may do nothing, and others: more than are tried one by one."""
    return (*(hop(f"team-{number:02}") for number in range(60)), *special)


def test_a_pattern_that_matches_many_roles_leads_to_the_administrator_among_them():
    (hit,) = ways(allow(ASSUME, arn("team-*")), others=many(role("team-zz", *ADMIN.policies, trusts=ROOT)))
    assert "can assume `team-zz` (administrator access)" in hit.message
    assert hit.severity is Severity.SECURITY_WARNING


def test_a_chain_goes_through_a_pattern_that_matches_many_roles():
    middle = hop("middle", allow(ASSUME, arn("team-*")))
    (hit,) = ways(to("middle"), others=many(middle, role("team-zz", *ADMIN.policies, trusts=ROOT)))
    assert [step.target for step in hit.chain] == [arn("middle"), arn("team-zz")]
    assert hit.severity is Severity.SECURITY_WARNING


def test_a_pattern_that_matches_many_roles_does_not_lead_to_one_that_lets_others_in():
    closed = role("team-zz", *ADMIN.policies, trusts=trust(AWS=arn("somebody")))
    assert Severity.SECURITY_WARNING not in severities(allow(ASSUME, arn("team-*")), others=many(closed))


def test_a_certain_role_of_a_pattern_is_preferred_to_an_uncertain_one():
    middle = hop("middle", allow(ASSUME, arn("team-*")))
    unread = role("team-aa", *ADMIN.policies, trusts=UNREAD)
    (hit,) = ways(to("middle"), others=many(unread, middle, role("team-zz", *ADMIN.policies, trusts=ROOT)))
    assert hit.chain[-1].target == arn("team-zz")


def test_changing_and_assuming_one_of_many_roles_gives_administrator_access():
    middle = hop("middle", allow(["iam:PutRolePolicy", ASSUME], arn("team-*")))
    (hit,) = ways(to("middle"), others=many(middle))
    assert hit.severity is Severity.SECURITY_WARNING
    assert hit.chain[-1].target == arn("team-00")


def test_a_pattern_that_matches_many_roles_and_the_role_itself_lets_it_change_itself():
    (hit,) = ways(allow("iam:PutRolePolicy", arn("test*")), others=tuple(hop(f"test-{n}") for n in range(60)))
    assert "itself" in hit.message
    assert hit.chain[0].target == hit.chain[0].source


@pytest.mark.parametrize("pattern", ["*-zz", "t*-zz", "team-z?", "*am-z*", "team-z*"])
def test_patterns_match_wherever_their_wildcards_are(pattern):
    found = ways(allow(ASSUME, arn(pattern)), others=many(role("team-zz", *ADMIN.policies, trusts=ROOT)))
    assert [hit.chain[0].target for hit in found] == [arn("team-zz")]
