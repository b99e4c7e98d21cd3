"""The role of a build project, an instance or a stack that the template itself declares is known to an audit."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from click.testing import CliRunner

from iamglue.cli.main import main


def document(action, resource):
    return {"Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]}


def iam_role(service, action, resource):
    trusted = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": f"{service}.amazonaws.com"}}
    policy = {"PolicyName": "own", "PolicyDocument": document(action, resource)}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": {"Statement": [trusted]}, "Policies": [policy]},
    }


ADMIN_ARN = {"Fn::GetAtt": ["Admin", "Arn"]}
PROFILE = {"P": {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [{"Ref": "Admin"}]}}}
COMMANDS = "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/${X}"
ENDPOINT = "arn:aws:glue:${AWS::Region}:${AWS::AccountId}:devEndpoint/${X}"
# The resource `X`, the action on it, and how the policy names it.
CASES = {
    "project": ("CodeBuild::Project", {"ServiceRole": ADMIN_ARN}, "codebuild:StartBuild", {"Fn::GetAtt": ["X", "Arn"]}),
    "instance": ("EC2::Instance", {"IamInstanceProfile": {"Ref": "P"}}, "ssm:SendCommand", {"Fn::Sub": COMMANDS}),
    "endpoint": ("Glue::DevEndpoint", {"RoleArn": ADMIN_ARN}, "glue:UpdateDevEndpoint", {"Fn::Sub": ENDPOINT}),
    "notebook": (
        "SageMaker::NotebookInstance",
        {"RoleArn": ADMIN_ARN},
        "sagemaker:CreatePresignedNotebookInstanceUrl",
        {"Ref": "X"},
    ),
    "service": (
        "AppRunner::Service",
        {"InstanceConfiguration": {"InstanceRoleArn": ADMIN_ARN}},
        "apprunner:UpdateService",
        {"Fn::GetAtt": ["X", "ServiceArn"]},
    ),
}


def template(kind, properties, action, resource):
    code = {"Runtime": "python3.13", "Handler": "a.b", "Role": {"Fn::GetAtt": ["R", "Arn"]}}
    resources = {
        "Admin": iam_role("ec2", "*", "*"),
        "R": iam_role("lambda", action, resource),
        "F": {"Type": "AWS::Lambda::Function", "Properties": code},
        "X": {"Type": f"AWS::{kind}", "Properties": properties},
    }
    return {"Parameters": {"Other": {"Type": "String"}}, "Resources": resources | PROFILE}


def escalations(path):
    result = CliRunner().invoke(main, ["audit", "--template", str(path), "--role", "R", "--format", "json"])
    found = json.loads(result.stdout)["findings"]
    return [finding["message"] for finding in found if finding["rule"] == "privilege-escalation"]


def messages(tmp_path, content):
    path = tmp_path / "template.json"
    path.write_text(json.dumps(content))
    return escalations(path)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_resource_of_the_template_leads_to_its_role(tmp_path, case):
    (message,) = messages(tmp_path, template(*case))
    assert message.endswith("role, `Admin` (administrator access)")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_resource_whose_role_is_a_parameter_has_a_role_that_is_not_known(tmp_path, case):
    content = json.loads(json.dumps(template(*case)).replace(json.dumps(ADMIN_ARN), '{"Ref": "Other"}'))
    content["Resources"]["P"]["Properties"]["Roles"] = [{"Ref": "Other"}]
    (message,) = messages(tmp_path, content)
    assert message.endswith("(which role it has is not known)")


def test_a_role_that_depends_on_a_condition_is_not_known(tmp_path):
    content = template(*CASES["project"])
    content["Conditions"] = {"Wide": {"Fn::Equals": [{"Ref": "Other"}, "a"]}}
    content["Resources"]["X"]["Properties"]["ServiceRole"] = {
        "Fn::If": ["Wide", {"Fn::GetAtt": ["R", "Arn"]}, ADMIN_ARN]
    }
    (message,) = messages(tmp_path, content)
    assert message.endswith("(which role it has is not known)")


@pytest.mark.parametrize("name", ["instance", "service"])
def test_a_resource_without_a_role_gives_no_access(tmp_path, name):
    content = deepcopy(template(*CASES[name]))
    content["Resources"]["X"]["Properties"] = {"ServiceName": "x"}
    assert messages(tmp_path, content) == []


def test_the_role_of_an_instance_of_a_launch_template_is_not_known(tmp_path):
    content = template(*CASES["instance"])
    content["Resources"]["X"]["Properties"] = {"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "1"}}
    (message,) = messages(tmp_path, content)
    assert message.endswith("(which role it has is not known)")


TERRAFORM = """
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com", "ec2.amazonaws.com"]
    }
  }
}
resource "aws_iam_role" "admin" {
  name                = "chief"
  assume_role_policy  = data.aws_iam_policy_document.trust.json
  managed_policy_arns = []
}
resource "aws_iam_role_policy" "admin" {
  role   = aws_iam_role.admin.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
resource "aws_iam_role" "r" {
  name               = "R"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
resource "aws_iam_role_policy" "r" {
  role   = aws_iam_role.r.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "ACTION", Resource = RESOURCE }] })
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.r.arn
}
resource "aws_iam_instance_profile" "p" {
  role = aws_iam_role.admin.name
}
"""
BLOCKS = {
    "codebuild:StartBuild": ("aws_codebuild_project.x.arn", "service_role = aws_iam_role.admin.arn"),
    "cloudformation:UpdateStack": (
        "aws_cloudformation_stack.x.id",
        'name = "net"\n  iam_role_arn = aws_iam_role.admin.arn',
    ),
    "ssm:SendCommand": ("aws_instance.x.arn", "iam_instance_profile = aws_iam_instance_profile.p.name"),
    "sagemaker:CreatePresignedNotebookInstanceUrl": (
        "aws_sagemaker_notebook_instance.x.arn",
        "role_arn = aws_iam_role.admin.arn",
    ),
}


def terraform(tmp_path, action, resource, argument):
    text = TERRAFORM.replace("ACTION", action).replace("RESOURCE", resource)
    kind = resource.partition(".")[0]
    (tmp_path / "main.tf").write_text(
        f'{text}variable "other" {{}}\nresource "{kind}" "x" {{\n  {argument}\n}}\n', encoding="utf-8"
    )
    return escalations(tmp_path)


@pytest.mark.parametrize("action", BLOCKS)
def test_a_resource_of_a_configuration_leads_to_its_role(tmp_path, action):
    (message,) = terraform(tmp_path, action, *BLOCKS[action])
    assert message.endswith("role, `chief` (administrator access)")


def test_a_resource_of_a_configuration_whose_role_is_a_variable_has_a_role_that_is_not_known(tmp_path):
    resource, _ = BLOCKS["codebuild:StartBuild"]
    (message,) = terraform(tmp_path, "codebuild:StartBuild", resource, "service_role = var.other")
    assert message.endswith("(which role it has is not known)")


def test_a_stack_of_a_configuration_without_a_role_gives_no_access(tmp_path):
    resource, _ = BLOCKS["cloudformation:UpdateStack"]
    assert terraform(tmp_path, "cloudformation:UpdateStack", resource, 'name = "net"') == []


def test_the_role_of_an_instance_of_a_launch_template_of_a_configuration_is_not_known(tmp_path):
    (message,) = terraform(tmp_path, "ssm:SendCommand", "aws_instance.x.arn", 'launch_template {\n    id = "lt-1"\n  }')
    assert message.endswith("(which role it has is not known)")
