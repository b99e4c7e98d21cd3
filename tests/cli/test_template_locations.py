"""`iamglue audit --template` says where in the template each finding is."""

from __future__ import annotations

import json

import pytest
import yaml
from support.reports import with_consequences

SAM = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Images:
    Type: AWS::S3::Bucket
  Resize:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - AmazonS3FullAccess
        - DynamoDBCrudPolicy:
            TableName: "*"
        - Statement:
            - Effect: Allow
              Action:
                - sqs:SendMessage
                - iam:PassRole
              Resource: "*"
      FunctionUrlConfig:
        AuthType: NONE
      Events:
        New:
          Type: S3
          Properties:
            Bucket: !Ref Images
            Events: s3:ObjectCreated:*
"""
TRUST = """{Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: "*"}, Action: "sts:AssumeRole"}]}"""
CLOUDFORMATION = f"""\
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {TRUST}
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess
  Documents:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: documents
      Roles: [!Ref Role]
      PolicyDocument: |
        {{
          "Version": "2012-10-17",
          "Statement": [
            {{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}}
          ]
        }}
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Role: !GetAtt Role.Arn
  Everyone:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Worker
      Action: lambda:InvokeFunction
      Principal: "*"
"""
TERRAFORM = """\
resource "aws_iam_role" "worker" {
  name               = "worker"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

data "aws_iam_policy_document" "secrets" {
  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "secrets" {
  role   = aws_iam_role.worker.id
  policy = data.aws_iam_policy_document.secrets.json
}

resource "aws_iam_role_policy_attachment" "tables" {
  role       = aws_iam_role.worker.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"
}

resource "aws_lambda_function" "worker" {
  function_name = "worker"
  role          = aws_iam_role.worker.arn
}

resource "aws_lambda_function_url" "worker" {
  function_name      = aws_lambda_function.worker.function_name
  authorization_type = "NONE"
}

resource "aws_lambda_permission" "everyone" {
  function_name = aws_lambda_function.worker.function_name
  action        = "lambda:InvokeFunction"
  principal     = "*"
}
"""
# Rule and line of findings that each template must have.
EXPECTED = {
    "sam.yaml": {
        ("one-click-policy", 10),
        ("data-exposure", 11),
        ("pass-role-wildcard", 17),
        ("public-invoke", 20),
        ("unconfined-invoke", 23),
    },
    "cloudformation.yaml": {("broad-trust", 5), ("one-click-policy", 7), ("data-exposure", 17), ("public-invoke", 27)},
    "main.tf": {("data-exposure", 11), ("one-click-policy", 23), ("public-invoke", 36)},
}
TEXTS = {"sam.yaml": SAM, "cloudformation.yaml": CLOUDFORMATION, "main.tf": TERRAFORM}


class _Loader(yaml.SafeLoader):
    """Reads the short forms of intrinsic functions as their arguments."""


_Loader.add_multi_constructor("!", lambda loader, _, node: loader.construct_scalar(node))


@pytest.fixture
def report(iamglue, tmp_path, monkeypatch):
    """The function that audits a template and returns the report in a format."""
    monkeypatch.chdir(tmp_path)

    def run(name, format):
        (tmp_path / name).write_text(TEXTS[name], encoding="utf-8")
        return iamglue("audit", "--template", name, "--format", format, "--verbose").stdout

    return run


@pytest.mark.parametrize("name", TEXTS)
def test_every_finding_names_file_line_column_and_pointer(report, name):
    findings = json.loads(report(name, "json"))["findings"]
    assert findings
    lines = TEXTS[name].splitlines()
    for finding in findings:
        place = finding["location"]
        assert (place["path"], bool(place["pointer"])) == (name, True)
        assert lines[place["line"] - 1][place["column"] - 1].strip()


@pytest.mark.parametrize("name", TEXTS)
def test_findings_are_at_what_declares_them(report, name):
    findings = with_consequences(json.loads(report(name, "json"))["findings"])
    assert EXPECTED[name] <= {(finding["rule"], finding["location"]["line"]) for finding in findings}


@pytest.mark.parametrize("name", ["sam.yaml", "cloudformation.yaml"])
def test_pointers_lead_into_the_template(report, name):
    template = yaml.load(TEXTS[name], _Loader)
    for finding in json.loads(report(name, "json"))["findings"]:
        for pointer in finding["location"]["pointer"].split():
            value = template
            for part in pointer.split("/")[1:]:
                value = value[int(part)] if isinstance(value, list) else value[part]


@pytest.mark.parametrize("name", TEXTS)
def test_sarif_has_a_region_for_every_result(report, name):
    for result in json.loads(report(name, "sarif"))["runs"][0]["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert (place["artifactLocation"]["uri"], place["region"]["startLine"] > 0) == (name, True)


@pytest.mark.parametrize("name", TEXTS)
def test_annotations_of_github_name_the_line(report, name):
    lines = report(name, "github").splitlines()
    assert lines
    assert all(f"file={name},line=" in line for line in lines)


def test_the_text_shows_the_line_of_the_template(report):
    lines = report("sam.yaml", "text").splitlines()
    at = lines.index("    at: sam.yaml:10:11 /Resources/Resize/Properties/Policies/0")
    assert lines[at + 1 : at + 3] == ["    10 |         - AmazonS3FullAccess", "       |           ^^^^^^^^^^^^^^^^^^"]


@pytest.mark.parametrize("format", ["markdown", "junit"])
def test_other_formats_name_file_and_line(report, format):
    assert "sam.yaml:10" in report("sam.yaml", format).replace("\\", "")


def test_the_overview_names_the_line_of_the_template(iamglue, report):
    report("sam.yaml", "text")
    assert "warning: sam.yaml:10: " in iamglue("audit", "--template", "sam.yaml").stdout
