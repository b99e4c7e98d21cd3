"""Reports show what templates say, in place of the names that stand for values which are not known."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from iamglue.cli.main import main

SERVERLESS = """service: shop
provider:
  name: aws
  runtime: python3.13
  iam: {role: {statements: [{Effect: Deny, Action: "logs:*", Resource: "*"}]}}
functions:
  resize:
    handler: app.handler
    name: resize-NAME
"""
TERRAFORM = """variable "stage" {}
resource "aws_iam_role" "r" {
  name               = "role-NAME"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_lambda_function" "f" {
  function_name = "resize-NAME"
  role          = aws_iam_role.r.arn
}
"""
CLOUDFORMATION = """Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}}
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: !Join ["-", [resize, NAME]]
      Role: !GetAtt Role.Arn
"""
TEXTS = {
    "serverless.yml": (SERVERLESS, "${opt:stage}", "resize-${opt:stage}"),
    "main.tf": (TERRAFORM, "${lower(var.stage)}", "resize-${lower(var.stage)}"),
    "t.yaml": (CLOUDFORMATION, "!Select [0, !Ref Names]", "resize-${!Select [0, !Ref Names]}"),
}
INVENTED = re.compile(r"\$\{\w+[0-9a-f]{8}\}|opt\.stage")


def run(tmp_path, name, *options):
    text, expression, shown = TEXTS[name]
    path = tmp_path / name
    path.write_text(text.replace("NAME", expression))
    return CliRunner().invoke(main, ["audit", "--template", str(path), *options]).stdout, shown


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("format", ["json", "sarif", "junit", "github", "markdown"])
def test_every_format_shows_the_expressions_of_the_template(tmp_path, name, format):
    output, _ = run(tmp_path, name, "--format", format)
    assert "resize-" in output
    assert not INVENTED.search(output)


@pytest.mark.parametrize("name", TEXTS)
def test_a_function_has_the_name_that_the_template_gives_it(tmp_path, name):
    output, shown = run(tmp_path, name, "--format", "json")
    report = json.loads(output)
    names = {entry["subject"]["name"] for entry in (*report["findings"], *report["not_evaluated"])}
    assert shown in names
