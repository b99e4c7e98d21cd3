"""Fixes change nothing of a Terraform configuration but its policies, and HCL's parser accepts the result."""

from __future__ import annotations

import hcl2
from hypothesis import given
from hypothesis import strategies as st
from support.budget import share
from support.floors import counts, floor
from support.linting import EVERYTHING, TODAY, read

from iamglue.lint.autofix import apply_fixes

VALUES = (("Region", "eu-west-1"), ("Account", "123456789012"))
# Where a configuration has policies: everything else must stay as it is.
POLICY_KEYS = frozenset(
    {"policy", "assume_role_policy", "inline_policy", "statement", "policy_json", "policy_statements"}
)
ACTIONS = st.sampled_from(
    [
        "s3:GetObject",
        "s3:getobject",
        "s3:GetObjct",
        "s3:*",
        "s3:Get*",
        "*",
        "sqs:SendMessage",
        "iam:PassRole",
        "${var.a}",
    ]
)
RESOURCES = st.sampled_from(
    ["*", "arn:aws:s3:::b/*", "arn:aws:s3:::b", "arn:aws:sqs:eu-west-1:111122223333:q", "${aws_s3_bucket.b.arn}/*", "b"]
)
SIDS = st.sampled_from(["", "Read", "read-it", "Read"])
COMMENTS = st.sampled_from(["", " # why", " // because", " /* so */"])


def texts(values, comment):
    return "[" + ", ".join(f'"{value}"' for value in values) + f"]{comment}"


@st.composite
def statement_blocks(draw):
    """A `statement` block, written out or dynamic."""
    body = f'    effect = "{draw(st.sampled_from(["Allow", "Deny", "allow"]))}"\n' * draw(st.booleans())
    body += f'    sid = "{draw(SIDS)}"\n' * draw(st.booleans())
    body += f"    actions = {texts(draw(st.lists(ACTIONS, min_size=1, max_size=3)), draw(COMMENTS))}\n"
    body += f"    resources = {texts(draw(st.lists(RESOURCES, min_size=1, max_size=3)), draw(COMMENTS))}\n"
    if draw(st.booleans()):
        test = draw(st.sampled_from(["StringEquals", "stringlike", "Bool", "StringEqual"]))
        body += (
            f'    condition {{\n      test = "{test}"\n      variable = "aws:SourceIp"\n      values = ["a"]\n    }}\n'
        )
    if draw(st.booleans()):
        return f"  statement {{\n{body}  }}\n"
    items = draw(st.sampled_from(['["a"]', '["a", "b"]', "var.unknown", "[]"]))
    return f'  dynamic "statement" {{\n    for_each = {items}\n    content {{\n{body}    }}\n  }}\n'


@st.composite
def objects(draw):
    """A policy as an HCL object or as JSON."""
    is_json = draw(st.booleans())
    separator, joint = (":", ", ") if is_json else draw(st.sampled_from([("=", ", "), ("=", "\n"), (":", ",\n")]))
    statements = []
    for _ in range(draw(st.integers(1, 2))):
        pairs = [("Effect", '"Allow"'), ("Action", texts(draw(st.lists(ACTIONS, min_size=1, max_size=3)), ""))]
        pairs.append(("Resource", texts(draw(st.lists(RESOURCES, min_size=1, max_size=2)), "")))
        pairs += [("Sid", f'"{draw(SIDS)}"')] * draw(st.integers(0, 1))
        statements.append("{" + joint.join(f'"{key}" {separator} {value}' for key, value in pairs) + "}")
    version = f'"Version" {separator} "{draw(st.sampled_from(["2012-10-17", "2008-10-17"]))}"{joint}' * draw(
        st.booleans()
    )
    text = f'{{{version}"Statement" {separator} [{", ".join(statements)}]}}'
    if not is_json:
        return f"jsonencode({text})"
    return f"<<-EOT\n    {text}\n  EOT{draw(st.sampled_from(['', '  ']))}"


@st.composite
def blocks(draw):
    """One block of a configuration."""
    name = draw(st.sampled_from("pqr"))
    repeated = draw(st.sampled_from(["", '  for_each = toset(["a", "b"])\n', "  count = 2\n", "  count = var.n\n"]))
    kind = draw(st.sampled_from(["document", "policy", "role", "module", "locals", "other"]))
    if kind == "document":
        inner = "".join(draw(st.lists(statement_blocks(), min_size=1, max_size=3)))
        return f'data "aws_iam_policy_document" "{name}" {{\n{repeated}{inner}}}\n'
    if kind == "policy":
        return f'resource "aws_iam_policy" "{name}" {{\n{repeated}  name = "n"\n  policy = {draw(objects())}\n}}\n'
    if kind == "role":
        inner = f'  inline_policy {{\n    name = "i"\n    policy = {draw(objects())}\n  }}\n'
        return f'resource "aws_iam_role" "{name}" {{\n{repeated}  assume_role_policy = {draw(objects())}\n{inner}}}\n'
    if kind == "module":
        statements = '{ a = { actions = ["s3:GetObjct"], resources = ["*"] } }'
        attach = "  attach_policy_json = true\n  attach_policy_statements = true\n"
        arguments = f"  policy_json = {draw(objects())}\n  policy_statements = {statements}\n"
        return f'module "{name}" {{\n  source = "terraform-aws-modules/lambda/aws"\n{attach}{arguments}}}\n'
    if kind == "locals":
        return f"locals {{\n  policy = {draw(objects())}\n  list = [\n    1, # one\n  ]\n}}\n"
    tags = '{ Action = "*", Effect = "allow" }'
    return f'resource "aws_s3_bucket" "{name}" {{\n  bucket = "s3:getobject" # iam\n  tags = {tags}\n}}\n'


def without_policies(value):
    """Parsed HCL without its policies."""
    if isinstance(value, dict):
        return {key: without_policies(child) for key, child in value.items() if key not in POLICY_KEYS}
    return [without_policies(child) for child in value] if isinstance(value, list) else value


@floor(0.1)
@share(0.25)  # the parser takes 50 ms for each text
@given(st.lists(blocks(), min_size=1, max_size=4).map("".join), st.booleans())
def test_fixes_change_policies_alone_and_the_parser_accepts_the_result(text, unsafe):
    result = apply_fixes(text, lambda new: read(new, "main.tf", None, VALUES), EVERYTHING, TODAY, unsafe=unsafe)
    if counts(result.text != text):
        before, after = (hcl2.loads(each.replace("EOT  \n", "EOT\n")) for each in (text, result.text))
        assert without_policies(after) == without_policies(before)
