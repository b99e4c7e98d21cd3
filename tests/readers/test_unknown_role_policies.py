"""Policies of a template's role that are not known: said to be so, and nothing is concluded about the role."""

from __future__ import annotations

import json
import re

import pytest
from support.linting import linted
from support.sam import account_of

from iamglue.audit.run import audit
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.readers.templates.template_account import read_template_account, read_terraform_directory

TEMPLATE = """
AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Arns: {Type: CommaDelimitedList}, Text: {Type: String}}
Resources:
  Role:
    Type: AWS::IAM::Role
    %s
  Function: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Role.Arn}}
"""
INCLUDE = "'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: 's3://parts/part.yaml'}}"
INCLUDED = f"{{{INCLUDE}}}"
TRUST = """AssumeRolePolicyDocument: {Version: '2012-10-17', Statement:
        [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]}"""


def properties(text):
    return TEMPLATE % f"Properties:\n      {TRUST}\n      {text}"


@pytest.mark.parametrize(
    "template",
    [
        properties("ManagedPolicyArns: !Ref Arns"),
        properties("ManagedPolicyArns: !Split [',', !Ref Text]"),
        properties("ManagedPolicyArns: [!Ref Text]"),
        properties(f"Policies: {INCLUDED}"),
        properties(f"Policies: [{INCLUDED}]"),
        properties(f"Policies: [{{PolicyName: p, PolicyDocument: {INCLUDED}}}]"),
        properties("Policies: [{PolicyName: p, PolicyDocument: !Ref Text}]"),
        properties(f"Policies: [{{PolicyName: p, PolicyDocument: {{Version: '2012-10-17', Statement: {INCLUDED}}}}}]"),
        properties(INCLUDE),
        TEMPLATE % f"Properties: {INCLUDED}",
        TEMPLATE % f"{INCLUDE}\n    Properties: {{}}",
    ],
)
def test_what_the_role_lacks_is_not_concluded_from_the_rest(template):
    report = audit([account_of(template)]).report
    assert not any(finding.rule == "missing-access" for finding in report.findings)
    reasons = [gap.reason for gap in report.not_evaluated if "whether the role allows" in gap.what]
    assert [reason.startswith("not all policies of the role are known") for reason in reasons] == [True]


def test_policies_of_a_sam_function_that_are_not_known_are_policies_of_its_role():
    text = """
Transform: AWS::Serverless-2016-10-31
Parameters: {Arns: {Type: CommaDelimitedList}}
Resources:
  Function: {Type: AWS::Serverless::Function, Properties: {Policies: !Ref Arns}}
"""
    (gap,) = account_of(text).gaps
    assert (gap.subject.name, gap.policies_unknown) == ("FunctionRole", True)


@pytest.mark.parametrize(
    ("name", "resource"),
    [
        ("Set", "{Type: AWS::CloudFormation::StackSet, Properties: {TemplateBody: '{}'}}"),
        ("Module", "{Type: 'Org::Service::Roles::MODULE', Properties: {Name: a}}"),
        ("Part", INCLUDED),
    ],
)
def test_resources_that_come_from_a_template_elsewhere_are_said_to_be_unread(name, resource):
    text = f"AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  {name}: {resource}\n"
    for gaps in (account_of(text).gaps, linted(text, "t.yaml").not_evaluated):
        assert [gap.subject.name for gap in gaps] == [name]


@pytest.mark.parametrize("partition", ["aws", "${AWS::Partition}"])
@pytest.mark.parametrize("account", ["111122223333", "${AWS::AccountId}"])
def test_a_role_that_a_function_names_by_its_arn_is_that_of_the_template(partition, account):
    text = (TEMPLATE % f"Properties:\n      RoleName: worker\n      Path: /apps/\n      {TRUST}").replace(
        "!GetAtt Role.Arn", f"!Sub 'arn:{partition}:iam::{account}:role/apps/worker'"
    )
    account_read = account_of(text)
    assert account_read.gaps == ()
    assert [function.role_arn for function in account_read.functions] == [role.arn for role in account_read.roles]


