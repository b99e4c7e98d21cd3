"""`iamglue infer code`: the spec of a function from its code and the template beside it."""

from __future__ import annotations

import json

import pytest

from iamglue.api.functions import load_spec

CODE = """\
import os
import boto3

s3 = boto3.client("s3")
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    for record in event["Records"]:
        s3.get_object(Bucket=record["s3"]["bucket"]["name"], Key=record["s3"]["object"]["key"])
    table.put_item(Item={"id": "1"})
"""
SAM = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Images: {Type: AWS::S3::Bucket, Properties: {BucketName: images-bucket}}
  Exifs: {Type: AWS::DynamoDB::Table, Properties: {TableName: exifDataTable}}
  Exif:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: exif-extractor
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.12
      Environment: {Variables: {TABLE: !Ref Exifs}}
      Events:
        Photo: {Type: S3, Properties: {Bucket: !Ref Images, Events: s3:ObjectCreated:*}}
"""
SERVERLESS = """\
service: exif
provider: {name: aws, runtime: python3.12, environment: {TABLE: exifDataTable}}
functions:
  exif:
    name: exif-extractor
    handler: src/app.handler
    events: [{s3: images-bucket}]
"""
TERRAFORM = """\
resource "aws_dynamodb_table" "exifs" {
  name = "exifDataTable"
}
resource "aws_s3_bucket" "images" {
  bucket = "images-bucket"
}
resource "aws_iam_role" "exif" {
  name               = "exif"
  assume_role_policy = "{}"
}
resource "aws_lambda_function" "exif" {
  function_name = "exif-extractor"
  handler       = "app.handler"
  role          = aws_iam_role.exif.arn
  environment {
    variables = { TABLE = aws_dynamodb_table.exifs.name }
  }
}
resource "aws_lambda_permission" "images" {
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.exif.function_name
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.images.arn
  source_account = "123456789012"
}
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src/app.py").write_text(CODE)
    return tmp_path


def test_without_a_template_names_are_those_of_the_environment(iamglue, project):
    report = json.loads(iamglue("infer", "code", project / "src", "--format", "json").stdout)
    assert [(item["action"], item["resource"], item["origin"]) for item in report["access"]] == [
        ("dynamodb:PutItem", "${TABLE}", "environment"),
        ("s3:GetObject", "*", "event"),
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [("template.yaml", SAM), ("serverless.yml", SERVERLESS), ("main.tf", TERRAFORM), ("main.tofu", TERRAFORM)],
    ids=["SAM", "Serverless", "Terraform", "OpenTofu"],
)
def test_a_template_beside_the_code_gives_names_and_triggers(iamglue, project, name, text):
    (project / name).write_text(text)
    report = json.loads(iamglue("infer", "code", project / "src", "--format", "json").stdout)
    assert [(item["action"], item["resource"], item["origin"]) for item in report["access"]] == [
        ("dynamodb:PutItem", "exifDataTable", "template"),
        ("s3:GetObject", "images-bucket", "event"),
    ]


def test_the_spec_has_the_trigger_and_the_entries_with_their_lines(iamglue, project, monkeypatch):
    (project / "template.yaml").write_text(SAM)
    monkeypatch.chdir(project)
    lines = iamglue("infer", "code", "src").stdout.splitlines()
    assert lines[lines.index("iamglue: 1") :] == [
        "iamglue: 1",
        "function: exif-extractor",
        "triggers:",
        "  - s3: images-bucket",
        "reads:",
        "  - s3: images-bucket  # src/app.py:10",
        "writes:",
        "  - dynamodb: exifDataTable  # src/app.py:11",
    ]


def test_what_is_generated_from_the_spec_is_what_the_code_needs(iamglue, project):
    (project / "template.yaml").write_text(SAM)
    iamglue("infer", "code", project / "src", "-o", project / "spec.yaml")
    policy = json.loads(
        iamglue("generate", project / "spec.yaml", "--region", "eu-west-1", "--account", "123456789012").stdout
    )
    actions = {
        action
        for statement in policy["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    assert {action for action in actions if not action.startswith("logs:")} == {"dynamodb:PutItem", "s3:GetObject"}


def test_strict_fails_if_a_file_does_not_parse(iamglue, project):
    (project / "src/broken.py").write_text("def (:\n")
    assert iamglue("infer", "code", project / "src", "--strict").exit_code == 1


def test_a_path_without_code_is_an_error(iamglue, tmp_path):
    ran = iamglue("infer", "code", tmp_path)
    assert (ran.exit_code, "no code was found" in ran.stderr) == (2, True)


def test_a_handler_that_is_none_is_an_error(iamglue, project):
    ran = iamglue("infer", "code", project / "src", "--handler", "app.py")
    assert (ran.exit_code, "expected FILE:NAME" in ran.stderr) == (2, True)


def test_a_template_without_the_function_is_an_error(iamglue, project):
    (project / "template.yaml").write_text(SAM)
    ran = iamglue("infer", "code", project / "src", "--template", project / "template.yaml", "--name", "other")
    assert (ran.exit_code, "has no function `other`" in ran.stderr) == (2, True)


TWO_FUNCTIONS = """\
import boto3

s3 = boto3.client("s3")


def load(event, context):
    s3.get_object(Bucket="images-bucket", Key="a")


def store(event, context):
    s3.put_object(Bucket="images-bucket", Key="a")


def never():
    s3.delete_object(Bucket="images-bucket", Key="a")
"""
TWO_IN_SAM = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, CodeUri: src/}}
Resources:
  Load: {Type: AWS::Serverless::Function, Properties: {FunctionName: load, Handler: app.load}}
  Store: {Type: AWS::Serverless::Function, Properties: {FunctionName: store, Handler: app.store}}
