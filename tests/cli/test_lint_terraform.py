"""`iamglue lint` on Terraform: values of variables, and values that a condition decides at deployment."""

from __future__ import annotations

import json

import pytest

POLICY = """\
variable "actions" {
  default = ["s3:GetObject"]
}
variable "is_production" {
  type = bool
}
resource "aws_iam_policy" "p" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = STATEMENTS
  })
}
"""


@pytest.fixture
def rules(iamglue, tmp_path):
    """The rules that `lint` reports for a configuration of one policy and files of values, with their lines' texts."""

    def run(statements: str, **files: str) -> list[str]:
        (tmp_path / "main.tf").write_text(POLICY.replace("STATEMENTS", statements))
        for name, text in files.items():
            (tmp_path / name.replace("__", ".")).write_text(text)
        report = json.loads(iamglue("lint", tmp_path, "--format", "json").stdout)
        return sorted({finding["rule"] for finding in report["findings"]})

    return run


VARIABLE = '[{ Effect = "Allow", Action = var.actions, Resource = "*" }]'


@pytest.mark.parametrize("name", ["terraform__tfvars", "a__auto__tfvars"])
def test_a_file_of_values_counts_for_a_file_that_declares_all_that_it_uses(rules, name):
    assert "administrator-access" not in rules(VARIABLE)
    assert "administrator-access" in rules(VARIABLE, **{name: 'actions = ["*"]\n'})


def test_a_deny_that_a_condition_adds_does_not_override_an_allow(rules):
    deny = '{ Effect = "Deny", Action = "s3:*", Resource = "*" }'
    allow = '{ Effect = "Allow", Action = "s3:*", Resource = "*" }'
    assert rules(f"[{allow}, {deny}]") == ["ineffective-statement"]
    assert rules(f"concat([{allow}], var.is_production ? [{deny}] : [])") == ["broad-access"]
    assert rules(f"var.is_production ? [{allow}] : [{deny}]") == ["broad-access"]


def test_actions_of_different_branches_are_not_redundant(rules):
    statement = '[{{ Effect = "Allow", Action = {}, Resource = "arn:aws:s3:::images/*" }}]'
    assert rules(statement.format('["s3:GetObject", "s3:Get*"]')) == ["redundant-action"]
    assert rules(statement.format('var.is_production ? ["s3:GetObject"] : ["s3:Get*"]')) == []


MERGED = """data "aws_iam_policy_document" "base" {{
  statement {{
    sid       = "Base"
    actions   = ["{base}"]
    resources = ["*"]
  }}
}}
data "aws_iam_policy_document" "whole" {{
  {argument} = [data.aws_iam_policy_document.base.json]
  statement {{
    sid       = "{sid}"
    actions   = ["{own}"]
    resources = ["*"]
  }}
}}
"""


def merged_findings(iamglue, tmp_path, **parts):
    (tmp_path / "main.tf").write_text(MERGED.format(**parts), encoding="utf-8")
    data = json.loads(iamglue("lint", str(tmp_path / "main.tf"), "--format", "json").stdout)
    places = [(item["rule"], item["location"]["line"]) for item in data["findings"]]
    return places, data["not_evaluated"]


@pytest.mark.parametrize("argument", ["source_policy_documents", "override_policy_documents"])
def test_what_merged_documents_allow_together_is_found_where_they_are_merged(iamglue, tmp_path, argument):
    parts = {"base": "iam:PassRole", "own": "lambda:CreateFunction", "sid": "Own", "argument": argument}
    places, unknown = merged_findings(iamglue, tmp_path, **parts)
    assert ("privilege-escalation", 9) in places
    assert [place for place in places if place[0] == "pass-role-wildcard"] == [("pass-role-wildcard", 4)]
    assert unknown == []


