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
