"""What SAM writes and attaches by itself is judged for what it grants, and is at most a suggestion."""

from __future__ import annotations

import json

import pytest

from iamglue.audit.run import audit
from iamglue.findings import Severity
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.readers.templates.template_account import read_template_account


def findings(**properties):
    function = {"Type": "AWS::Serverless::Function", "Properties": {"Handler": "a.b", **properties}}
    template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Worker": function}}
    account = read_template_account("t.json", json.dumps(template), ParameterValues())
    return audit([account]).report.findings


def worst(found):
    return min((finding.severity for finding in found), key=lambda severity: severity.rank)


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"Policies": [{"S3CrudPolicy": {"BucketName": "images"}}]},
        {"Policies": [{"DynamoDBCrudPolicy": {"TableName": "items"}}], "Tracing": "Active"},
        {"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}},
        {"Events": {"E": {"Type": "SQS", "Properties": {"Queue": "arn:aws:sqs:eu-west-1:111122223333:jobs"}}}},
    ],
)
def test_a_plain_function_has_nothing_that_fails_a_run(properties):
    assert worst(findings(**properties)) is Severity.SUGGESTION


def test_what_the_author_attaches_is_a_warning():
    assert worst(findings(Policies=["AWSLambdaSQSQueueExecutionRole"])) is Severity.WARNING


def test_a_document_of_the_author_with_a_policy_variable_needs_a_version():
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:PrincipalTag/team}/*"}
    rules = [finding.rule for finding in findings(Policies=[{"Statement": [statement]}])]
    assert "missing-version" in rules


def test_a_document_of_the_author_without_variables_needs_none():
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    rules = [finding.rule for finding in findings(Policies=[{"Statement": [statement]}])]
    assert "missing-version" not in rules


def test_writing_to_every_log_group_is_a_suggestion_however_it_is_written():
    statement = {
        "Effect": "Allow",
        "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": "arn:aws:logs:*:*:*",
    }
    assert worst(findings(Policies=[{"Version": "2012-10-17", "Statement": [statement]}])) is Severity.SUGGESTION