def test_a_statement_that_an_override_replaces_is_not_in_the_merged_document(iamglue, tmp_path):
    parts = {"base": "s3:ListAllMyBuckets", "own": "iam:PassRole", "sid": "Base"}
    places, _ = merged_findings(iamglue, tmp_path, argument="override_policy_documents", **parts)
    assert places == []


def test_a_fix_never_changes_a_statement_because_of_a_document_that_merges_it(iamglue, tmp_path):
    text = MERGED.format(base="s3:GetObject", own="s3:*", sid="All", argument="source_policy_documents")
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    iamglue("lint", str(tmp_path / "main.tf"), "--fix")
    assert (tmp_path / "main.tf").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("in_repository", [True, False])
def test_a_template_that_is_named_alone_is_known_by_a_configuration_of_another_directory(
    iamglue, tmp_path, monkeypatch, in_repository
):
    for folder in ("policies", "infra", ".git") if in_repository else ("policies", "infra"):
        (tmp_path / folder).mkdir()
    statement = '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "${bucket}"}'
    (tmp_path / "policies/reader.json").write_text(f'{{"Version": "2012-10-17", "Statement": [{statement}]}}')
    call = 'templatefile("${path.module}/../policies/reader.json", {})'
    (tmp_path / "infra/main.tf").write_text(f'resource "aws_iam_policy" "p" {{\n  policy = {call}\n}}\n')
    monkeypatch.chdir(tmp_path / "policies" if in_repository else tmp_path)
    result = iamglue("lint", "reader.json" if in_repository else "policies/reader.json", "--format", "json")
    report = json.loads(result.stdout)
    assert report["findings"] == []
    shown = "../infra/main.tf" if in_repository else "infra/main.tf"
    assert f"`{shown}` renders this template" in report["not_evaluated"][-1]["reason"]


@pytest.mark.parametrize("resource", ['"${bucket}"', '"arn:aws:s3:::${bucket}/*"', "${jsonencode(buckets)}"])
@pytest.mark.parametrize("call", ["${path.module}/policies/reader.json", "./policies/reader.json"])
def test_what_terraform_inserts_into_a_template_is_not_known_and_no_error(iamglue, tmp_path, resource, call):
    (tmp_path / "policies").mkdir()
    statement = f'{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": {resource}}}'
    template = tmp_path / "policies" / "reader.json"
    template.write_text(f'{{"Version": "2012-10-17", "Statement": [{statement}]}}')
    alone = json.loads(iamglue("lint", template, "--format", "json").stdout)
    (tmp_path / "main.tf").write_text(
        f'resource "aws_iam_policy" "p" {{\n  policy = templatefile("{call}", {{}})\n}}\n'
    )
    rendered = json.loads(iamglue("lint", template, "--format", "json").stdout)
    assert [finding["severity"] for finding in alone["findings"]] == ["error"]
    assert (rendered["findings"], [gap["kind"] for gap in rendered["not_evaluated"]][-1]) == ([], "undecidable")
    assert "main.tf` renders this template" in rendered["not_evaluated"][-1]["reason"]


def test_a_wrong_action_of_a_terraform_template_is_found(iamglue, tmp_path):
    statement = {"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "${bucket}"}
    (tmp_path / "reader.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    (tmp_path / "main.tf").write_text('output "p" {\n  value = templatefile("reader.json", {})\n}\n')
    report = json.loads(iamglue("lint", tmp_path, "--format", "json").stdout)
    assert [finding["rule"] for finding in report["findings"]] == ["unknown-action"]


READER = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "RESOURCE"}}'
PLAIN_READER = READER.replace("RESOURCE", "arn:aws:s3:::exif-images/*")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Write a Terraform file in `terraform/`, beside the policy of `policies/reader.json`, and enter the directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "terraform").mkdir()
    (tmp_path / "policies").mkdir()

    def write(policy: str, document: str = PLAIN_READER) -> None:
        text = f'resource "aws_iam_policy" "reader" {{\n  policy = {policy}\n}}\n'
        (tmp_path / "terraform" / "main.tf").write_text(text)
        (tmp_path / "policies" / "reader.json").write_text(document)

    return write


