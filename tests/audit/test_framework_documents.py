"""What SAM and the CDK write and attach by themselves is judged for what it grants, and is at most a suggestion."""

from __future__ import annotations

import json

import pytest
from architecture.source_tree import ROOT

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


CDK = ROOT / "tests" / "corpus" / "templates" / "cdk"
BY_CONSTRUCTS = {
    "log-subscription": "LogRetention",
    "static-site-deployment": "BucketDeployment",
    "workshop-hit-counter": "RestApi",
    "canary-deployment": "LambdaDeploymentGroup",
}


def audited(template):
    account = read_template_account("t.json", json.dumps(template), ParameterValues())
    return audit([account]).report.findings


def with_statement(name, statement):
    """A synthesized template with one more statement in the policy that a construct writes."""
    template = json.loads((CDK / f"{name}.template.json").read_text(encoding="utf-8"))
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] == "AWS::IAM::Policy" and "ServiceRoleDefaultPolicy" in logical_id:
            resource["Properties"]["PolicyDocument"]["Statement"].append(statement)
    return template


@pytest.mark.parametrize("name", BY_CONSTRUCTS)
def test_what_a_construct_of_the_cdk_grants_to_its_own_role_is_a_suggestion_that_names_it(name):
    found = audited(json.loads((CDK / f"{name}.template.json").read_text(encoding="utf-8")))
    assert worst(found) is Severity.SUGGESTION
    assert any(f"`{BY_CONSTRUCTS[name]}` of the AWS CDK" in (finding.help or "") for finding in found)


@pytest.mark.parametrize("action", ["sqs:SendMessage", "cloudfront:*", "logs:Put*"])
def test_what_an_app_adds_to_the_role_of_a_construct_is_a_warning(action):
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    for name in ("log-subscription", "static-site-deployment"):
        assert worst(audited(with_statement(name, statement))) is Severity.WARNING


def test_a_managed_policy_that_an_app_attaches_itself_is_a_warning():
    template = json.loads((CDK / "workshop-hit-counter.template.json").read_text(encoding="utf-8"))
    for resource in template["Resources"].values():
        path = resource.get("Metadata", {}).get("aws:cdk:path", "")
        if path.endswith("CloudWatchRole/Resource"):
            resource["Metadata"]["aws:cdk:path"] = path.replace("CloudWatchRole", "Mine")
    assert worst(audited(template)) is Severity.WARNING