"""


def test_each_function_of_a_template_has_what_its_own_handler_reaches(iamglue, project):
    (project / "src/app.py").write_text(TWO_FUNCTIONS)
    (project / "template.yaml").write_text(TWO_IN_SAM)
    iamglue("infer", "code", project, "-o", project / "spec.yaml")
    functions = {item.name: item for item in load_spec(str(project / "spec.yaml")).functions}
    assert {name: [str(entry.access) for entry in item.entries] for name, item in functions.items()} == {
        "load": ["reads"],
        "store": ["writes"],
    }


def test_what_no_handler_reaches_stands_as_a_comment(iamglue, project):
    (project / "src/app.py").write_text(TWO_FUNCTIONS)
    (project / "template.yaml").write_text(TWO_IN_SAM)
    text = iamglue("infer", "code", project).stdout
    assert text.count("do: delete") == 2


def test_the_file_of_a_handler_may_be_named_as_seen_from_the_directory_of_the_code(iamglue, project):
    ran = iamglue("infer", "code", project / "src", "--handler", "app.py:handler", "--format", "json")
    assert json.loads(ran.stdout)["files"]["failed"] == []
    assert all(access["reached"] for access in json.loads(ran.stdout)["access"])


def test_a_handler_in_no_file_of_the_code_is_an_error(iamglue, project):
    ran = iamglue("infer", "code", project / "src", "--handler", "other.py:handler")
    assert (ran.exit_code, "the code has no handler `other.py:handler`" in ran.stderr) == (2, True)


def test_a_handler_that_the_code_does_not_have_is_an_error_with_those_that_it_has(iamglue, project, monkeypatch):
    (project / "src/app.py").write_text(TWO_FUNCTIONS)
    monkeypatch.chdir(project)
    ran = iamglue("infer", "code", "src", "--handler", "src/app.py:lode")
    assert (ran.exit_code, "its handlers are `src/app.py:load`, `src/app.py:store`" in ran.stderr) == (2, True)


@pytest.mark.parametrize("handler", ["src/app.py:load", "./src/app.py:load", "app.py:load"])
def test_the_file_of_a_handler_may_be_the_end_of_its_path(iamglue, project, monkeypatch, handler):
    (project / "src/app.py").write_text(TWO_FUNCTIONS)
    monkeypatch.chdir(project)
    report = json.loads(iamglue("infer", "code", ".", "--handler", handler, "--format", "json").stdout)
    assert [item["action"] for item in report["access"] if item["reached"]] == ["s3:GetObject"]


def test_a_handler_whose_file_is_one_of_several_is_an_error(iamglue, project):
    (project / "app.py").write_text(CODE)
    ran = iamglue("infer", "code", project / "src", project / "app.py", "--handler", "app.py:handler")
    assert (ran.exit_code, "several files are `app.py`" in ran.stderr) == (2, True)


def test_what_is_written_in_another_language_than_the_handler_is_not_reached(iamglue, project):
    (project / "src/index.mjs").write_text(
        'import { S3 } from "@aws-sdk/client-s3";\nexport const handler = async () => new S3({}).listBuckets({});\n'
    )
    arguments = ("--handler", "index.mjs:handler", "--format", "json")
    report = json.loads(iamglue("infer", "code", project / "src", *arguments).stdout)
    assert [item["action"] for item in report["access"] if item["reached"]] == ["s3:ListAllMyBuckets"]


def test_a_template_whose_handler_is_not_in_its_file_is_reported(iamglue, project):
    (project / "template.yaml").write_text(SAM.replace("app.handler", "app.main"))
    ran = iamglue("infer", "code", project / "src", "--strict")
    assert (ran.exit_code, "the file has no `main` that Lambda could invoke" in ran.stderr) == (1, True)


def test_paths_of_evidence_begin_at_the_working_directory(iamglue, project, monkeypatch):
    monkeypatch.chdir(project)
    for path in (".", project, "src/../src"):
        report = json.loads(iamglue("infer", "code", path, "--format", "json").stdout)
        paths = {place["path"] for item in report["access"] for place in item["evidence"]}
        assert paths == {"src/../src/app.py" if path == "src/../src" else "src/app.py"}


def test_a_file_that_is_named_twice_is_read_once(iamglue, project, monkeypatch):
    monkeypatch.chdir(project)
    ran = iamglue("infer", "code", "src", "./src/app.py", project / "src/app.py", "--format", "json")
    assert json.loads(ran.stdout)["files"]["read"] == 1


def test_the_keys_of_all_resources_are_one_comment_with_the_names_of_the_entries(iamglue, project):
    (project / "src/app.py").write_text(CODE.replace('record["s3"]["bucket"]["name"]', '"images-bucket"'))
    lines = [line for line in iamglue("infer", "code", project / "src").stdout.splitlines() if "KMS" in line]
    assert [line.partition("have one: ")[2] for line in lines] == ["dynamodb: ${TABLE}, s3: images-bucket"]


def test_a_template_above_the_code_whose_code_is_elsewhere_is_none_of_the_code(iamglue, project):
    (project / "other").mkdir()
    (project / "other/app.py").write_text(CODE)
    (project / "template.yaml").write_text(SAM)
    report = json.loads(iamglue("infer", "code", project / "other", "--format", "json").stdout)
    assert {item["origin"] for item in report["access"]} == {"environment", "event"}


def test_notebooks_are_left_out_and_counted(iamglue, project):
    (project / "src/try.ipynb").write_text("{}")
    assert "note: 1 file of notebooks was left out" in iamglue("infer", "code", project / "src").stderr


def test_a_directory_of_tests_alone_has_no_code_and_the_error_says_why(iamglue, tmp_path):
    (tmp_path / "test_app.py").write_text(CODE)
    ran = iamglue("infer", "code", tmp_path)
    assert (ran.exit_code, "1 file of tests was left out" in ran.stderr) == (2, True)


@pytest.mark.parametrize("path", ["", "none.py", "src/none"])
def test_a_path_that_does_not_exist_is_an_error(iamglue, project, monkeypatch, path):
    monkeypatch.chdir(project)
    ran = iamglue("infer", "code", path)
    assert (ran.exit_code, "there is no such file or directory" in ran.stderr) == (2, True)


def test_a_link_to_itself_is_reported(iamglue, project):
    (project / "src/loop.py").symlink_to("loop.py")
    ran = iamglue("infer", "code", project / "src", "--format", "json")
    (failed,) = json.loads(ran.stdout)["files"]["failed"]
    assert failed["path"].endswith("src/loop.py")


def test_many_calls_of_one_kind_are_one_access_with_every_line(iamglue, tmp_path):
    call = 'boto3.client("s3").get_object(Bucket="images-bucket", Key="k")\n'
    (tmp_path / "app.py").write_text("import boto3\n" + call * 200)
    (access,) = json.loads(iamglue("infer", "code", tmp_path, "--format", "json").stdout)["access"]
    assert [place["line"] for place in access["evidence"]] == list(range(2, 202))


@pytest.mark.parametrize("name", ["a b", "a" * 65, "a\nb", "a.b", ""])
def test_a_name_that_no_function_can_have_is_an_error(iamglue, project, name):
    ran = iamglue("infer", "code", project / "src", "--name", name)
    assert (ran.exit_code, "is not a valid Lambda function name" in ran.stderr) == (2, True)


def test_settings_with_references_of_the_template_are_valid_in_the_spec(iamglue, project):
    (project / "template.yaml").write_text(
        SAM.replace("      CodeUri", "      DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Lost.Arn}\n      CodeUri")
        + "  Lost: {Type: AWS::SQS::Queue}\n"
    )
    iamglue("infer", "code", project, "-o", project / "spec.yaml")
    (function,) = load_spec(str(project / "spec.yaml")).functions
    assert function.settings.dead_letter.resource.text == "${LostQueueName}"


@pytest.mark.parametrize("name", ["Exif", "exif-extractor"])
def test_a_function_of_a_template_is_known_by_its_name_and_by_its_logical_id(iamglue, project, name):
    (project / "template.yaml").write_text(SAM, encoding="utf-8")
    ran = iamglue("infer", "code", project / "src", "--template", project / "template.yaml", "--name", name)
    assert (ran.exit_code, "function: exif-extractor\n" in ran.stdout) == (0, True), ran.stderr
