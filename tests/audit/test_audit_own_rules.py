"""An organization's own rules on roles: their effective access decides, and their trust policies are checked."""

from __future__ import annotations

import pytest
from support.deployed import ACCOUNT, attached, audited, function, permitting, role, trusting

from iamglue.audit.role_contexts import AuditSelection
from iamglue.audit.run import audit
from iamglue.findings import NotEvaluatedKind
from iamglue.model.account import Account
from iamglue.model.own_rule_set import OwnRules
from iamglue.model.usage import Usage
from iamglue.readers.own_rules.reader import parse_own_rules

NO_DELETES = """
  - id: own
    kind: deny-actions
    message: nobody may delete production data
    actions: ["s3:Delete*"]
    resources: ["arn:aws:s3:::prod-*"]
"""
ONLY_DATA_TEAM = """
  - id: own
    kind: restrict-resources
    message: only the data team
    resources: ["arn:aws:dynamodb:*:*:table/pii-*"]
    principals: ["arn:aws:iam::*:role/data-*"]
"""
FROM_NETWORK = """
  - id: own
    kind: require-conditions
    message: only from our network
    actions: s3:GetObject
    conditions: {StringEquals: {aws:SourceVpce: vpce-1}}
"""
ACCOUNTS = """
  - id: own
    kind: allowed-accounts
    message: only our accounts
    accounts: ["123456789012"]
"""
SIZE = """
  - id: own
    kind: maximum-size
    message: too large
    statements: 1
"""


def result_of(rules, *roles, functions=(), **more):
    own = OwnRules(parse_own_rules(f"version: 1\nrules:{rules}", "rules.yaml"))
    account = Account(ACCOUNT, functions, roles, **more)
    chosen = AuditSelection(frozenset(), frozenset(role.name for role in roles))
    return audit([account], (), Usage(), chosen, own_rules=own).report


def findings(rules, *roles, **more):
    return [finding for finding in result_of(rules, *roles, **more).findings if finding.rule == "own"]


def undecided(rules, *roles, **more):
    return [entry for entry in result_of(rules, *roles, **more).not_evaluated if "rule own" in entry.what]


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def policy(name, *statements):
    return attached(name, list(statements))


