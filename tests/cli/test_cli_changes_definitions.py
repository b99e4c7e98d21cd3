"""`iamglue changes`: what is known only at deployment, or is declared elsewhere, and what in the file decides it."""

from __future__ import annotations

import pytest

ROLE = (
    'resource "aws_iam_role" "r" {\n  assume_role_policy = jsonencode({Statement = [{Effect = "Allow", '
    'Principal = {Service = "lambda.amazonaws.com"}, Action = "sts:AssumeRole"}]})\n}\n'
)
POLICY = (
    'variable "given" {}\n'
    'resource "aws_iam_role_policy" "p" {\n  role = aws_iam_role.r.id\n'
    "  policy = data.aws_iam_policy_document.d.json\n}\n"
    'data "aws_iam_policy_document" "d" {\n  statement {\n    actions = ["s3:GetObject"]\n'
    "    resources = [%s]\n  }\n}\n"
)
CALLED = 'module "m" {\n  source = "./m"\n  bucket = %s\n}\n'


def answers(report) -> dict[str, str]:
    return {file["path"]: file["answer"] for file in report["files"]}


@pytest.mark.parametrize(
    "definition",
    ['locals {\n  a = lookup(var.given, "%s")\n}\n', 'locals {\n  a = local.b\n  b = lookup(var.given, "%s")\n}\n'],
)
def test_another_definition_of_a_local_in_a_policy_is_unknown(compare, definition):
    policy = ROLE + POLICY % "local.a"
    code, report = compare({"main.tf": policy + definition % "x"}, {"main.tf": policy + definition % "y"})
    assert (code, answers(report)) == (1, {"./": "unknown"})


@pytest.mark.parametrize("name", ["b", "tags"])
def test_another_definition_of_a_local_that_is_in_no_policy_is_no_new_access(compare, name):
    text = ROLE.replace("{\n", "{\n  tags = local.tags\n", 1) + POLICY % "local.a"
    text += 'locals {\n  a = lookup(var.given, "x")\n  %s = lookup(var.given, "%s")\n}\n'
    code, report = compare({"main.tf": text % (name, "x")}, {"main.tf": text % (name, "y")})
    assert (code, answers(report)) == (0, {"./": "no-new-access"})


def test_another_argument_of_a_module_with_a_policy_is_unknown(compare):
    module, call = {"m/main.tf": 'variable "bucket" {}\n' + ROLE + POLICY % "var.bucket"}, CALLED
    code, report = compare({"main.tf": call % "var.a", **module}, {"main.tf": call % "var.b", **module})
    assert (code, answers(report)) == (1, {"./": "unknown"})


def test_another_definition_of_an_argument_of_a_module_that_is_not_read_is_unknown(compare):
    text = 'module "m" {\n  source = "example/role/aws"\n  policy = local.a\n}\n'
    text += 'locals {\n  a = lookup(var.given, "%s")\n}\n'
    code, report = compare({"main.tf": text % "x"}, {"main.tf": text % "y"})
    assert (code, answers(report)) == (1, {"./": "unknown"})


def test_another_definition_of_a_modules_output_in_a_policy_is_unknown(compare):
    main = {"main.tf": ROLE + POLICY % "module.m.bucket" + 'module "m" {\n  source = "./m"\n}\n'}
    module = 'variable "b" {}\noutput "bucket" {\n  value = lookup(var.b, "%s")\n}\n'
    code, report = compare({**main, "m/main.tf": module % "x"}, {**main, "m/main.tf": module % "y"})
    assert (code, answers(report)["./"]) == (1, "unknown")


@pytest.mark.parametrize("expression", ['fileset(path.module, "names/*.txt")', "file(var.given)"])
def test_a_changed_file_that_terraform_may_read_by_a_computed_name_is_unknown(compare, expression):
    main = {"main.tf": ROLE + POLICY % "local.a" + f"locals {{\n  a = {expression}\n}}\n"}
    code, report = compare({**main, "names/a.txt": "arn:aws:s3:::a"}, {**main, "names/a.txt": "arn:aws:s3:::*"})
    assert (code, answers(report)) == (1, {"./": "unknown"})