SIBLING = '"${path.module}/../policies/reader.json"'


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (f"file({SIBLING})", "`iamglue lint policies/reader.json`"),
        (f'templatefile({SIBLING}, {{ bucket = "exif-images" }})', "`iamglue lint policies/reader.json`"),
        (f"templatefile({SIBLING}, var.values)", "`templatefile("),
        ('file("${path.module}/built.json")', "cannot read `terraform/built.json`"),
        ("file(var.path)", "`file(var.path)` is not known"),
    ],
)
@pytest.mark.parametrize("directory", [".", "terraform"])
def test_a_policy_in_a_file_that_is_not_linted_is_said_to_be_unchecked(
    iamglue, project, monkeypatch, directory, policy, reason
):
    project(policy)
    if directory == "terraform" and ("built" in reason or "lint" in reason):
        reason = reason.replace("terraform/", "").replace("policies/", "../policies/")
    monkeypatch.chdir(directory)
    run = iamglue("lint", "main.tf" if directory == "terraform" else "terraform/main.tf")
    assert (run.exit_code, run.stdout.count("not evaluated"), "no policy found" in run.stderr) == (0, 1, False)
    assert (reason in run.stdout, "1 policy in other files not checked" in run.stderr) == (True, True)


def test_an_unchecked_policy_is_named_beside_policies_that_are_checked(iamglue, project, tmp_path):
    project(f"file({SIBLING})")
    (tmp_path / "terraform" / "inline.tf").write_text(
        f'resource "aws_iam_policy" "inline" {{\n  policy = <<E\n{PLAIN_READER}\nE\n}}\n'
    )
    run = iamglue("lint", "terraform")
    assert "aws_iam_policy.reader: not evaluated: the policy of the block at terraform/main.tf:1:1" in run.stdout


def test_a_policy_in_a_malformed_file_is_said_to_be_unchecked(iamglue, project):
    project(f"file({SIBLING})", "{")
    assert "`iamglue lint policies/reader.json`" in iamglue("lint", "terraform").stdout


def test_a_policy_in_a_file_that_is_linted_too_is_checked(iamglue, project):
    project(f"file({SIBLING})")
    run = iamglue("lint", ".")
    assert (run.exit_code, run.stdout, "not checked" in run.stderr) == (0, "", False)


def test_a_file_is_read_from_the_directory_of_the_configuration_that_names_it(iamglue, project, tmp_path):
    project('file("reader.tpl")')
    (tmp_path / "reader.tpl").write_text(PLAIN_READER.replace("GetObject", "GetObjekt"))
    (tmp_path / "terraform" / "reader.tpl").write_text(PLAIN_READER)
    run = iamglue("lint", "terraform/main.tf")
    assert (run.exit_code, run.stdout) == (0, "")


def test_a_template_that_a_configuration_of_a_sibling_directory_renders_has_values_that_are_not_known(iamglue, project):
    project(f"templatefile({SIBLING}, {{}})", READER.replace("RESOURCE", "${bucket}"))
    run = iamglue("lint", ".", "--format", "json")
    assert (run.exit_code, json.loads(run.stdout)["findings"]) == (0, [])
    assert "terraform/main.tf` renders this template" in run.stdout


def test_a_placeholder_beside_an_escaped_insertion_is_a_finding(iamglue, tmp_path):
    template = tmp_path / "reader.json"
    template.write_text(READER.replace("RESOURCE", "arn:aws:s3:::<bucket>/$${aws:username}/*"), encoding="utf-8")
    (tmp_path / "main.tf").write_text(
        'resource "aws_iam_policy" "p" {\n  policy = templatefile("reader.json", {})\n}\n', encoding="utf-8"
    )
    report = json.loads(iamglue("lint", template, "--format", "json").stdout)
    assert [finding["rule"] for finding in report["findings"]] == ["placeholder"]