@pytest.mark.parametrize("service", ["lambda.${AWS::URLSuffix}", "edgelambda.${AWS::URLSuffix}"])
def test_lambda_under_the_domain_of_the_partition_is_no_other_principal(service):
    template = properties("Path: /").replace("lambda.amazonaws.com", f"!Sub '{service}'")
    assert not any(finding.rule == "broad-trust" for finding in audit([account_of(template)]).report.findings)


def test_another_service_under_the_domain_of_the_partition_is_reported():
    template = properties("Path: /").replace("lambda.amazonaws.com", "!Sub 'ec2.${AWS::URLSuffix}'")
    assert any(finding.rule == "broad-trust" for finding in audit([account_of(template)]).report.findings)


CONFIGURATION = """
variable "arns" { type = list(string) }
variable "text" { type = string }
resource "aws_iam_role" "worker" {
  name               = "worker"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
  %s
}
resource "aws_lambda_function" "worker" {
  function_name = "worker"
  role          = aws_iam_role.worker.arn
}
%s
"""


@pytest.mark.parametrize(
    ("argument", "resource"),
    [
        ("managed_policy_arns = var.arns", ""),
        ('inline_policy {\n name = "p"\n policy = var.text\n}', ""),
        ('dynamic "inline_policy" {\n for_each = var.arns\n content { policy = inline_policy.value }\n}', ""),
        ("", 'resource "aws_iam_role_policy" "p" {\n role = aws_iam_role.worker.name\n policy = var.text\n}'),
        ("", 'resource "aws_iam_role_policy" "p" {\n role = "worker"\n policy = file("missing.json")\n}'),
    ],
)
def test_what_a_role_of_terraform_lacks_is_not_concluded_from_the_rest(tmp_path, argument, resource):
    (tmp_path / "main.tf").write_text(CONFIGURATION % (argument, resource))
    report = audit([read_terraform_directory(str(tmp_path), ParameterValues())]).report
    assert not any(finding.rule == "missing-access" for finding in report.findings)
    reasons = [gap.reason for gap in report.not_evaluated if "whether the role allows" in gap.what]
    assert [reason.startswith("not all policies of the role are known") for reason in reasons] == [True]


TRUST_DOCUMENT = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
        ],
    }
)
ROLE, FUNCTION = "aws_iam_role.worker", "aws_lambda_function.worker"
ROLE_NAME = {"name": "worker", "assume_role_policy": TRUST_DOCUMENT}


def plan_report(values=None, unknown=None, expressions=None):
    """The audit of a plan with a role and its function; the mappings add to a resource, by its address."""
    values = {ROLE: ROLE_NAME, FUNCTION: {"function_name": "worker"}} | (values or {})
    expressions = {FUNCTION: {"role": {"references": [f"{ROLE}.arn"]}}} | (expressions or {})

    def resources(key, by_address):
        return [{"address": address, "type": address.split(".")[0], key: of} for address, of in by_address.items()]

    plan = {
        "terraform_version": "1.13.0",
        "planned_values": {"root_module": {"resources": resources("values", values)}},
        "resource_changes": resources("change", {name: {"after_unknown": of} for name, of in (unknown or {}).items()}),
        "configuration": {"root_module": {"resources": resources("expressions", expressions)}},
    }
    return audit([read_template_account("plan.json", json.dumps(plan), ParameterValues())]).report


