"""`iamglue infer` on the command line."""

from __future__ import annotations

import json

import pytest
from architecture.source_tree import ROOT
from jsonschema import Draft202012Validator
from support.deployed import attached, function, role

from iamglue.aws.saved_account import account_text
from iamglue.model.account import Account

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images-bucket/*"},
        {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images-bucket/private/*"},
    ],
}
ALLOWED = {**POLICY, "Statement": POLICY["Statement"][:1]}


@pytest.fixture
def policy(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "orders.json"
    path.write_text(json.dumps(POLICY))
    return path.name


def test_the_spec_is_on_stdout_and_what_it_drops_on_stderr(iamglue, policy):
    result = iamglue("infer", "policy", policy)
    assert result.exit_code == 0
    assert "- s3: images-bucket" in result.stdout
    assert "orders.json:1:132: dropped: statement 2" in result.stderr
    assert "widened" in result.stderr


def test_the_spec_of_the_json_format_is_plain_data(iamglue, policy):
    result = json.loads(iamglue("infer", "policy", policy, "--format", "json").stdout)
    assert (result["version"], result["spec"]["reads"]) == (1, [{"s3": "images-bucket"}])
    assert [change["kind"] for change in result["changed"]] == ["dropped", "widened"]


def test_strict_exits_1_unless_the_spec_allows_the_same(iamglue, policy, tmp_path):
    (tmp_path / "allowed.json").write_text(json.dumps(ALLOWED))
    assert iamglue("infer", "policy", policy, "--strict").exit_code == 1
    assert iamglue("infer", "policy", "allowed.json", "--strict").exit_code == 0


def test_the_spec_is_one_that_generate_takes(iamglue, policy, tmp_path):
    assert iamglue("infer", "policy", policy, "-o", "spec.yaml").stdout == ""
    generated = iamglue("generate", "spec.yaml", "--region", "eu-west-1", "--account", "123456789012")
    assert json.loads(generated.stdout)["Statement"][0]["Resource"] == ["arn:aws:s3:::images-bucket/*"]


def test_the_name_of_the_function_can_be_given(iamglue, policy):
    assert "function: checkout\n" in iamglue("infer", "policy", policy, "--name", "checkout").stdout


def test_output_of_the_aws_cli_is_read_from_stdin(iamglue):
    text = json.dumps({"RoleName": "r", "PolicyName": "p", "PolicyDocument": ALLOWED})
    assert "- s3: images-bucket" in iamglue("infer", "policy", "-", stdin=text).stdout


def test_policies_of_several_roles_need_a_choice(iamglue, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    resources = {
        name: {
            "Type": "AWS::IAM::Role",
            "Properties": {"Policies": [{"PolicyName": "p", "PolicyDocument": ALLOWED}]},
        }
        for name in ("Orders", "Images")
    }
    (tmp_path / "template.json").write_text(json.dumps({"Resources": resources}))
    refused = iamglue("infer", "policy", "template.json")
    assert (refused.exit_code, "--role: Images, Orders" in refused.stderr) == (2, True)
    assert "- s3: images-bucket" in iamglue("infer", "policy", "template.json", "--role", "Orders").stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("[]", "does not contain a policy"),
        ('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}', "Action"),
        ("iamglue: 1\nfunction: f\n", "is a spec already"),
        ("{", "orders.txt:1"),
    ],
)
def test_input_that_is_not_a_policy_is_an_error(iamglue, tmp_path, monkeypatch, text, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.txt").write_text(text)
    result = iamglue("infer", "policy", "orders.txt")
    assert (result.exit_code, message in result.stderr) == (2, True), result.stderr


def test_a_file_that_is_not_there_is_an_error(iamglue, tmp_path):
    assert iamglue("infer", "policy", tmp_path / "none.json").exit_code == 2


def test_an_unknown_subcommand_has_a_suggestion(iamglue):
    result = iamglue("infer", "polcy")
    assert (result.exit_code, "did you mean" in result.stderr.lower()) == (2, True), result.stderr


SAM = """\
Transform: AWS::Serverless-2016-10-31
Parameters:
  Bucket: {Type: String}
Resources:
  Table: {Type: AWS::DynamoDB::Table, Properties: {}}
  Queue: {Type: AWS::SQS::Queue}
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Policies:
        - S3ReadPolicy: {BucketName: !Ref Bucket}
        - Statement:
            - Effect: Allow
              Action: dynamodb:PutItem
              Resource: !GetAtt Table.Arn
      Events:
        Incoming:
          Type: SQS
          Properties: {Queue: !GetAtt Queue.Arn}
  Other:
    Type: AWS::Serverless::Function
    Properties: {Handler: b.handler, FunctionName: other}
"""


@pytest.fixture
def sam(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "template.yaml").write_text(SAM)
    return "template.yaml"


def test_policy_templates_and_statements_of_sam_are_entries_and_events_triggers(iamglue, sam):
    result = iamglue("infer", "sam", sam, "--function", "Orders", "--format", "json")
    spec = json.loads(result.stdout)["spec"]
    assert [next(iter(trigger)) for trigger in spec["triggers"]] == ["sqs"]
    assert [entry["s3"] for entry in spec["reads"]] == ["${Bucket}"]
    assert [next(iter(entry)) for entry in spec["writes"]] == ["dynamodb"]


def test_all_functions_of_a_template_are_one_spec_that_generate_takes(iamglue, sam):
    assert iamglue("infer", "sam", sam, "-o", "spec.yaml").exit_code == 0
    generated = iamglue("generate", "spec.yaml", "--format", "sam")
    assert (generated.exit_code, "AWS::IAM::Role" in generated.stdout) == (0, True), generated.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--function", "Order"), "Orders"),
        (("--name", "x"), "--function"),
    ],
)
def test_a_choice_that_is_not_possible_is_an_error(iamglue, sam, arguments, message):
    result = iamglue("infer", "sam", sam, *arguments)
    assert (result.exit_code, message in result.stderr) == (2, True), result.stderr


def test_a_template_without_functions_is_an_error(iamglue, tmp_path):
    (tmp_path / "t.yaml").write_text("Resources:\n  Queue: {Type: AWS::SQS::Queue}\n")
    assert iamglue("infer", "sam", tmp_path / "t.yaml").exit_code == 2


def test_a_deployed_function_is_read_from_a_saved_account(iamglue, tmp_path):
    reading = attached("inline", ALLOWED["Statement"])
    account = Account("123456789012", (function(),), (role(reading),))
    (tmp_path / "account.json").write_text(account_text(account))
    result = iamglue("infer", "function", "exif-extractor", "--input", tmp_path / "account.json", "--name", "exif")
    assert "function: exif\n" in result.stdout
    assert 'group: "/aws/lambda/exif-extractor"' in result.stdout
    assert "- s3: images-bucket" in result.stdout
    missing = iamglue("infer", "function", "nobody", "--input", tmp_path / "account.json")
    assert (missing.exit_code, "there is no function" in missing.stderr) == (2, True)


def test_a_template_of_policy_sentry_becomes_a_spec(iamglue, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "crud.yml").write_text("mode: crud\nname: orders\nread:\n- arn:aws:s3:::images-bucket/*\n")
    result = iamglue("infer", "policy-sentry", "crud.yml", "-o", "spec.yaml")
    assert result.exit_code == 0, result.stderr
    assert iamglue("generate", "spec.yaml", "--region", "eu-west-1", "--account", "123456789012").exit_code == 0
    assert "function: orders\n" in (tmp_path / "spec.yaml").read_text()


def test_a_recording_of_tests_becomes_a_spec(iamglue, tmp_path):
    call = {
        "client": "dynamodb",
        "operation": "PutItem",
        "parameters": {"TableName": "orders"},
        "region": "eu-west-1",
        "code": ["app.py", 4],
        "test": ["tests/test_app.py", 10],
        "role": None,
    }
    (tmp_path / "calls.json").write_text(json.dumps({"version": 1, "calls": [call]}))
    result = iamglue("infer", "record", tmp_path / "calls.json", "--name", "orders")
    assert "  - dynamodb: orders  # app.py:4, tests/test_app.py:10\n" in result.stdout
    data = json.loads(iamglue("infer", "record", tmp_path / "calls.json", "--format", "json").stdout)
    schema = json.loads((ROOT / "docs" / "schemas" / "infer-code.schema.json").read_text())
    assert [error.message for error in Draft202012Validator(schema).iter_errors(data)] == []
    assert [(item["action"], item["resource"]) for item in data["access"]] == [("dynamodb:PutItem", "orders")]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"calls": [{}]}', '{"calls": {"a": 1}}', "[" * 100000])
def test_a_file_that_is_no_recording_is_an_error(iamglue, tmp_path, text):
    (tmp_path / "calls.json").write_text(text)
    result = iamglue("infer", "record", tmp_path / "calls.json")
    assert (result.exit_code, "not a recording of tests" in result.stderr) == (2, True), result.stderr


def test_the_indexes_of_a_table_that_is_a_parameter_are_not_lost(iamglue, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    resources = ["Ref: Imported", 'Fn::Sub: "${Imported}/index/*"']
    (tmp_path / "template.yaml").write_text(
        "Parameters: {Imported: {Type: String}}\nResources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties:\n"
        "      Policies:\n      - PolicyName: p\n        PolicyDocument:\n          Version: '2012-10-17'\n"
        "          Statement:\n          - Effect: Allow\n            Action: dynamodb:Query\n            Resource:\n"
        + "".join(f"            - {resource}\n" for resource in resources)
    )
    result = iamglue("infer", "policy", "template.yaml", "--format", "json", "--strict")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["spec"]["raw"][0]["resources"] == ["${Imported}/index/*"]
