"""Values that only the deployment knows: one expression is one value, and different ones are never taken for one."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.linting import linted, rules_of

from iamglue.policy.patterns.variables import TokenKind, parameter_of, tokenize

# Pairs of expressions that have the same letters and digits, or differ only in an argument.
DIFFERENT = [
    ("!GetAtt Table.Arn", "!Ref TableArn"),
    ("!GetAtt Table.StreamArn", "!GetAtt TableStream.Arn"),
    ("!Select [0, !Ref Names]", "!Select [1, !Ref Names]"),
    ("!Select [0, !Split [',', !Ref Names]]", "!Select [1, !Split [',', !Ref Names]]"),
    ("!Base64 x", "!Base64 y"),
    ("!FindInMap [A, BC, D]", "!FindInMap [AB, C, D]"),
    ("!ImportValue a-b", "!ImportValue ab"),
    ("!ImportValue TableArn", "!Ref TableArn"),
    ("'arn:aws:s3:::${self:custom.a-b}/*'", "'arn:aws:s3:::${self:custom.ab}/*'"),
    ("'arn:aws:s3:::${ssm:/a/b}/*'", "'arn:aws:s3:::${ssm:/ab}/*'"),
]
TERRAFORM = [
    ("aws_s3_bucket.a_b.arn", "aws_s3_bucket.ab.arn"),
    ("aws_s3_bucket.policyfoo.arn", "aws_s3_bucket_policy.foo.arn"),
    ("aws_s3_bucket.b[0].arn", "aws_s3_bucket.b[1].arn"),
    ("aws_s3_bucket.b[0].arn", "aws_s3_bucket.b0.arn"),
    ('lookup(var.names, "a-b")', 'lookup(var.names, "ab")'),
    ("aws_s3_bucket." + "x" * 80 + "a.arn", "aws_s3_bucket." + "x" * 80 + "b.arn"),
]


def cloudformation(*values: str) -> str:
    resources = "".join(f"            - {value}\n" for value in values)
    return (
        "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n"
        "      PolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n"
        f"        - Effect: Allow\n          Action: s3:GetObject\n          Resource:\n{resources}"
    )


def terraform(*values: str) -> str:
    resources = ", ".join(f'"${{{value}}}/*"' for value in values)
    return (
        'data "aws_iam_policy_document" "d" {\n  statement {\n    actions = ["s3:GetObject"]\n'
        f"    resources = [{resources}]\n  }}\n}}\n"
    )


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_expressions_of_a_template_are_different_values(one, other):
    assert "redundant-resource" not in rules_of(linted(cloudformation(one, other), "template.yaml"))


@pytest.mark.parametrize(("one", "other"), TERRAFORM)
def test_different_expressions_of_terraform_are_different_values(one, other):
    assert "redundant-resource" not in rules_of(linted(terraform(one, other), "main.tf"))


@pytest.mark.parametrize("expression", [one for one, _ in DIFFERENT])
def test_an_expression_of_a_template_that_stands_twice_is_one_value(expression):
    assert "redundant-resource" in rules_of(linted(cloudformation(expression, expression), "template.yaml"))


@pytest.mark.parametrize("expression", [one for one, _ in TERRAFORM])
def test_an_expression_of_terraform_that_stands_twice_is_one_value(expression):
    assert "redundant-resource" in rules_of(linted(terraform(expression, expression), "main.tf"))


EXPRESSIONS = st.text("aB1._-[]\"' ", max_size=12)


@example("a.b", "a_b")
@example("a..b", "a.b")
@given(EXPRESSIONS, EXPRESSIONS)
def test_the_parameters_of_different_expressions_differ(one, other):
    assert (parameter_of(one) == parameter_of(other)) == (one == other)


@given(st.text(max_size=300))
def test_a_parameter_is_one_parameter_whatever_the_expression(expression):
    (token,) = tokenize(parameter_of(expression))
    assert token.kind is TokenKind.PARAMETER
