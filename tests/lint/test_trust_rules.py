"""`lint --trust`: access from outside a zone of trust, in policies and in templates; public access is exact."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from risk.aws_examples import ANY, EXAMPLES, ORG, OTHER, OWN, allow, deny, federated, root
from support.rows import every_row

import iamglue
from iamglue.cli.main import main

RULES = ("public-access", "cross-account-access", "cross-organization-access", "unknown-external-access")
TEMPLATE = """
Parameters: {Partner: {Type: String}, Org: {Type: String}}
Resources:
  Jobs: {Type: AWS::SQS::Queue}
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Jobs]
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: %s, Action: "sqs:SendMessage", Resource: !GetAtt Jobs.Arn%s}
"""


def rules_of(*statements, trust=(OWN,), type="resource"):
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    report = iamglue.lint_text(text, type=type, select=RULES, trust=trust)
    return [finding.rule for finding in report.findings]


def rules_of_template(principal, condition="", trust=("self",)):
    report = iamglue.lint_text(TEMPLATE % (principal, condition), "t.yaml", select=RULES, trust=trust)
    return [finding.rule for finding in report.findings]


@pytest.mark.parametrize(
    ("statement", "rules"),
    [
        (allow("sqs"), ["public-access"]),
        (allow("sqs", root(OTHER)), ["cross-account-access"]),
        (allow("sqs", StringEquals={"aws:PrincipalOrgID": "o-z9y8x7w6v5"}), ["cross-organization-access"]),
        (allow("sqs", StringEquals={"aws:SourceVpce": "vpce-1"}), ["unknown-external-access"]),
        (allow("sqs", root(OWN)), []),
        (allow("sqs", StringEquals={"aws:PrincipalOrgID": ORG}), []),
    ],
)
def test_each_kind_of_access_is_a_rule(statement, rules):
    assert rules_of(statement, trust=(OWN, ORG)) == rules


def test_without_a_zone_only_public_access_is_reported():
    assert rules_of(allow("sqs"), allow("sqs", root(OTHER)), trust=()) == ["public-access"]


def test_a_trust_policy_is_checked_as_well():
    assert rules_of(allow("trust", root(OTHER)), type="trust") == ["cross-account-access"]


def test_an_identity_policy_is_left_alone():
    assert rules_of({"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}, type="identity") == []


PUBLIC = [
    pytest.param(statements, "public" in kinds.split(), id=str(number))
    for number, (_, statements, kinds) in enumerate(EXAMPLES)
    if all(statement["Effect"] == "Deny" or "Principal" in statement for statement in statements)
    and not any(statement["Action"].startswith("sts:") for statement in statements)
]


@every_row("statements, is_public", PUBLIC)
def test_public_access_is_what_aws_calls_public(statements, is_public):
    assert ("public-access" in rules_of(*statements, trust=())) is is_public


def test_a_deny_that_leaves_some_of_everyone_is_not_enough():
    limit = deny("s3", StringNotEqualsIfExists={"aws:PrincipalOrgID": ORG}, Null={"aws:PrincipalOrgID": "false"})
    assert rules_of(allow("s3"), limit, trust=()) == ["public-access"]


def test_a_public_identity_provider_is_everyone_for_a_resource():
    assert rules_of(allow("s3", federated("graph.facebook.com")), trust=()) == ["public-access"]


@pytest.mark.parametrize(
    ("principal", "condition", "rules"),
    [
        ('{AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}', "", []),
        ("{AWS: !Ref AWS::AccountId}", "", []),
        ("{AWS: !Ref Partner}", "", ["unknown-external-access"]),
        ("'*'", "", ["public-access"]),
        ("'*'", ", Condition: {StringEquals: {'aws:PrincipalOrgID': !Ref Org}}", ["unknown-external-access"]),
        ("'*'", ", Condition: {StringEqualsIfExists: {'aws:PrincipalOrgID': !Ref Org}}", ["public-access"]),
        ("'*'", ", Condition: {IpAddress: {'aws:SourceIp': !Ref Range}}", ["unknown-external-access"]),
        ("'*'", ", Condition: {ArnLike: {'aws:SourceArn': !Ref Topic}}", ["unknown-external-access"]),
        ("'*'", ", Condition: {Bool: {'aws:SecureTransport': !Ref Flag}}", ["unknown-external-access"]),
        ("'*'", ", Condition: {StringEquals: {'aws:SourceAccount': !Ref AWS::AccountId}}", []),
    ],
)
def test_the_own_account_of_a_template_is_inside_and_parameters_are_unknown(principal, condition, rules):
    assert rules_of_template(principal, condition) == rules


def test_an_account_of_a_template_is_outside_the_accounts_of_the_zone():
    assert rules_of_template(f'{{AWS: "{OTHER}"}}', trust=(OWN,)) == ["cross-account-access"]


TERRAFORM = """
data "aws_caller_identity" "current" {}
resource "aws_sqs_queue_policy" "p" {
  queue_url = "q"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.q.arn, %s }]
  })
}
"""


@pytest.mark.parametrize(
    ("parts", "rules"),
    [
        ('Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }', []),
        ("Principal = { AWS = data.aws_caller_identity.current.account_id }", []),
        ('Principal = "*"', ["public-access"]),
        (
            'Principal = "*", Condition = { StringEquals = { "aws:PrincipalOrgID" = var.org } }',
            ["unknown-external-access"],
        ),
        ('Principal = "*", Condition = var.condition', ["unknown-external-access"]),
        ("Principal = { AWS = var.partners }", ["unknown-external-access"]),
        ("Principal = var.partners", ["unknown-external-access"]),
        ('Principal = { Service = "sns.amazonaws.com" }', []),
    ],
)
def test_in_terraform_what_is_not_known_is_unknown(parts, rules):
    report = iamglue.lint_text(TERRAFORM % parts, "main.tf", select=RULES, trust=("self",))
    assert [finding.rule for finding in report.findings] == rules


def test_an_endpoint_policy_grants_nothing():
    text = """
