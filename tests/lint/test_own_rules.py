"""An organization's own rules on policies: a violation if and only if the policy allows a forbidden request."""

from __future__ import annotations

import json

import pytest
from support.linting import TODAY, read
from support.rows import every_row

from iamglue.findings import NotEvaluatedKind
from iamglue.lint.run import lint_file
from iamglue.lint.selection import RuleSelection
from iamglue.model.own_rule_set import InstalledRule, OwnRules
from iamglue.readers.own_rules.reader import parse_own_rules

NO_DELETES = """
  - id: own
    kind: deny-actions
    message: nobody may delete production data
    actions: ["s3:Delete*"]
    resources: ["arn:aws:s3:::prod-*"]
"""
TLS = """
  - id: own
    kind: require-conditions
    message: objects are read over TLS
    actions: s3:GetObject
    conditions: {Bool: {aws:SecureTransport: true}}
"""
PASSED_TO = """
  - id: own
    kind: require-conditions
    message: say which service receives the role
    actions: iam:PassRole
    conditions: {"Null": {iam:PassedToService: false}}
"""
ACCOUNTS = """
  - id: own
    kind: allowed-accounts
    message: only our accounts
    accounts: ["111122223333"]
    organizations: [o-abcdefghij]
"""
PRINCIPALS = """
  - id: own
    kind: allowed-principals
    message: only these principals
    principals:
      - lambda.amazonaws.com
      - arn:aws:iam::*:role/data-*
      - arn:aws:iam::111122223333:user/admin
      - arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com
"""
ONLY_DATA_TEAM = """
  - id: own
    kind: restrict-resources
    message: only the data team
    resources: ["arn:aws:dynamodb:*:*:table/pii-*"]
    principals: ["arn:aws:iam::*:role/data-*"]
"""
SIZE = """
  - id: own
    kind: maximum-size
    message: too large
    characters: 130
    statements: 2
"""


def own(rules: str) -> OwnRules:
    return OwnRules(parse_own_rules(f"version: 1\nrules:{rules}", "rules.yaml")).on(TODAY)


def lint(rules: str, text: str, path: str = "policy.json"):
    """The findings of own rules, and what these did not evaluate."""
    selection = RuleSelection(select=frozenset({"own"}), own_rules=own(rules))
    report = lint_file(read(text, path), selection, TODAY)
    return report.findings, [entry for entry in report.not_evaluated if "rule own" in entry.what]


def policy(*statements: dict) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **more) -> dict:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action, resource="*", **more) -> dict:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def trust(principal, action="sts:AssumeRole", **more) -> str:
    return policy({"Effect": "Allow", "Principal": principal, "Action": action, **more})


IF_TLS = {"Bool": {"aws:SecureTransport": "true"}}
IF_NOT_TLS = {"Bool": {"aws:SecureTransport": "false"}}
GITHUB = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
OTHER = "arn:aws:iam::444455556666:role/app"

