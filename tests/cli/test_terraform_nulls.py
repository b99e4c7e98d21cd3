"""Terraform: a member that is null is not there; one that is null under a condition is never malformed."""

from __future__ import annotations

import json

import pytest

HEAD = """\
variable "mfa" {
  type = bool
}
variable "on" {
  default = true
}
variable "names" {
  type = list(string)
}
variable "extra" {
  type = any
}
resource "aws_iam_role" "r" {
  name = "r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.r.arn
}
resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.id
  policy = %s
}
"""
MFA = '{ Bool = { "aws:MultiFactorAuthPresent" = "true" } }'
PLAIN = '{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::b/*" }'
SECOND = PLAIN.replace("{", '{ Sid = "B",')
ALLOW = '{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::b/*"%s }'


def with_condition(text):
    return f"[{ALLOW % f', Condition = {text}'}]"


KNOWN = {
    "a null condition": with_condition("null"),
    "a condition that is null by a known variable": with_condition(f"var.on ? null : {MFA}"),
    "an operator that is null": with_condition('{ Bool = null, StringEquals = { "aws:PrincipalTag/a" = "b" } }'),
    "a key that is null": with_condition('{ StringEquals = { "aws:PrincipalTag/a" = null, "aws:userid" = "b" } }'),
    "a null Sid": f"[{ALLOW % ', Sid = null'}]",
    "one of two elements is null": f"[{ALLOW % ', NotResource = null'}]",
    "merged maps": f"[merge({PLAIN}, {{ Condition = {MFA} }})]",
    "lists in a row": f"concat([{PLAIN}], [{SECOND}])",
}
UNKNOWN = {
    "a condition that may be null": with_condition(f"var.mfa ? null : {MFA}"),
    "a condition that may not be null": with_condition(f"var.mfa ? {MFA} : null"),
    "an operator that may be null": with_condition("{ Bool = var.mfa ? null : { a = true } }"),
    "either element": '[{ Effect = "Allow", Action = "s3:GetObject", Resource = var.mfa ? null : "*",'
    ' NotResource = var.mfa ? "arn:aws:s3:::x/*" : null }]',
    "a statement that may be null": f"[{PLAIN}, var.mfa ? {PLAIN} : null]",
    "what a variable adds": f"[merge({PLAIN}, var.extra)]",
    "what a condition adds": f"[merge({PLAIN}, var.mfa ? {{ Condition = {MFA} }} : {{}})]",
    "statements of a condition": f"concat([{PLAIN}], var.mfa ? [{SECOND}] : [])",
    "an action that may be empty": PLAIN.replace('"s3:GetObject"', 'compact(["s3:GetObject", var.mfa ? "s3:*" : ""])'),
    "a statement for each of an unknown list": f"[for name in var.names : {PLAIN}]",
    "statements by an unknown test": f"[for item in [{{ on = true }}, {{ on = var.mfa }}] : {PLAIN} if item.on]",
}


def jsonencode(statements):
    return f'jsonencode({{ Version = "2012-10-17", Statement = {statements} }})'


@pytest.fixture
def report(iamglue, tmp_path):
    """The kinds of what the audit, and then lint, did not evaluate about the policy; and lint's errors."""

    def run(text):
        (tmp_path / "main.tf").write_text(text, encoding="utf-8")
        audited = json.loads(iamglue("audit", "--template", str(tmp_path), "--format", "json").stdout)
        linted = json.loads(iamglue("lint", str(tmp_path), "--format", "json").stdout)
        about = [item["kind"] for item in audited["not_evaluated"] if "statement at" in item["what"]]
        failed = [item for item in (*audited["not_evaluated"], *linted["not_evaluated"]) if item["kind"] == "failed"]
        assert failed == []
        assert [item["rule"] for item in linted["findings"] if item["severity"] == "error"] == []
        return about

    return run


@pytest.mark.parametrize("statements", KNOWN.values(), ids=KNOWN)
def test_a_member_that_is_null_is_not_there(report, statements):
    assert report(HEAD % jsonencode(statements)) == []


@pytest.mark.parametrize("statements", UNKNOWN.values(), ids=UNKNOWN)
def test_a_member_that_a_condition_decides_is_not_evaluated(report, statements):
    assert set(report(HEAD % jsonencode(statements))) == {"undecidable"}


DATA = (
    HEAD % "data.aws_iam_policy_document.d.json" + 'data "aws_iam_policy_document" "d" {\n  statement {\n%s\n  }\n}\n'
)


@pytest.mark.parametrize(
    "body",
    [
        'actions = var.mfa ? ["s3:GetObject"] : null\nnot_actions = var.mfa ? null : ["s3:*"]\nresources = ["*"]',
        'actions = ["s3:GetObject"]\nresources = var.mfa ? ["*"] : null\nnot_resources = var.mfa ? null : ["x"]',
    ],
)
def test_attributes_of_which_a_condition_sets_one_are_not_evaluated(report, body):
    assert report(DATA % body) == ["undecidable"]