Resources:
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      PolicyDocument: {Statement: [{Effect: Allow, Principal: "*", Action: "s3:*", Resource: "*"}]}
"""
    assert iamglue.lint_text(text, "t.yaml", select=RULES, trust=(OWN,)).findings == ()


def test_the_finding_is_at_the_principal_and_has_a_request():
    text = json.dumps({"Version": "2012-10-17", "Statement": [allow("sqs", {"AWS": [OWN, OTHER]})]}, indent=1)
    (finding,) = iamglue.lint_text(text, type="resource", select=RULES, trust=(OWN,)).findings
    assert text.splitlines()[finding.span.line - 1].strip() == f'"{OTHER}"'
    assert "`sqs:SendMessage`" in finding.message


def run(tmp_path, monkeypatch, *options, config=""):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".iamglue.toml").write_text(config, encoding="utf-8")
    text = json.dumps({"Version": "2012-10-17", "Statement": [allow("sqs", root(OTHER)), allow("sqs", ANY)]})
    (tmp_path / "queue.json").write_text(text, encoding="utf-8")
    arguments = ["lint", "queue.json", "--type", "resource", "--format", "json", *options]
    return CliRunner().invoke(main, arguments)


def test_the_option_and_the_configuration_name_the_zone(tmp_path, monkeypatch):
    by_option = run(tmp_path, monkeypatch, "--trust", OWN)
    by_configuration = run(tmp_path, monkeypatch, config=f'[lint]\ntrust = ["{OWN}"]\n')
    assert by_option.exit_code == by_configuration.exit_code == 1
    assert by_option.stdout == by_configuration.stdout
    assert "cross-account-access" in by_option.stdout


@pytest.mark.parametrize("options", [("--trust", "everybody"), ("--trust", "")])
def test_a_zone_that_is_not_valid_is_a_usage_error(tmp_path, monkeypatch, options):
    result = run(tmp_path, monkeypatch, *options)
    assert (result.exit_code, result.stdout) == (2, "")
