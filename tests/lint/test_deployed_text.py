"""A pattern is as wide in an account, Region and partition that only the deployment knows as in written ones."""

from __future__ import annotations

import pytest
from support.linting import linted

from iamglue.findings import Finding

WRITTEN = {"${AWS::Partition}": "aws", "${AWS::Region}": "eu-west-1", "${AWS::AccountId}": "123456789012"}
STATEMENTS = [
    ("iam:PassRole", "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*", ["pass-role-wildcard"]),
    ("s3:GetObject", "arn:${AWS::Partition}:s3:::*", ["data-exposure"]),
    ("dynamodb:Scan", "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*", ["data-exposure"]),
    ("secretsmanager:GetSecretValue", "arn:${AWS::Partition}:secretsmanager:*:${AWS::AccountId}:*", ["data-exposure"]),
    ("sqs:*", "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:*", ["broad-access"]),
    ("s3:GetObject", "arn:aws:s3:::logs-${AWS::AccountId}/*", []),
    ("dynamodb:Scan", "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Table}", []),
    ("dynamodb:Scan", "arn:aws:dynamodb:${AWS::Region}:${Account}:table/*", []),
]
RISKS = ("pass-role-wildcard", "data-exposure", "broad-access", "privilege-escalation", "credential-exposure")


def template(*statements: str) -> str:
    listed = "".join(f"        - {statement}\n" for statement in statements)
    return (
        "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n"
        f"      PolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n{listed}"
    )


def allow(action: str, resource: str) -> str:
    return f"{{Effect: Allow, Action: '{action}', Resource: !Sub '{resource}'}}"


def risks(text: str, path: str = "template.yaml") -> list[Finding]:
    return [finding for finding in linted(text, path).findings if finding.rule in RISKS]


@pytest.mark.parametrize(("action", "resource", "rules"), STATEMENTS)
def test_a_wide_pattern_is_found_in_an_account_that_is_not_known(action, resource, rules):
    assert [finding.rule for finding in risks(template(allow(action, resource)))] == rules


@pytest.mark.parametrize(("action", "resource", "rules"), STATEMENTS[:6])
def test_the_same_is_found_where_they_are_written(action, resource, rules):
    for parameter, value in WRITTEN.items():
        resource = resource.replace(parameter, value)
    assert [finding.rule for finding in risks(template(allow(action, resource)))] == rules


def test_a_deny_in_an_account_that_is_not_known_takes_away_what_it_denies():
    resource = "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*"
    deny = allow("dynamodb:*", resource).replace("Allow", "Deny")
    assert risks(template(allow("dynamodb:Scan", resource), deny)) == []


def test_the_message_has_the_resource_as_it_is_written():
    (finding,) = risks(template(allow("s3:GetObject", "arn:${AWS::Partition}:s3:::*")))
    assert "`arn:${AWS::Partition}:s3:::*`" in finding.message


def test_a_terraform_data_source_of_the_account_counts_the_same():
    arn = "arn:${data.aws_partition.p.partition}:iam::${data.aws_caller_identity.me.account_id}:role/*"
    text = (
        'data "aws_iam_policy_document" "d" {\n  statement {\n    actions = ["iam:PassRole"]\n'
        f'    resources = ["{arn}"]\n  }}\n}}\n'
    )
    assert [finding.rule for finding in risks(text, "main.tf")] == ["pass-role-wildcard"]
