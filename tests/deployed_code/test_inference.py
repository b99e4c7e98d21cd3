"""The Python API on code: the spec of a program, and a spec checked against a program."""

from __future__ import annotations

import pytest

import iamglue
from iamglue.infer.code.calls import CodeFile, Handler
from iamglue.infer.code.project import Project
from iamglue.infer.code.reading import CodeReader, read_calls

APP = """
import os
import boto3
from shared import table_of

def save(event, context):
    table_of("orders").put_item(Item=event)

def load(event, context):
    boto3.client("s3").get_object(Bucket=os.environ["BUCKET"], Key=event["key"])
"""
SHARED = """
import boto3

def table_of(name):
    return boto3.resource("dynamodb").Table(name)
"""
TEMPLATE = """
Resources:
  Save:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: save, Handler: app.save, Runtime: python3.12, CodeUri: .}
  Load:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: load
      Handler: app.load
      Runtime: python3.12
      CodeUri: .
      Environment: {Variables: {BUCKET: images}}
"""
SPEC = "iamglue: 1\nfunction: load\nreads:\n  - s3: images\n  - sqs: jobs\n"


@pytest.fixture
def program(tmp_path):
    """A directory with two functions and their template."""
    for name, text in (("app.py", APP), ("shared.py", SHARED), ("template.yaml", TEMPLATE)):
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_spec_of_a_program_generates_what_its_text_generates(program):
    result = iamglue.infer_code(str(program))
    target = {"region": "eu-west-1", "account": "123456789012"}
    of_text = iamglue.generate_policies(iamglue.parse_spec(result.spec_text), **target)
    assert [each.policies for each in iamglue.generate_policies(result.spec, **target)] == [
        each.policies for each in of_text
    ]
    assert [function.name for function in result.spec.functions] == ["save", "load"]


def test_the_result_says_which_template_was_used(program):
    (note,) = iamglue.infer_code(str(program)).notes
    assert "template.yaml" in note


def test_the_handler_of_a_package_is_in_its_init_file(tmp_path):
    (tmp_path / "orders").mkdir()
    (tmp_path / "orders" / "__init__.py").write_text(APP.replace("from shared import table_of\n", SHARED))
    (tmp_path / "template.yaml").write_text(TEMPLATE.replace("app.load", "orders.load").replace("app.save", "other.x"))
    (function,) = iamglue.infer_code(str(tmp_path)).functions
    assert [entry.resource.text for entry in function.function.entries] == ["images"]


CONDITIONAL = """
Parameters: {Stage: {Type: String}}
Conditions: {Prod: !Equals [!Ref Stage, prod]}
Resources:
  Load:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: load, Handler: app.load, Runtime: python3.12, CodeUri: . ENVIRONMENT}
"""


@pytest.mark.parametrize(
    ("environment", "buckets"),
    [
        ("", ["${BUCKET}", "local"]),
        (", Environment: {Variables: {OTHER: x}}", ["${BUCKET}", "local"]),
        (", Environment: {Variables: {BUCKET: !If [Prod, images, images-dev]}}", ["images", "images-dev"]),
        (", Environment: {Variables: !If [Prod, {BUCKET: images}, {BUCKET: images-dev}]}", ["images", "images-dev"]),
        (", Environment: {Variables: {BUCKET: !If [Prod, images, !Ref 'AWS::NoValue']}}", ["images", "local"]),
        (", Environment: !If [Prod, {Variables: {BUCKET: images}}, !Ref 'AWS::NoValue']", ["images", "local"]),
        (", Environment: {Variables: !Ref Stage}", ["${BUCKET}"]),
    ],
)
def test_the_values_of_a_variable_are_those_in_each_case_of_the_template(tmp_path, environment, buckets):
    (tmp_path / "app.py").write_text(APP.replace('os.environ["BUCKET"]', 'os.environ.get("BUCKET", "local")'))
    (tmp_path / "shared.py").write_text(SHARED)
    (tmp_path / "template.yaml").write_text(CONDITIONAL.replace("ENVIRONMENT", environment))
    access = iamglue.infer_code(str(tmp_path)).code.access
    assert [item.resource for item in access if item.action == "s3:GetObject"] == buckets


