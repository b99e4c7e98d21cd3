"""Every kind of entry in the `Policies` of a SAM function or state machine."""

from __future__ import annotations

import json

import pytest
from support.linting import linted, mended_text, rules_of
from support.reading_policies import read
from support.rows import every_row
from support.sam import account_of, function, resource, role_named, sam_template, statements_of

from iamglue.catalog.sam_policy_templates import sam_policy_names, sam_policy_parameters


def with_policies(*policies):
    return sam_template({"Worker": function(Policies=list(policies))})


def worker(*policies):
    account = account_of(with_policies(*policies))
    return account, role_named(account, "WorkerRole")


@every_row("name", sam_policy_names())
def test_every_policy_template_of_sam_is_one_and_no_document(name):
    arguments = dict.fromkeys(sam_policy_parameters(name), "x")
    text = json.dumps(with_policies({name: arguments}))
    file = read(text, "template.json")
    assert [(attachment.node.text, attachment.kind) for attachment in file.attachments] == [(name, "sam-template")]
    assert file.policies == ()
    assert mended_text(text, "template.json", unsafe=True).text == text


def test_a_versioned_policy_template_grants_what_sam_writes():
    _, role = worker({"StepFunctionsExecutionPolicy_v2": {"StateMachineName": "orders"}})
    actions = {action for statement in statements_of(role.policies[:1]) for action in statement["Action"]}
    assert "states:StartExecution" in actions


@pytest.mark.parametrize("name", ["S3ReedPolicy", "S3Read", "s3readpolicy", "KMSEncryptPolicy_v3"])
def test_a_misspelled_policy_template_is_one_finding_that_names_the_right_one(name):
    report = linted(json.dumps(with_policies({name: {"BucketName": "images"}})), "template.json")
    assert rules_of(report) == ["unknown-sam-template"]
    assert "did you mean" in report.findings[0].help


@pytest.mark.parametrize(
    ("policy", "severity", "text"),
    [
        ({"S3ReadPolicy": {}}, "error", "no value for `BucketName` add `BucketName` below"),
        ({"S3ReadPolicy": None}, "error", "no value for `BucketName`"),
        ({"S3ReadPolicy": ["images"]}, "error", "no value for `BucketName`"),
        ({"S3ReadPolicy": {"Bucket": "images"}}, "error", "no value for `BucketName` did you mean `BucketName`?"),
        ({"S3ReadPolicy": {"BucketName": "images", "Prefix": "a"}}, "warning", "no parameter `Prefix`: SAM ignores it"),
        ("S3ReadPolicy", "warning", "a policy template of SAM: write it as the key of a map, with `BucketName`"),
    ],
)
def test_wrong_parameters_of_a_policy_template_are_one_finding(policy, severity, text):
    (finding,) = linted(json.dumps(with_policies(policy)), "template.json").findings
    assert finding.severity == severity
    assert text in f"{finding.message} {finding.help}"


def test_a_misspelled_parameter_of_a_policy_template_is_fixed():
    text = json.dumps(with_policies({"S3ReadPolicy": {"Bucket": "images"}}))
    assert mended_text(text, "template.json", unsafe=True).text == text.replace('"Bucket"', '"BucketName"')


def test_audit_names_the_policy_template_that_is_meant():
    account, _ = worker({"S3ReedPolicy": {"BucketName": "images"}})
    (gap,) = account.gaps
    assert "did you mean `S3ReadPolicy`, with `BucketName`?" in gap.reason


def test_two_policy_templates_in_one_map_are_one_finding():
    text = (
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n"
        "    Properties:\n      Policies:\n        - S3ReadPolicy:\n          BucketName: images\n"
    )
    report = linted(text, "template.yaml")
    assert [(finding.rule, finding.span.line) for finding in report.findings] == [("unknown-sam-template", 7)]


@pytest.mark.parametrize(
    "policy",
    [
        {"S3ReedPolicy": {"BucketName": "images"}},
        {"S3ReadPolicy": {}},
        {"S3ReadPolicy": {"Bucket": "images"}},
        {"S3ReadPolicy": None, "BucketName": "images"},
        ["AWSLambdaExecute"],
    ],
)
def test_what_sam_does_not_accept_is_an_unknown_policy_of_the_role(policy):
    account, role = worker(policy)
    assert [gap.policies_unknown for gap in account.gaps] == [True]
    assert [policy.name for policy in role.policies] == ["AWSLambdaBasicExecutionRole"]


def test_each_value_that_a_parameter_of_a_policy_template_can_have_is_read():
    bucket = {"Fn::If": ["IsProduction", "images", {"Fn::If": ["IsTest", "images-test", {"Ref": "Named"}]}]}
    _, role = worker({"S3ReadPolicy": {"BucketName": bucket}})
    resources = {text for statement in statements_of(role.policies[:3]) for text in statement["Resource"]}
    assert resources == {
        f"arn:${{AWS::Partition}}:s3:::{name}{suffix}"
        for name in ("images", "images-test", "${Named}")
        for suffix in ("", "/*")
    }


def test_a_value_that_is_not_text_is_a_value_of_its_own():
    table = {"Fn::Transform": {"Name": "Macro"}}
    _, role = worker({"DynamoDBReadPolicy": {"TableName": table}})
    assert "${TableName}" not in role.policies[0].text


def test_a_state_machine_has_a_role_with_its_policies():
    machine = resource(
        "AWS::Serverless::StateMachine",
        DefinitionUri="s3://code/machine.json",
        Tracing={"Enabled": True},
        PermissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess",
        Policies=[{"LambdaInvokePolicy": {"FunctionName": "worker"}}, "AWSLambdaExecute"],
    )
    role = role_named(account_of(sam_template({"Flow": machine})), "FlowRole")
    assert [policy.name for policy in role.policies] == [
        "FlowRolePolicy0",
        "AWSXrayWriteOnlyAccess",
        "AWSLambdaExecute",
    ]
    assert "states.amazonaws.com" in role.trust.text
    assert role.boundary.name == "PowerUserAccess"


def test_a_role_that_may_be_missing_is_made_by_sam():
    role = {"Fn::If": ["HasRole", {"Ref": "RoleArn"}, {"Ref": "AWS::NoValue"}]}
    account = account_of(sam_template({"Worker": function(Role=role, Policies=["AWSLambdaExecute"])}))
    assert [policy.name for policy in role_named(account, "WorkerRole").policies][-1] == "AWSLambdaExecute"
    assert ["${RoleArn}" in gap.reason for gap in account.gaps] == [True]
