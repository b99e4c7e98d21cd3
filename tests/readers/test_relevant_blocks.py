"""Blocks that say nothing about policies are left out before a .tf file is parsed, and nothing else is."""

from __future__ import annotations

import hcl2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamglue.policy.parsed_policy import ParameterValues
from iamglue.readers.terraform.configuration import read_configuration
from iamglue.readers.terraform.relevant_blocks import blank_irrelevant_blocks

POLICY = """resource "aws_iam_policy" "p" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}
"""
# Blocks whose text could be taken for the beginning or the end of another one.
IRRELEVANT = [
    'resource "aws_instance" "a" {\n  user_data = <<-EOF\n    { "an open quote\n    }}\n  EOF\n}\n',
    'resource "aws_instance" "a" {\n  name = "${join("}", [for k in { x = "}" } : "\\"{${k}"])}"\n}\n',
    'resource "aws_instance" "a" {\n  # a comment with } and "\n  // { too\n  /* and { this */\n  x = "$${y"\n}\n',
    'terraform {\n  backend "s3" {\n    key = "%%{ if"\n  }\n}\n',
    'provider "aws" {}\n',
    'check "c" {\n  data "http" "x" {\n    url = "http://x/{y}"\n  }\n}\n',
    'resource "aws_instance" "a" {\r\n  x = <<EOF\r\n{\r\nEOF\r\n}\r\n',
]


@given(st.permutations([*IRRELEVANT, POLICY, POLICY.replace('"p"', '"q"'), "# { a comment\n", '/* "\n } */\n']))
def test_policies_are_the_same_whatever_is_around_them(blocks):
    text = "".join(blocks)
    blanked = blank_irrelevant_blocks(text)
    assert len(blanked) == len(text)
    assert "aws_instance" not in blanked
    assert [name for block in hcl2.loads(blanked)["resource"] for name in block] == ['"aws_iam_policy"'] * 2
    file = read_configuration("main.tf", text, ParameterValues())
    assert file.syntax_error is None
    lines = text.splitlines()
    assert all(lines[policy.node.line - 1].lstrip().startswith("policy = jsonencode") for policy in file.policies)
    assert len(file.policies) == 2


@pytest.mark.parametrize(
    "text",
    ["a = {\n", 'resource "x" "y" {\n', "}\n", "x = 1\n" + POLICY, 'resource "x" "y" {\n  a = "\n}\n', "b <<EOF {\n"],
)
def test_a_text_that_is_not_only_blocks_is_left_to_the_parser(text):
    assert blank_irrelevant_blocks(text) == text


def test_a_resource_to_which_the_file_refers_is_read():
    text = 'resource "aws_instance" "a" {\n  user_data = "x"\n}\noutput "o" {\n  value = aws_instance.a.user_data\n}\n'
    assert blank_irrelevant_blocks(text) == text
