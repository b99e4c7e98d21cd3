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
