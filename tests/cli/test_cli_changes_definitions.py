"""`iamglue changes`: names of Terraform with values that are known only at deployment, and what defines them."""

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
