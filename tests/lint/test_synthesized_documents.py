"""Documents that a program wrote are judged for what they grant, never for how they are written."""

from __future__ import annotations

import json

import pytest
from support.linting import linted, rules_of

GRANT = {
    "Effect": "Allow",
    "Action": ["dynamodb:GetItem", "dynamodb:GetRecords", "dynamodb:GetItem"],
    "Resource": {"Fn::GetAtt": ["Table", "Arn"]},
}
ON_THE_BUCKET = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": {"Fn::GetAtt": ["Bucket", "Arn"]}}
MANAGED = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


def template(*statements, metadata=True):
    policy = {
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "PolicyName": "p",
            "Roles": ["r"],
            "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)},
        },
    }
    if metadata:
        policy["Metadata"] = {"aws:cdk:path": "Stack/Function/ServiceRole/DefaultPolicy/Resource"}
    resources = {
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {}},
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {}},
        "Policy": policy,
    }
    return json.dumps({"Resources": resources})


def rules(*statements, **kwargs):
    return set(rules_of(linted(template(*statements, **kwargs), "t.json")))


def test_a_grant_of_the_cdk_is_not_judged_for_its_form():
    assert rules(GRANT) == set()


def test_the_same_statement_of_an_author_is():
    assert {"redundant-action", "action-resource-mismatch"} <= rules(GRANT, metadata=False)


def test_a_statement_of_the_cdk_without_any_effect_is_reported():
    assert "action-resource-mismatch" in rules(ON_THE_BUCKET)


def test_what_a_document_of_the_cdk_grants_is_judged():
    assert "broad-access" in rules({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})


@pytest.mark.parametrize(
    ("name", "severity"), [(MANAGED, "suggestion"), ("arn:aws:iam::aws:policy/AmazonS3FullAccess", "warning")]
)
def test_what_is_attached_to_every_function_is_a_suggestion(name, severity):
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}, "ManagedPolicyArns": [name]}}
    report = linted(json.dumps({"Resources": {"Role": role}}), "t.json")
    assert [item.severity.value for item in report.findings if item.rule == "one-click-policy"] == [severity]
