"""`audit --template` and `lint` take the Terraform files of a directory as one configuration."""

from __future__ import annotations

import json

import pytest

from iamglue.policy.source.source_text import SourceText
from iamglue.readers.terraform.module_files import ModuleFile, read_directory

TRUST = """jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })"""
FILES = {
    "main.tf": """module "resize" {
  source = "./modules/function"
  name   = "resize"
  policy = data.aws_iam_policy_document.pass.json
}
""",
    "iam.tf": """data "aws_iam_policy_document" "pass" {
  statement {
    actions   = ["iam:PassRole"]
    resources = ["*"]
  }
}
""",
    "modules/function/main.tf": f"""variable "name" {{}}
variable "policy" {{}}
resource "aws_iam_role" "this" {{
  name               = var.name
  assume_role_policy = {TRUST}
}}
resource "aws_iam_role_policy" "custom" {{
  role   = aws_iam_role.this.id
  policy = var.policy
}}
resource "aws_iam_role_policy_attachment" "admin" {{
  role       = aws_iam_role.this.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}}
resource "aws_lambda_function" "this" {{
  function_name = var.name
  role          = aws_iam_role.this.arn
}}
""",
}


@pytest.fixture
def directory(tmp_path, monkeypatch):
    write(tmp_path / "infra", FILES)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "infra"


def write(directory, files):
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def report(result):
    return json.loads(result.stdout)


def places(result):
    return {(found["rule"], found["location"]["path"]) for found in report(result)["findings"]}


def test_a_directory_is_audited_as_one_deployment(directory, iamglue):
    result = iamglue("audit", "--template", "infra", "--format", "json")
    assert result.exit_code == 1
    assert ("pass-role-wildcard", "infra/iam.tf") in places(result)
    assert ("broad-access", "infra/modules/function/main.tf") in places(result)
    assert {function["name"] for function in report(result).get("functions", [{"name": "resize"}])} == {"resize"}


@pytest.mark.parametrize("arguments", [["infra/main.tf"], ["infra/iam.tf", "--template", "infra/main.tf"]])
def test_files_of_a_directory_are_the_same_deployment(directory, iamglue, arguments):
    whole = report(iamglue("audit", "--template", "infra", "--format", "json"))
    assert report(iamglue("audit", "--template", *arguments, "--format", "json"))["findings"] == whole["findings"]


def test_a_directory_without_templates_is_an_error(tmp_path, iamglue):
    result = iamglue("audit", "--template", str(tmp_path))
    assert result.exit_code == 2
    assert "the directory has no templates" in result.stderr


def test_a_malformed_file_does_not_hide_the_others(directory, iamglue):
    write(directory, {"broken.tf": 'resource "x" "y" {\n'})
    result = iamglue("audit", "--template", "infra", "--format", "json")
    assert ("pass-role-wildcard", "infra/iam.tf") in places(result)
    failed = [entry for entry in report(result)["not_evaluated"] if entry["kind"] == "failed"]
    assert [entry["what"] for entry in failed] == ["the file at infra/broken.tf:1:19"]


@pytest.mark.parametrize("path", ["infra/unread.tf", "infra/modules/function/unread.tf"])
@pytest.mark.parametrize("template", ["infra", "infra/main.tf"])
def test_a_file_that_cannot_be_read_is_not_evaluated_wherever_it_is(directory, iamglue, path, template):
    (directory.parent / path).write_bytes(b"# \xff\n")
    gaps = report(iamglue("audit", "--template", template, "--format", "json"))["not_evaluated"]
    failed = [(gap["subject"]["name"], gap["reason"]) for gap in gaps if gap["kind"] == "failed"]
    assert failed == [(path, "the file is not UTF-8: byte 3 is 0xFF")]


def test_a_module_without_a_readable_file_says_why_it_is_not_read(directory, iamglue):
    (directory / "modules/function/main.tf").write_bytes(b"# \xff\n")
    gaps = report(iamglue("audit", "--template", "infra", "--format", "json"))["not_evaluated"]
    assert any("the file is not UTF-8" in gap["reason"] for gap in gaps)


@pytest.mark.parametrize(
    ("name", "is_override"),
    [
        ("override.tf", True),
        ("grant_override.tf", True),
        ("a.b_override.tf.json", True),
        ("grantoverride.tf", False),
        ("override.more.tf", False),
    ],
)
def test_only_files_that_terraform_takes_for_overrides_are_overrides(name, is_override):
    assert ModuleFile(f"infra/{name}", SourceText(name, "")).is_override is is_override


def test_a_file_of_opentofu_replaces_the_file_of_terraform_also_in_a_directory_with_tofu_in_its_name(tmp_path):
    directory = tmp_path / "x.tofu"
    write(directory, {"main.tofu": "", "main.tf": "", "other.tf": ""})
    names = [file.path.rpartition("/")[2] for file in read_directory(f"{directory}/").configuration]
    assert names == ["main.tofu", "other.tf"]


