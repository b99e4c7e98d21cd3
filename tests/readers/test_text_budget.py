"""Texts that double at each step: what they come to is bounded in every language of templates, and that is said."""

from __future__ import annotations

import json
from datetime import date

import pytest

from iamglue.findings import NotEvaluatedKind
from iamglue.lint.run import lint_file
from iamglue.lint.selection import RuleSelection
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.source.nodes import MAX_EXPANDED_LENGTH
from iamglue.readers.policy_texts import read_policies
from iamglue.readers.templates.template_account import read_template_account
from iamglue.readers.text_budget import MAX_INTERPOLATED_LENGTH, TextBudget

STEPS = 40
TODAY = date(2026, 1, 1)
RESOURCE = "arn:aws:s3:::${local.l0}"
STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": RESOURCE}
DOCUMENT = {"Version": "2012-10-17", "Statement": [STATEMENT]}
LOCALS = {f"l{step}": f"${{local.l{step + 1}}}${{local.l{step + 1}}}" for step in range(STEPS)} | {f"l{STEPS}": "xx"}
TF_LOCALS = "".join(f'  {name} = "{text}"\n' for name, text in LOCALS.items())
FORMATS = "".join(f'  l{step} = format("%s%s", local.l{step + 1}, local.l{step + 1})\n' for step in range(STEPS))
TF_STATEMENT = f'{{Effect="Allow",Action="s3:GetObject",Resource="{RESOURCE}"}}'


def terraform(locals_: str, policy: str) -> str:
    return f'locals {{\n{locals_}}}\nresource "aws_iam_policy" "p" {{\n  policy = {policy}\n}}\n'


def nested(step: int):
    return {"Fn::Sub": ["${a}" * 10, {"a": nested(step - 1) if step else "x" * 10}]}


def joined(step: int):
    return {"Fn::Join": ["", [joined(step - 1)] * 3]} if step else "x" * 100


def cloudformation(resource) -> str:
    document = {"Version": "2012-10-17", "Statement": [{**STATEMENT, "Resource": resource}]}
    policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}
    return json.dumps({"Resources": {"P": policy}})


JSONENCODED = f'jsonencode({{Version="2012-10-17",Statement=[{TF_STATEMENT}]}})'
FILES = {
    "strings.tf": terraform(TF_LOCALS, JSONENCODED),
    "heredoc.tf": terraform(TF_LOCALS, f"<<EOF\n{json.dumps(DOCUMENT)}\nEOF"),
    "format.tf": terraform(f'{FORMATS}  l{STEPS} = "xx"\n', JSONENCODED),
    "texts.tf.json": json.dumps(
        {"locals": LOCALS, "resource": {"aws_iam_policy": {"p": {"policy": json.dumps(DOCUMENT)}}}}
    ),
    "sub.json": cloudformation(nested(15)),
    "join.json": cloudformation(joined(8)),
    "references.tf": terraform(
        f'  a = "{"x" * 30_000}"\n',
        'jsonencode({Version="2012-10-17",Statement=[{Effect="Allow",Action="s3:GetObject",Resource=['
        + "local.a," * 2_000
        + '"b"]}]})',
    ),
}


def longest(node) -> int:
    return max(len(each.text) for each in node.walk())


@pytest.mark.parametrize("path", FILES)
def test_a_text_over_the_bound_is_not_known_and_the_report_says_so(path):
    written = read_policies(path, FILES[path], None, ParameterValues())
    (policy,) = written.policies
    texts = [node.text for node in policy.node.walk()]
    assert max(map(len, texts)) <= MAX_INTERPOLATED_LENGTH + len(FILES[path])
    assert sum(map(len, texts)) <= MAX_EXPANDED_LENGTH + len(FILES[path])
    report = lint_file(written, RuleSelection(), TODAY)
    (gap,) = [each for each in report.not_evaluated if each.subject.kind == "file"]
    assert gap.kind is NotEvaluatedKind.UNDECIDABLE
    assert f"longer than {MAX_INTERPOLATED_LENGTH:,} characters" in gap.reason


@pytest.mark.parametrize("path", [path for path in FILES if path not in ("join.json", "references.tf")])
def test_nothing_is_said_of_a_text_that_is_not_known(path):
    report = lint_file(read_policies(path, FILES[path], None, ParameterValues()), RuleSelection(), TODAY)
    assert [
        finding for finding in report.findings if finding.rule in ("malformed-arn", "action-resource-mismatch")
    ] == []


def test_a_long_text_within_the_bound_is_known():
    text = terraform(f'  l0 = "{"x" * (MAX_INTERPOLATED_LENGTH - 10)}"\n', JSONENCODED)
    written = read_policies("main.tf", text, None, ParameterValues())
    assert longest(written.policies[0].node) == MAX_INTERPOLATED_LENGTH - 10 + len("arn:aws:s3:::")
    assert written.not_evaluated == ()


def test_aliases_of_a_long_text_are_an_error_as_aliases_of_many_values_are():
    text = (
        "Version: '2012-10-17'\nStatement:\n- Effect: Allow\n  Action: s3:GetObject\n  Resource:\n  - &a "
        + "x" * 50_000
    )
    written = read_policies("policy.yaml", text + "\n  - *a" * 1000, None, ParameterValues())
    assert "counting each alias as the value that it refers to" in written.syntax_error.message


def test_aliases_of_a_text_that_a_function_makes_are_counted_each():
    resource = "- &a !Sub ['" + "${a}" * 500 + "', {a: " + "x" * 100 + "}]\n" + "- *a\n" * 1000
    lines = "".join(f"            {line}\n" for line in resource.splitlines())
    text = (
        "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n"
        "        Version: '2012-10-17'\n        Statement:\n        - Effect: Allow\n          Action: s3:GetObject\n"
        f"          Resource:\n{lines}"
    )
    written = read_policies("template.yaml", text, None, ParameterValues())
    assert sum(len(node.text) for node in written.policies[0].node.walk()) <= MAX_EXPANDED_LENGTH + len(text)
    assert any("characters in one text" in gap.reason for gap in written.not_evaluated)


def test_names_of_resources_that_stand_for_names_are_bounded_in_an_audit():
    buckets = {
        f"B{step}": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": f"${{B{step + 1}}}" * 60}}}
        for step in range(6)
    }
    trust = {
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    }
    role = {"AssumeRolePolicyDocument": trust, "RoleName": {"Ref": "B0"}}
    text = json.dumps({"Resources": {**buckets, "R": {"Type": "AWS::IAM::Role", "Properties": role}}})
    account = read_template_account("t.json", text, ParameterValues())
    assert len(account.roles[0].arn) <= 2 * MAX_INTERPOLATED_LENGTH
    assert account.roles[0].arn.endswith("}")  # where a name is too long, its reference stays


def test_a_budget_counts_what_it_takes():
    budget = TextBudget()
    assert all(budget.consume(MAX_EXPANDED_LENGTH // 4) for _ in range(4))
    assert budget.not_evaluated("p") == ()
    assert not budget.consume(1)
    assert len(budget.not_evaluated("p")) == 1
