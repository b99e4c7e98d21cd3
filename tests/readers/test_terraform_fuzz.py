"""Whatever a .tf file holds, reading it ends: with policies, or with an error that has a place."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.source.edits import apply_edits, remove_child, replace_scalar
from iamglue.policy.source.nodes import NodeKind
from iamglue.readers.terraform.configuration import read_configuration

GOOD = """locals {
  list = ["a", "b"] # comment
}
data "aws_iam_policy_document" "d" {
  source_policy_documents = [data.aws_iam_policy_document.e.json]
  statement {
    sid       = "A"
    actions   = concat(["s3:GetObject"], local.list, var.c ? ["x"] : [])
    resources = ["${aws_s3_bucket.b.arn}/&{aws:username}", format("%s/*", var.x)]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "StringEquals"
      variable = "${replace(var.url, "https://", "")}:sub"
      values   = ["$${aws:x}"]
    }
    dynamic "condition" {
      for_each = var.x
      content {
        test = "x"
      }
    }
  }
}
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = data.aws_iam_policy_document.d.json
  inline_policy {
    name   = "i"
    policy = "{\\"Statement\\": [{\\"Sid\\": \\"${var.y}\\"}]}"
  }
}
resource "aws_iam_policy" "p" {
  policy = jsonencode({
    Version = "2012-10-17"
    "Statement" : [{ Effect = "Allow", Action = "*", (var.k) = null }, { for x in y : x => x }]
  })
}
resource "aws_iam_role_policy" "h" {
  role   = aws_iam_role.r.id
  policy = <<-EOF
    {"Version": "2012-10-17", "Statement": [{"Sid": "a${var.b}", "Resource": ${jsonencode(var.l)},
      "Action": ["$${aws:x}"]}]}
  EOF
}
resource "aws_lambda_permission" "l" {
  principal  = "s3.amazonaws.com"
  source_arn = aws_s3_bucket.b.arn
}
"""
JSON = json.dumps(
    {
        "locals": {"a": ["b"]},
        "data": {
            "aws_iam_policy_document": {"d": {"statement": [{"actions": "${local.a}", "condition": {"test": 1}}]}}
        },
        "resource": {
            "aws_iam_role": {"r": [{"assume_role_policy": "${data.aws_iam_policy_document.d.json}", "name": 1}]},
            "aws_iam_policy": {"p": {"policy": '{"Statement": [{"Sid": "${var.x}"}]}'}},
            "aws_lambda_permission": {"l": {"principal": ["a"]}},
        },
    }
)
_WORDS = ['"a"', "local.list", "statement {", "jsonencode(", "dynamic ", "for ", "null", "é", "\\u00", "\ufeff"]
_MARKS = ["${", "%{", "$${", "&{", "<<EOF\n", "<<-E\n", "EOF\n", "/*", "*/", "//", "[*]", "\r\n", "\0"]
_PIECES = st.sampled_from([*'{}[]()"=,:.\\\n#?*', *_MARKS, *_WORDS])


@st.composite
def mutated(draw, good):
    """A good file with pieces cut out, doubled, moved or put in."""
    text = good
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        end = min(len(text), at + draw(st.integers(0, 30)))
        to = draw(st.integers(0, len(text)))
        match draw(st.sampled_from(["cut", "put", "move"])):
            case "cut":
                text = text[:at] + text[end:]
            case "put":
                text = text[:at] + "".join(draw(st.lists(_PIECES, min_size=1, max_size=5))) + text[at:]
            case "move":
                text = text[:to] + text[at:end] + text[to:]
    return text


def look_at(path, text):
    """Read a text, and touch all that was read."""
    file = read_configuration(path, text, ParameterValues((("x", "v"),)))
    text = file.text
    if file.syntax_error is not None:
        where = file.syntax_error.location
        assert where is not None
        assert where.line is None or 1 <= where.line <= text.count("\n") + 1
    for policy in file.policies:
        for node in policy.node.walk():
            assert node.kind is NodeKind.SCALAR or not node.unresolved
            assert 0 <= node.source.file_offset(node.start) <= node.source.file_offset(node.end) <= len(text)
            assert (node.line, node.column) <= (node.end_location.line, node.end_location.column)
            for child in (*node.items, *(key for key, _ in node.pairs)):
                apply_edits(text, remove_child(node, child))
            apply_edits(text, replace_scalar(node, "x${y}"))
    return file


def test_the_good_files_are_good():
    for path, text, count in (("main.tf", GOOD, 5), ("main.tf.json", JSON, 3)):
        file = look_at(path, text)
        assert file.syntax_error is None
        assert len(file.policies) == count


@given(mutated(GOOD))
def test_a_file_with_faults_is_read_or_refused(text):
    look_at("main.tf", text)


@given(mutated(JSON))
def test_a_json_file_with_faults_is_read_or_refused(text):
    look_at("main.tf.json", text)


@given(st.lists(_PIECES, max_size=40).map("".join))
def test_any_pieces_in_an_expression_are_read_or_refused(text):
    look_at("main.tf", f'resource "aws_iam_policy" "p" {{\n  policy = {text}\n}}\n')
    look_at("main.tf", f'resource "aws_iam_policy" "p" {{\n  policy = <<EOF\n{{"Sid": "{text}"}}\nEOF\n}}\n')