BUCKETS = {
    "main.tf": """resource "aws_s3_bucket" "b" {
  bucket = var.name
}
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = data.aws_iam_policy_document.bucket.json
}
resource "aws_iam_policy" "p" {
  policy = local.policy
}
""",
    "iam.tf": """data "aws_iam_policy_document" "bucket" {
  statement {
    actions   = ["s3:GetObject"]
    resources = [aws_s3_bucket.b.arn]
    principals {
      type        = "AWS"
      identifiers = ["111122223333"]
    }
  }
}
locals {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObjct", Resource = "*" }]
  })
}
""",
    "variables.tf": 'variable "name" {\n  default = "my-bucket"\n}\n',
}


def test_a_document_that_a_role_has_twice_is_reported_once(directory, iamglue):
    twice = FILES["modules/function/main.tf"].replace(
        "  role   = aws_iam_role.this.id", '  for_each = toset(["a", "b"])\n  role = aws_iam_role.this.id'
    )
    write(directory, {"modules/function/main.tf": twice})
    result = iamglue("audit", "--template", str(directory), "--format", "json")
    findings = json.loads(result.stdout)["findings"]
    assert [finding["rule"] for finding in findings].count("pass-role-wildcard") == 1


def test_lint_knows_what_other_files_of_the_directory_say(tmp_path, monkeypatch, iamglue):
    write(tmp_path, BUCKETS)
    monkeypatch.chdir(tmp_path)
    expected = {("action-resource-mismatch", "iam.tf"), ("unknown-action", "iam.tf")}
    assert places(iamglue("lint", "iam.tf", "--format", "json")) == expected
    assert places(iamglue("lint", ".", "--format", "json")) == expected
    stdin = iamglue("lint", "-", "--stdin-filename", "iam.tf", "--format", "json", stdin=BUCKETS["iam.tf"])
    assert places(stdin) == expected


def test_a_policy_is_reported_in_the_file_where_it_stands_only(tmp_path, monkeypatch, iamglue):
    write(tmp_path, BUCKETS)
    monkeypatch.chdir(tmp_path)
    assert report(iamglue("lint", "main.tf", "--format", "json"))["findings"] == []
    assert report(iamglue("lint", "main.tf", "--format", "json"))["not_evaluated"] == []


def test_lint_says_which_modules_it_does_not_read(tmp_path, monkeypatch, iamglue):
    policies = 'module "p" {\n  source = "example/policies/aws"\n  policy_name = "x"\n}\n'
    write(tmp_path, {"main.tf": policies + 'module "v" {\n  source = "a/vpc/aws"\n}\n'})
    monkeypatch.chdir(tmp_path)
    (entry,) = report(iamglue("lint", "main.tf", "--format", "json"))["not_evaluated"]
    assert entry["what"] == "the policies of the module at main.tf:1:1 (policy_name)"
    assert entry["reason"].startswith("`example/policies/aws` is not read")


def test_statements_in_arguments_of_the_lambda_module_are_linted_where_they_stand(tmp_path, monkeypatch, iamglue):
    text = """module "f" {
  source                   = "terraform-aws-modules/lambda/aws"
  function_name            = "f"
  attach_policy_statements = true
  policy_statements = {
    read = {
      effect    = "Allow"
      actions   = ["s3:GetObjct"]
      resources = ["*"]
    }
  }
}
"""
    write(tmp_path, {"main.tf": text})
    monkeypatch.chdir(tmp_path)
    (found,) = report(iamglue("lint", "main.tf", "--format", "json"))["findings"]
    assert (found["rule"], found["location"]["line"], found["location"]["column"]) == ("unknown-action", 8, 20)


def test_a_configuration_that_is_too_long_is_refused_and_the_error_says_what_to_do(directory, iamglue):
    write(directory, {f"big{number}.tf": "# " + "x" * 3_000_000 + "\n" for number in range(3)})
    result = iamglue("audit", "--template", "infra")
    assert result.exit_code == 2
    assert "the limit is 8,388,608" in result.stderr
    assert "one part of it at a time" in result.stderr


def test_modules_that_are_too_long_together_are_said_to_be_unread(directory, iamglue):
    calls = "".join(f'module "m{number}" {{\n  source = "./modules/big"\n}}\n' for number in range(3))
    write(directory, {"modules/big/main.tf": "# " + "x" * 3_000_000 + "\n", "more.tf": calls})
    result = iamglue("audit", "--template", "infra", "--format", "json")
    unread = [gap["subject"]["name"] for gap in report(result)["not_evaluated"] if "8,388,608" in gap["reason"]]
    assert unread == ["module.m2"]