TERRAFORM = """
variable "stage" {}
variable "variables" {}
resource "aws_lambda_function" "load" {
  function_name = "load"
  handler       = "app.load"
  role          = "arn:aws:iam::123456789012:role/load"
  environment {
    variables = VARIABLES
  }
}
"""


@pytest.mark.parametrize(
    ("variables", "buckets"),
    [
        ('{ OTHER = "x" }', ["${BUCKET}", "local"]),
        ('{ BUCKET = var.stage == "prod" ? "images" : "images-dev" }', ["images", "images-dev"]),
        ('var.stage == "prod" ? { BUCKET = "images" } : { BUCKET = "images-dev" }', ["images", "images-dev"]),
        ('{ BUCKET = var.stage == "prod" ? "images" : null }', ["images", "local"]),
        ('merge(var.variables, { OTHER = "x" })', ["${BUCKET}"]),
    ],
)
def test_the_values_of_a_variable_are_those_in_each_case_of_terraform(tmp_path, variables, buckets):
    (tmp_path / "app.py").write_text(APP.replace('os.environ["BUCKET"]', 'os.environ.get("BUCKET", "local")'))
    (tmp_path / "shared.py").write_text(SHARED)
    (tmp_path / "main.tf").write_text(TERRAFORM.replace("VARIABLES", variables))
    access = iamglue.infer_code(str(tmp_path)).code.access
    assert [item.resource for item in access if item.action == "s3:GetObject"] == buckets


def test_a_named_function_is_the_only_one_of_the_result(program):
    result = iamglue.infer_code(str(program), name="load")
    assert [(access.action, access.resource) for access in result.code.access if access.is_reached] == [
        ("s3:GetObject", "images")
    ]


def test_a_result_with_a_call_that_is_not_resolved_is_not_complete(tmp_path):
    (tmp_path / "app.py").write_text("import boto3\ndef handler(event, context):\n    boto3.client(event['x']).go()\n")
    code = iamglue.infer_code(str(tmp_path / "app.py")).code
    assert (code.is_complete, [call.place.line for call in code.unresolved]) == (False, [3])


def test_a_check_gives_the_entries_that_a_spec_lacks_and_those_that_the_code_does_not_call(program):
    (program / "app.py").write_text(
        APP + '    boto3.client("sns").publish(TopicArn=os.environ["TOPIC"], Message="m")\n'
    )
    check = iamglue.check_code(iamglue.parse_spec(SPEC), str(program), handler="app.py:load")
    assert [item.entry.service for item in check.missing] == ["sns"]
    assert [item.entry.service for item in check.unused] == ["sqs"]


def test_a_check_of_a_spec_with_several_functions_needs_a_name(program):
    spec = iamglue.parse_spec("iamglue: 1\nfunctions:\n  a: {}\n  b: {}\n")
    with pytest.raises(iamglue.IamglueError, match="several functions"):
        iamglue.check_code(spec, str(program))


@pytest.mark.parametrize("suffix", ["py", "mjs"])
def test_a_reading_is_the_same_whatever_was_read_before_from_the_same_files(suffix):
    script = (
        'import { S3 } from "@aws-sdk/client-s3";\nconst s3 = new S3({});\n'
        'export const load = async (event) => s3.getObject({ Bucket: "images", Key: event.key });\n'
        'export const save = async (event) => s3.putObject({ Bucket: "images", Key: event.key });\n'
    )
    texts = {"py": {"app.py": APP, "shared.py": SHARED}, "mjs": {"app.mjs": script}}[suffix]
    project = Project(tuple(CodeFile(path, text) for path, text in texts.items()), ())
    first, second = ((Handler(f"app.{suffix}", name),) for name in ("save", "load"))
    reader = CodeReader(project)
    assert [reader.read_calls(first), reader.read_calls(second), reader.read_calls(first)] == [
        read_calls(project, first),
        read_calls(project, second),
        read_calls(project, first),
    ]


def test_each_function_has_its_own_entries_and_comments_on_what_no_function_reaches(program):
    (program / "app.py").write_text(f'{APP}\ndef unused(text):\n    boto3.client("sns").publish(TopicArn=text)\n')
    assert [
        (item.function.name, item.function.entries[0].service, [no.entry.service for no in item.disabled])
        for item in iamglue.infer_code(str(program)).functions
    ] == [("save", "dynamodb", ["sns"]), ("load", "s3", ["sns"])]
