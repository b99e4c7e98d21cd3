"""The examples in the help are run, in a folder with the files that they name."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from support.git import commit, git

from iamglue.cli.help_texts import EXAMPLES

CODE = 'import boto3\n\n\ndef main(event, context):\n    boto3.client("s3").get_object(Bucket="inbox", Key="a")\n'
SPEC = """\
iamglue: 1
function: orders
region: eu-west-1
account: "123456789012"
reads:
  - s3: inbox
"""
STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::inbox/*"}
POLICY = {"Version": "2012-10-17", "Statement": [STATEMENT]}
BUCKET_POLICY = {**POLICY, "Statement": [{**STATEMENT, "Principal": "*"}]}
DENIED = (
    "User: arn:aws:sts::123456789012:assumed-role/orders/orders is not authorized to perform: s3:PutObject "
    'on resource: "arn:aws:s3:::inbox/a" because no identity-based policy allows the s3:PutObject action'
)
TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  OrdersRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
      Policies:
        - PolicyName: read
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::inbox/*"}]
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: orders
      CodeUri: src/
      Handler: handler.main
      Runtime: python3.13
      Role: !GetAtt OrdersRole.Arn
"""
CRUD = "mode: crud\nname: orders\nread:\n- arn:aws:s3:::inbox/*\n"
USAGE = {"version": 1, "access": [], "coverage": []}
RECORD = {"calls": []}
FILES = {
    "spec.yaml": SPEC,
    "template.yaml": TEMPLATE,
    "crud.yml": CRUD,
    "denied.txt": DENIED,
    "handler.py": CODE,
    "src/handler.py": CODE,
    "bucket-policy.json": json.dumps(BUCKET_POLICY),
    "usage.json": json.dumps(USAGE),
    "logs/log.json": json.dumps({"Records": []}),
    **dict.fromkeys(("policy.json", "role.json", "old.json", "new.json"), json.dumps(POLICY)),
    **dict.fromkeys(("calls.json", "unit.json", "integration.json"), json.dumps(RECORD)),
}
# These read from AWS, need a store that an earlier example fills, or wait for an editor or an assistant.
ELSEWHERE = {
    "iamglue audit --function orders --spec spec.yaml",
    "iamglue audit --all --region eu-west-1 --format html -o report.html",
    "iamglue infer function orders -o spec.yaml",
    "iamglue infer function orders --input account.json --format json",
    "iamglue infer trail s3://trail-logs/AWSLogs/ --since 2026-01-01 --store t/",
    "iamglue infer trail --query --store t/ --function orders --format spec",
    "iamglue infer trail s3://trail-logs/AWSLogs/ --spark yarn --store t/",
    "iamglue infer trail --athena logs.trail --since 2026-01-01 -o usage.json",
    "iamglue lsp",
    "iamglue lsp --stdio",
    "iamglue mcp",
    "claude mcp add iamglue -- iamglue mcp",
    "iamglue reconcile spec.yaml --function orders --format html -o table.html",
}
RUN = sorted({example for examples in EXAMPLES.values() for example in examples} - ELSEWHERE)


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A project with the files that the examples name, in a repository with the branch `origin/main`."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "src").mkdir()
    commit(folder, FILES)
    git(folder, "branch", "origin/main")
    return folder


def words(example: str) -> list[str]:
    """The words of the `iamglue` command in a line for a shell."""
    line = example.replace('"$(', " ").replace(')"', "").split(" > ")[0].split(" && ")[-1]
    return line[line.index("iamglue ") :].split()[1:]


@pytest.mark.parametrize("example", RUN)
def test_an_example_of_the_help_runs(iamglue, project, tmp_path, monkeypatch, example):
    folder = tmp_path / "project"
    shutil.copytree(project, folder)
    monkeypatch.chdir(folder)
    arguments = words(example)
    if arguments[0] == "init":
        (folder / "spec.yaml").unlink()
    run = iamglue(*arguments, stdin="orders\n\n\n\n\n\n\n")
    assert run.exit_code in (0, 1), run.stderr
    assert "error:" not in run.stderr