FUNCTION = (
    "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\nResources:\n  F:\n"
    "    Type: AWS::Serverless::Function\n    Properties: {Handler: a.b, Runtime: %s, CodeUri: ., Policies: [%s]}\n"
)
OUTSIDE, OTHER = ("arn:aws:iam::123456789012:policy/a", "arn:aws:iam::123456789012:policy/b")


def test_a_managed_policy_that_is_declared_elsewhere_is_the_same_in_both_versions(compare):
    before, after = (FUNCTION % (runtime, OUTSIDE) for runtime in ("python3.12", "python3.13"))
    code, report = compare({"template.yaml": before}, {"template.yaml": after})
    assert (code, answers(report)) == (0, {"template.yaml": "no-new-access"})


@pytest.mark.parametrize("policies", [OTHER, f"{OUTSIDE}, {OTHER}"])
def test_another_managed_policy_that_is_declared_elsewhere_is_unknown(compare, policies):
    before, after = FUNCTION % ("python3.12", OUTSIDE), FUNCTION % ("python3.12", policies)
    code, report = compare({"template.yaml": before}, {"template.yaml": after})
    assert (code, answers(report)) == (1, {"template.yaml": "unknown"})


def test_a_managed_policy_that_is_no_longer_attached_may_have_been_a_limit(compare):
    before, after = (FUNCTION % ("python3.12", policies) for policies in (OUTSIDE, ""))
    code, report = compare({"template.yaml": before}, {"template.yaml": after})
    assert (code, answers(report)) == (1, {"template.yaml": "unknown"})


def test_a_removed_role_with_a_managed_policy_that_is_declared_elsewhere_is_no_new_access(compare):
    code, report = compare({"template.yaml": FUNCTION % ("python3.12", OUTSIDE)}, {"template.yaml": None})
    assert (code, answers(report)) == (0, {"template.yaml": "no-new-access"})


def test_a_function_with_another_role_whose_managed_policy_is_declared_elsewhere_is_unknown(compare):
    trust = "AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, "
    trust += "Action: 'sts:AssumeRole'}]}"
    roles = f"  A: {{Type: AWS::IAM::Role, Properties: {{{trust}}}}}\n"
    roles += f"  B: {{Type: AWS::IAM::Role, Properties: {{{trust}, ManagedPolicyArns: ['{OUTSIDE}']}}}}\n"
    function = "  F: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt %s.Arn, Code: {ZipFile: x}}}\n"
    template = f"AWSTemplateFormatVersion: '2010-09-09'\nResources:\n{roles}{function}"
    code, report = compare({"template.yaml": template % "A"}, {"template.yaml": template % "B"})
    assert (code, answers(report)) == (1, {"template.yaml": "unknown"})


STACK = (
    "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n"
    "  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: %s}}\n"
    "  S:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: 'https://example.com/%s.yaml'}\n"
)


@pytest.mark.parametrize(("topic", "template", "answer"), [("b", "a", "no-new-access"), ("a", "b", "unknown")])
def test_a_nested_stack_that_is_not_read_is_unknown_only_where_it_changes(compare, topic, template, answer):
    code, report = compare({"template.yaml": STACK % ("a", "a")}, {"template.yaml": STACK % (topic, template)})
    assert (code, answers(report)) == (int(answer == "unknown"), {"template.yaml": answer})


MODULE = (
    'resource "aws_sqs_queue" "q" {\n  name = "%s"\n}\n'
    'module "m" {\n  source = "example/role/aws"\n  policy = "%s"\n}\n'
)


@pytest.mark.parametrize(("queue", "policy", "answer"), [("b", "a", "no-new-access"), ("a", "b", "unknown")])
def test_a_module_that_is_not_read_is_unknown_only_where_its_arguments_change(compare, queue, policy, answer):
    code, report = compare({"main.tf": MODULE % ("a", "a")}, {"main.tf": MODULE % (queue, policy)})
    assert (code, answers(report)) == (int(answer == "unknown"), {"./": answer})