@pytest.mark.parametrize(
    ("values", "unknown", "expressions"),
    [
        ({"aws_iam_role_policy.p": {"role": "worker"}}, {"aws_iam_role_policy.p": {"policy": True}}, None),
        (
            {"aws_iam_role_policy.p": {}},
            {"aws_iam_role_policy.p": {"policy": True, "role": True}},
            {"aws_iam_role_policy.p": {"role": {"references": [f"{ROLE}.id"]}}},
        ),
        (
            {ROLE: {**ROLE_NAME, "inline_policy": [{"name": "p"}]}},
            {ROLE: {"inline_policy": [{"policy": True}]}},
            {ROLE: {"inline_policy": [{"policy": {"references": ["aws_sqs_queue.q"]}}]}},
        ),
        (None, {ROLE: {"inline_policy": True}}, {ROLE: {"inline_policy": [{"policy": {}}]}}),
        (None, {ROLE: {"managed_policy_arns": True}}, {ROLE: {"managed_policy_arns": {"references": ["local.arns"]}}}),
        (
            {ROLE: {**ROLE_NAME, "managed_policy_arns": ["arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"]}},
            {ROLE: {"managed_policy_arns": [True, False]}},
            {ROLE: {"managed_policy_arns": {"references": ["aws_iam_policy.p.arn"]}}},
        ),
        (
            {"aws_iam_role_policy_attachments_exclusive.a": {"role_name": "worker"}},
            {"aws_iam_role_policy_attachments_exclusive.a": {"policy_arns": True}},
            None,
        ),
        (
            {"aws_iam_policy.p": {"name": "p"}, "aws_iam_role_policy_attachment.a": {"role": "worker"}},
            {"aws_iam_policy.p": {"policy": True}, "aws_iam_role_policy_attachment.a": {"policy_arn": True}},
            {"aws_iam_role_policy_attachment.a": {"policy_arn": {"references": ["aws_iam_policy.p.arn"]}}},
        ),
    ],
)
def test_what_a_role_lacks_is_not_concluded_from_a_plan_that_does_not_know_its_policies(values, unknown, expressions):
    report = plan_report(values, unknown, expressions)
    assert not any(finding.rule == "missing-access" for finding in report.findings)
    reasons = [gap.reason for gap in report.not_evaluated if "whether the role allows" in gap.what]
    assert [reason.startswith("not all policies of the role are known") for reason in reasons] == [True]


def test_what_the_provider_computes_for_a_role_without_policies_is_no_unknown_policy():
    report = plan_report(unknown={ROLE: {"arn": True, "inline_policy": True, "managed_policy_arns": True}})
    assert any(finding.rule == "missing-access" for finding in report.findings)


def test_a_managed_policy_of_the_plan_whose_document_is_not_known_is_not_said_to_be_elsewhere():
    attachment = {"role": "worker", "policy_arn": "arn:aws:iam::111122223333:policy/p"}
    report = plan_report(
        {
            "aws_iam_policy.p": {"name": "p", "arn": attachment["policy_arn"]},
            "aws_iam_role_policy_attachment.a": attachment,
        },
        {"aws_iam_policy.p": {"policy": True}},
        {"aws_iam_role_policy_attachment.a": {"policy_arn": {"references": ["aws_iam_policy.p.arn"]}}},
    )
    assert not any("neither in the template" in gap.reason for gap in report.not_evaluated)


def test_a_trust_policy_that_is_not_known_grants_a_role_of_terraform_no_access(tmp_path):
    text = re.sub(r"jsonencode\(.*?\}\] \}\)", "var.text", CONFIGURATION % ("", ""), flags=re.DOTALL)
    (tmp_path / "main.tf").write_text(text)
    report = audit([read_terraform_directory(str(tmp_path), ParameterValues())]).report
    assert any(finding.rule == "missing-access" for finding in report.findings)


@pytest.mark.parametrize("argument", ["role", "role_name", "iam_roles", "execution_role_name"])
def test_a_module_elsewhere_that_gets_a_role_is_said_to_be_unread(tmp_path, argument):
    module = f'module "more" {{\n source = "git::https://example.com/more.git"\n {argument} = "worker"\n}}'
    (tmp_path / "main.tf").write_text(CONFIGURATION % ("", module))
    (gap,) = read_terraform_directory(str(tmp_path), ParameterValues()).gaps
    assert gap.subject.name == "module.more"