VIOLATIONS = {
    "a session of another role": (PRINCIPALS, trust({"AWS": "arn:aws:sts::444455556666:assumed-role/web/data-a"})),
    "a wildcard for the service": (NO_DELETES, policy(allow("s3:*"))),
    "every action": (NO_DELETES, policy(allow("*"))),
    "another spelling of the action": (NO_DELETES, policy(allow("S3:dELETE?bject", "arn:aws:s3:::prod-a/*"))),
    "NotAction of another service": (NO_DELETES, policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})),
    "NotResource of another bucket": (
        NO_DELETES,
        policy({"Effect": "Allow", "Action": "s3:DeleteObject", "NotResource": "arn:aws:s3:::dev/*"}),
    ),
    "a Deny of other resources": (NO_DELETES, policy(allow("s3:*"), deny("s3:Delete*", "arn:aws:s3:::prod-a*"))),
    "a Deny on a condition": (
        NO_DELETES,
        policy(allow("s3:*"), deny("s3:Delete*", Condition={"StringEquals": {"aws:PrincipalTag/team": "dev"}})),
    ),
    "a condition that some request meets": (
        NO_DELETES,
        policy(allow("s3:*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})),
    ),
    "a resource-based policy": (
        NO_DELETES,
        policy(allow("s3:DeleteObject", "arn:aws:s3:::prod-a/*", Principal={"AWS": "111122223333"})),
    ),
    "no condition": (TLS, policy(allow("s3:Get*"))),
    "another condition": (TLS, policy(allow("s3:Get*", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}))),
    "a condition with IfExists on a key that may be missing": (
        PASSED_TO,
        policy(
            allow("iam:*", Condition={"StringEqualsIfExists": {"iam:PassedToService": "lambda.amazonaws.com"}}),
        ),
    ),
    "another account": (ACCOUNTS, trust({"AWS": "444455556666"})),
    "a role of another account": (ACCOUNTS, trust({"AWS": OTHER})),
    "everyone": (ACCOUNTS, trust("*")),
    "everyone of another organization": (
        ACCOUNTS,
        trust("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-otherother"}}),
    ),
    "a service that is not listed": (PRINCIPALS, trust({"Service": "ec2.amazonaws.com"})),
    "a role that is not listed": (PRINCIPALS, trust({"AWS": OTHER})),
    "a role with a path that is not listed": (PRINCIPALS, trust({"AWS": "arn:aws:iam::1:role/x/data-a"})),
    "an account whose roles are listed": (PRINCIPALS, trust({"AWS": "arn:aws:iam::111122223333:root"})),
    "an identity provider that is not listed": (
        PRINCIPALS,
        trust({"Federated": "accounts.google.com"}, "sts:AssumeRoleWithWebIdentity"),
    ),
    "NotPrincipal": (
        PRINCIPALS,
        policy(
            {
                "Effect": "Allow",
                "NotPrincipal": {"AWS": OTHER},
                "Action": "sqs:*",
                "Resource": "arn:aws:sqs:eu-west-1:111122223333:q",
            }
        ),
    ),
    "a resource-based policy for another role": (
        ONLY_DATA_TEAM,
        policy(
            allow("dynamodb:*", "arn:aws:dynamodb:eu-west-1:111122223333:table/pii-a", Principal={"AWS": OTHER}),
        ),
    ),
    "too many statements": (SIZE, policy({}, {}, {})),
    "too many characters": (SIZE, policy(allow("s3:GetObject", f"arn:aws:s3:::{'a' * 60}/*"))),
}
CLEAN = {
    "other actions": (NO_DELETES, policy(allow(["s3:Get*", "s3:Put*"]))),
    "other resources": (NO_DELETES, policy(allow("s3:*", "arn:aws:s3:::dev-*"))),
    "NotAction of these actions": (
        NO_DELETES,
        policy({"Effect": "Allow", "NotAction": "s3:Delete*", "Resource": "*"}),
    ),
    "a Deny of these actions": (NO_DELETES, policy(allow("*"), deny("s3:Delete*", "arn:aws:s3:::prod-*"))),
    "a Deny of more": (NO_DELETES, policy(allow("*"), deny("s3:*"))),
    "a Deny with NotAction": (
        NO_DELETES,
        policy(allow("s3:*"), {"Effect": "Deny", "NotAction": "s3:Get*", "Resource": "*"}),
    ),
    "no statement that allows anything": (NO_DELETES, policy(deny("*"))),
    "the required condition": (TLS, policy(allow("s3:*", Condition=IF_TLS))),
    "a Deny without the required condition": (TLS, policy(allow("s3:*"), deny("s3:*", Condition=IF_NOT_TLS))),
    "a stricter condition": (
        PASSED_TO,
        policy(allow("iam:*", Condition={"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}})),
    ),
    "a listed account": (ACCOUNTS, trust({"AWS": ["111122223333", "arn:aws:iam::111122223333:role/app"]})),
    "everyone of a listed organization": (
        ACCOUNTS,
        trust("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}),
    ),
    "services and identity providers, which have no account": (
        ACCOUNTS,
        policy(
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
            {"Effect": "Allow", "Principal": {"Federated": GITHUB}, "Action": "sts:AssumeRoleWithWebIdentity"},
        ),
    ),
    "a listed service": (PRINCIPALS, trust({"Service": "lambda.amazonaws.com"})),
    "a role that a pattern lists": (PRINCIPALS, trust({"AWS": "arn:aws:iam::444455556666:role/data-a"})),
    "a session of such a role": (PRINCIPALS, trust({"AWS": "arn:aws:sts::444455556666:assumed-role/data-a/session"})),
    "a listed user": (PRINCIPALS, trust({"AWS": "arn:aws:iam::111122223333:user/admin"})),
    "a listed identity provider": (PRINCIPALS, trust({"Federated": GITHUB}, "sts:AssumeRoleWithWebIdentity")),
    "everyone with the ARN of a listed role": (
        PRINCIPALS,
        trust("*", Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/data-*"}}),
    ),
    "other resources of anyone": (ONLY_DATA_TEAM, policy(allow("dynamodb:*", "arn:aws:dynamodb:*:*:table/orders"))),
    "an identity policy that names the role by a condition": (
        ONLY_DATA_TEAM,
        policy(allow("*", Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/data-*"}})),
    ),
    "a resource-based policy for the team": (
        ONLY_DATA_TEAM,
        policy(
            allow(
                "dynamodb:*",
                "arn:aws:dynamodb:eu-west-1:111122223333:table/pii-a",
                Principal={"AWS": "arn:aws:iam::111122223333:role/data-a"},
            )
        ),
    ),
    "a small policy": (SIZE, policy(allow("s3:GetObject"))),
}


@every_row("rules, text", VIOLATIONS.values())
def test_a_policy_that_allows_what_a_rule_forbids_breaks_it(rules, text):
    findings, not_evaluated = lint(rules, text)
    assert ([finding.rule for finding in findings], not_evaluated) == (["own"], [])


@every_row("rules, text", CLEAN.values())
def test_a_policy_that_allows_nothing_of_it_is_clean(rules, text):
    assert lint(rules, text) == ((), [])


def test_a_finding_stands_at_the_statement_and_has_the_message_with_a_witness():
    text = policy(allow("s3:Get*"), allow("s3:DeleteObject", "arn:aws:s3:::prod-a/*"))
    ((finding,), _) = lint(NO_DELETES, text)
    assert finding.message == (
        "nobody may delete production data: the statement allows `s3:DeleteObject` on `arn:aws:s3:::prod-a/b`"
    )
    assert finding.span.pointer == "/Statement/1"
    assert text[finding.span.column - 1 :].startswith('{"Effect": "Allow", "Action": "s3:DeleteObject"')


def test_each_statement_that_breaks_a_rule_has_a_finding():
    findings, _ = lint(NO_DELETES, policy(allow("s3:*"), allow("s3:Get*"), allow("s3:D*")))
    assert [finding.span.pointer for finding in findings] == ["/Statement/0", "/Statement/2"]


def test_of_an_identity_policy_it_is_not_known_who_has_it():
    findings, (entry,) = lint(ONLY_DATA_TEAM, policy(allow("dynamodb:GetItem")))
    assert findings == ()
    assert (entry.kind, "which principal" in entry.reason) == (NotEvaluatedKind.UNDECIDABLE, True)


ASSUME_ADMIN = """
  - id: own
    kind: restrict-resources
    message: only the security team
    resources: ["arn:aws:iam::*:role/admin"]
    principals: ["arn:aws:iam::*:role/security-*"]
"""
OF_ONE_RESOURCE = {
    "a trust policy, of a role that it does not name": (ASSUME_ADMIN, trust({"AWS": OTHER})),
    "a policy for `*`, its own resource": (
        ONLY_DATA_TEAM,
        policy(allow("dynamodb:*", Principal={"AWS": OTHER})),
    ),
}


@pytest.mark.parametrize(("rules", "text"), OF_ONE_RESOURCE.values(), ids=OF_ONE_RESOURCE.keys())
def test_of_a_resource_based_policy_it_is_not_known_which_resource_has_it(rules, text):
    findings, (entry,) = lint(rules, text)
    assert findings == ()
    assert (entry.kind, "which resource" in entry.reason) == (NotEvaluatedKind.UNDECIDABLE, True)


def test_what_depends_on_a_policy_variable_is_not_evaluated():
    text = policy(allow("s3:*", "arn:aws:s3:::${aws:PrincipalTag/bucket}/*"))
    findings, (entry,) = lint(NO_DELETES, text)
    assert (findings, entry.kind) == ((), NotEvaluatedKind.UNDECIDABLE)


OTHER_TYPES = {
    "an action of the resource's service that the reference does not list for it": ("glue:GetTable", 1),
    "an action of another service": ("logs:*", 0),
}


@pytest.mark.parametrize(("action", "count"), OTHER_TYPES.values(), ids=OTHER_TYPES.keys())
def test_what_the_reference_may_lack_is_not_evaluated(action, count):
    rules = ONLY_DATA_TEAM.replace("dynamodb:*:*:table", "glue:*:*:crawler")
    findings, not_evaluated = lint(rules, policy(allow(action, "arn:aws:glue:*:*:crawler/pii-a")))
    assert (findings, len(not_evaluated)) == ((), count)


def test_a_malformed_statement_is_not_evaluated():
    findings, (entry,) = lint(NO_DELETES, policy({"Effect": "Allow", "Action": "s3:*"}))
    assert (findings, entry.reason) == ((), "the statement is malformed")


def test_a_type_that_the_rule_does_not_name_is_left_out():
    rules = f"{NO_DELETES}    policy-types: resource\n"
    assert lint(rules, policy(allow("s3:*"))) == ((), [])


TEMPLATE = """
Parameters: {{Name: {{Type: String}}, Team: {{Type: String}}}}
Conditions: {{Prod: !Equals [!Ref Team, prod]}}
Resources:
  Access:
    Type: AWS::IAM::RolePolicy
    Properties:
      RoleName: app
      PolicyName: access
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - {0}
"""
UNDECIDED = {
    "a parameter that may be the bucket": "{Effect: Allow, Action: 's3:*', Resource: !Sub 'arn:aws:s3:::${Name}/*'}",
    "an unknown resource": "{Effect: Allow, Action: 's3:*', Resource: !ImportValue x}",
    "an unknown action": "{Effect: Allow, Action: !ImportValue x, Resource: '*'}",
    "an unknown statement": "!ImportValue x",
    "a Deny on a parameter": (
        "{Effect: Allow, Action: 's3:*', Resource: 'arn:aws:s3:::prod-a/*'}\n"
        "          - {Effect: Deny, Action: 's3:*', Resource: !Sub 'arn:aws:s3:::${Name}/*'}"
    ),
    "a Deny on a condition of the template": (
        "{Effect: Allow, Action: 's3:*', Resource: '*'}\n"
        "          - !If [Prod, {Effect: Deny, Action: 's3:*', Resource: '*'}, !Ref AWS::NoValue]"
    ),
}
CERTAIN = {
    "a parameter after the forbidden prefix": (
        "{Effect: Allow, Action: 's3:*', Resource: !Sub 'arn:aws:s3:::prod-${Name}/*'}"
    ),
    "a parameter in a condition": (
        "{Effect: Allow, Action: 's3:*', Resource: '*', Condition: {StringEquals: {aws:SourceVpce: !Ref Name}}}"
    ),
    "a Deny on a parameter of other actions": (
        "{Effect: Allow, Action: 's3:*', Resource: 'arn:aws:s3:::prod-a/*'}\n"
        "          - {Effect: Deny, Action: 's3:Get*', Resource: !Sub 'arn:aws:s3:::${Name}/*'}"
    ),
    "a branch of the template that a deployment may have": (
        "!If [Prod, {Effect: Allow, Action: 's3:*', Resource: '*'}, !Ref AWS::NoValue]"
    ),
}
EXCLUDED = {
    "a parameter after another prefix": "{Effect: Allow, Action: 's3:*', Resource: !Sub 'arn:aws:s3:::dev-${Name}/*'}",
    "an unknown resource of other actions": "{Effect: Allow, Action: 'sqs:*', Resource: !ImportValue x}",
    "a Deny whatever the parameter is": (
        "{Effect: Allow, Action: 's3:*', Resource: !Sub 'arn:aws:s3:::${Name}/*'}\n"
        "          - {Effect: Deny, Action: 's3:*', Resource: '*'}"
    ),
}


@pytest.mark.parametrize("statement", UNDECIDED.values(), ids=UNDECIDED.keys())
def test_what_a_deployment_decides_is_not_evaluated(statement):
    findings, not_evaluated = lint(NO_DELETES, TEMPLATE.format(statement), "template.yaml")
    assert findings == ()
    assert {entry.kind for entry in not_evaluated} == {NotEvaluatedKind.UNDECIDABLE}


@pytest.mark.parametrize("statement", CERTAIN.values(), ids=CERTAIN.keys())
def test_what_holds_in_each_deployment_is_a_violation(statement):
    findings, not_evaluated = lint(NO_DELETES, TEMPLATE.format(statement), "template.yaml")
    assert ([finding.rule for finding in findings], not_evaluated) == (["own"], [])


@pytest.mark.parametrize("statement", EXCLUDED.values(), ids=EXCLUDED.keys())
def test_what_no_deployment_allows_is_clean(statement):
    assert lint(NO_DELETES, TEMPLATE.format(statement), "template.yaml") == ((), [])


def test_an_unknown_condition_does_not_prove_that_a_required_one_is_met_or_not():
    statement = "{Effect: Allow, Action: 's3:*', Resource: '*', Condition: !ImportValue x}"
    findings, (entry,) = lint(TLS, TEMPLATE.format(statement), "template.yaml")
    assert (findings, entry.kind) == ((), NotEvaluatedKind.UNDECIDABLE)


EXCEPTION = NO_DELETES + "    exceptions: [{{{0}, reason: reviewed}}]\n"


@pytest.mark.parametrize("where", ["path: '*.json'", "path: 'p*', until: 2026-11-25"])
def test_an_exception_that_matches_leaves_a_rule_out(where):
    assert lint(EXCEPTION.format(where), policy(allow("s3:*"))) == ((), [])


@pytest.mark.parametrize("where", ["path: '*.yaml'", "path: 'p*', until: 2026-11-24", "path: 'p*', role: app"])
def test_an_exception_that_does_not_match_or_has_ended_leaves_it_in(where):
    findings, _ = lint(EXCEPTION.format(where), policy(allow("s3:*")))
    assert len(findings) == 1


def test_a_rule_of_a_package_that_cannot_be_loaded_is_reported_as_failed():
    rules = OwnRules((), (InstalledRule("own", "no_such_module_18:rule"),))
    report = lint_file(read(policy(allow("s3:*"))), RuleSelection(frozenset({"own"}), own_rules=rules), TODAY)
    (entry,) = report.not_evaluated
    assert (entry.kind, report.has_failures) == (NotEvaluatedKind.FAILED, True)
    assert "rule own" in entry.what
    assert "no_such_module_18" in entry.reason