LOGS = policy("logs", allow("logs:PutLogEvents", f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/aws/lambda/x:*"))
EVERYTHING = policy("everything", allow("*"))
NO_S3 = policy("limit", allow("*"), {"Effect": "Deny", "Action": "s3:*", "Resource": "*"})
GUARD = policy("guard", {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "arn:aws:s3:::prod-*"})


def test_a_role_that_may_do_what_is_forbidden_has_a_finding_at_the_statement():
    (finding,) = findings(NO_DELETES, role(policy("a", allow("s3:Get*")), policy("b", allow("s3:Get*"), allow("s3:*"))))
    assert finding.message == (
        "nobody may delete production data: statement 2 of `b` allows `s3:DeleteObject` on `arn:aws:s3:::prod-/b`"
    )
    assert (finding.subject.kind, finding.span.path, finding.span.pointer) == ("role", "b", "/Statement/1/Action")


LIMITED = {
    "a Deny in another policy": role(EVERYTHING, GUARD),
    "the boundary": role(EVERYTHING, boundary=NO_S3),
    "other actions": role(LOGS),
}


@pytest.mark.parametrize("limited", LIMITED.values(), ids=LIMITED.keys())
def test_what_limits_a_role_makes_it_clean(limited):
    assert findings(NO_DELETES, limited) == undecided(NO_DELETES, limited) == []


def test_an_scp_makes_a_role_clean():
    assert findings(NO_DELETES, role(EVERYTHING), scps=((NO_S3,),)) == []


def test_a_role_whose_principal_is_allowed_is_clean_and_others_are_not():
    roles = (role(EVERYTHING, name="data-import"), role(EVERYTHING, name="web"))
    assert [finding.subject.name for finding in findings(ONLY_DATA_TEAM, *roles)] == ["web"]


def test_the_organization_of_the_account_allows_its_roles():
    rules = ONLY_DATA_TEAM.replace('principals: ["arn:aws:iam::*:role/data-*"]', "organizations: [o-abcdefghij]")
    assert findings(rules, role(EVERYTHING), organization="o-abcdefghij") == []
    assert len(findings(rules, role(EVERYTHING), organization="o-otherother")) == 1
    (entry,) = undecided(rules, role(EVERYTHING))
    assert (entry.kind, "organization" in entry.reason) == (NotEvaluatedKind.UNDECIDABLE, True)


def test_a_required_condition_may_be_required_by_the_boundary():
    reads = policy("reads", allow("s3:GetObject"))
    network = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}
    boundary = policy("boundary", allow("*", Condition=network))
    assert len(findings(FROM_NETWORK, role(reads))) == 1
    assert findings(FROM_NETWORK, role(reads, boundary=boundary)) == []


def test_what_is_known_of_the_role_decides_its_conditions():
    other = policy("other", allow("s3:*", Condition={"StringEquals": {"aws:PrincipalAccount": "444455556666"}}))
    own = policy("own", allow("s3:*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}))
    assert findings(NO_DELETES, role(other)) == []
    assert len(findings(NO_DELETES, role(own))) == 1


def test_a_trust_policy_that_lets_in_another_account_has_a_finding():
    trusted = role(LOGS, trust=trusting({"AWS": "444455556666"}))
    (finding,) = findings(ACCOUNTS, trusted)
    assert (finding.subject.kind, finding.span.pointer) == ("role", "/Statement/0")


def test_a_rule_about_a_role_is_about_the_trust_policy_of_that_role():
    rules = ONLY_DATA_TEAM.replace("dynamodb:*:*:table/pii-*", "iam::*:role/admin")
    roles = [role(LOGS, name=name, trust=trusting({"AWS": "444455556666"})) for name in ("admin", "web")]
    assert [finding.subject.name for finding in findings(rules, *roles)] == ["admin"]
    assert undecided(rules, *roles) == []


def test_a_permission_of_a_function_for_another_account_has_a_finding():
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "444455556666"},
        "Action": "lambda:InvokeFunction",
        "Resource": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:exif-extractor",
    }
    (finding,) = findings(ACCOUNTS, role(LOGS), functions=(function(permissions=permitting(statement)),))
    assert finding.subject.kind == "function"


def test_a_policy_that_is_too_large_has_a_finding():
    large = policy("large", allow("s3:GetObject"), allow("s3:PutObject"))
    assert [finding.span.path for finding in findings(SIZE, role(large, LOGS))] == ["large"]


EXCEPTIONS = {
    "role": "role: exif-*",
    "ARN": "role: 'arn:aws:iam::*:role/exif-role'",
    "account": "account: '123456789012'",
    "function": "function: exif-extractor",
    "all of several": "function: exif-*, role: exif-role",
}


@pytest.mark.parametrize("where", EXCEPTIONS.values(), ids=EXCEPTIONS.keys())
@pytest.mark.parametrize("rules", [NO_DELETES, SIZE], ids=["access", "documents"])
def test_an_exception_leaves_the_rule_out_for_a_role(rules, where):
    excepted = f"{rules}    exceptions: [{{{where}, reason: reviewed}}]\n"
    two = role(policy("two", allow("s3:*"), allow("s3:*")))
    assert findings(rules, two, functions=(function(),)) != []
    assert findings(excepted, two, functions=(function(),)) == []


@pytest.mark.parametrize("where", ["role: other", "function: other", "account: '1*'  , role: other"])
def test_an_exception_of_another_role_leaves_it_in(where):
    excepted = f"{NO_DELETES}    exceptions: [{{{where}, reason: reviewed}}]\n"
    assert len(findings(excepted, role(EVERYTHING), functions=(function(),))) == 1


def test_an_exception_of_one_function_does_not_cover_the_others_of_the_role():
    excepted = f"{NO_DELETES}    exceptions: [{{function: exif-extractor, reason: reviewed}}]\n"
    assert len(findings(excepted, role(EVERYTHING), functions=(function(), function("other")))) == 1


def test_the_finding_is_the_same_if_lines_and_sids_change():
    first, second = (
        findings(NO_DELETES, role(policy("a", *more, allow("s3:*", Sid=sid))))[0]
        for sid, more in (("A", ()), ("B", (allow("sqs:*"),)))
    )
    assert first.identity == second.identity


def test_without_own_rules_nothing_of_them_is_reported():
    assert [item for item in audited(role(EVERYTHING)).report.findings if item.rule == "own"] == []
