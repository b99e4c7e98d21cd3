"""What the cursor is in, in text that is typed just now: `|` is the cursor."""

from __future__ import annotations

import pytest
from support.rows import every_row

from iamglue.language_server.context_at import context_at
from iamglue.language_server.cursor_context import CursorContext, DocumentSyntax


def marked_context(marked: str, syntax: str) -> tuple[CursorContext, str]:
    """The context of the mark, and the whole word that it stands in."""
    before, _, after = marked.partition("|")
    text = before + after
    context = context_at(text, len(before), DocumentSyntax(syntax))
    return context, text[context.start : context.end]


@every_row(
    "syntax, marked, keys, word",
    [
        ("json", '{"Statement": [{"Action": ["s3:Get|Object"', ("Statement", "Action"), "s3:GetObject"),
        ("json", '{"Statement": [{"Action": "s3:Get|\n"Resource": "*"}]}', ("Statement", "Action"), "s3:Get"),
        ("json", '{"a": {"b": 1}, "c": [{"d|', ("c",), "d"),
        ("json", '{"a": "}{", "b": "x|"}', ("b",), "x"),
        ("yaml", "reads:\n- s3: b\n- dyn|", ("reads",), "dyn"),
        ("yaml", "reads:\n  - s3: b\n    do:\n      - ge|", ("reads", "do"), "ge"),
        ("yaml", "reads: [{s3: b, do: [get, li|", ("reads", "do"), "li"),
        ("yaml", "Statement:\n  Action: [\n    s3:Get,\n    s3:Pu|t\n  ]\n", ("Statement", "Action"), "s3:Put"),
        ("yaml", "a:\n  b: |X\n".replace("|X", "1") + "|", (), ""),
        ("yaml", "a: >\n  b: c\nd: e|", ("d",), "e"),
        ("yaml", "# reads:\na:\n  # b:\n  c: d|", ("a", "c"), "d"),
        ("yaml", "- Effect: Allow\n  Action:\n  - s3:Ge|\n", ("Action",), "s3:Ge"),
        ("yaml", "a:\r\n  b: c|\r\n", ("a", "b"), "c"),
        ("yaml", "Action: '*|'", ("Action",), "*"),
        ("hcl", 'data "a" "b" {\n  statement {\n    actions = ["s3:G|"]', ("data", "statement", "actions"), "s3:G"),
        (
            "hcl",
            'resource "a" "b" {\n  x = 1\n  p = jsonencode({ Action = "s3:G|" })\n}',
            ("resource", "p", "Action"),
            "s3:G",
        ),
        ("hcl", 'locals {\n  a = "{"\n  # }\n  b = "c|"\n}', ("locals", "b"), "c"),
    ],
)
def test_the_keys_around_the_cursor_and_its_word(syntax, marked, keys, word):
    context, text = marked_context(marked, syntax)
    assert (context.keys, text) == (keys, word)


def test_json_in_a_block_scalar_is_read():
    marked = 'Policy: |\n  {"Statement": [{"Action": "s3:Ge@"}]}\nOther: x\n'
    before, _, after = marked.partition("@")
    context = context_at(before + after, len(before), DocumentSyntax.YAML)
    assert context.keys == ("Policy", "Statement", "Action")


@pytest.mark.parametrize(
    ("syntax", "marked", "is_key"),
    [
        ("json", '{"Statement": [{"|', True),
        ("json", '{"Statement": [{"Effect": "|', False),
        ("yaml", "reads:\n  - s3: b\n    |", True),
        ("yaml", "reads:\n  - s3: |", False),
        ("yaml", "when:\n  StringEquals:\n    aws:|", True),
    ],
)
def test_keys_and_values_are_told_apart(syntax, marked, is_key):
    assert marked_context(marked, syntax)[0].is_key == is_key


@pytest.mark.parametrize("syntax", [*DocumentSyntax])
def test_every_place_of_any_text_has_a_context(syntax):
    text = "{[\"'}]:=,#/*|>-&!\\\r\n\t ()\u2028😀${aws:x}"
    for length in range(len(text)):
        for offset in range(length + 1):
            context = context_at(text[:length], offset, syntax)
            assert context.start <= offset <= max(context.end, offset)
