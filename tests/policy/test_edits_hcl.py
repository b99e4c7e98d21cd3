"""Changes to policies in HCL: what is written is HCL again, and all else stays."""

from __future__ import annotations

import pytest

from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.source.edits import (
    apply_edits,
    insert_pair,
    remove_child,
    remove_children,
    replace_node,
    replace_scalar,
)
from iamglue.readers.terraform.configuration import read_configuration

ENCODED = """resource "aws_iam_policy" "p" {{
  policy = jsonencode({})
}}
"""
DOCUMENT = """data "aws_iam_policy_document" "d" {{
  statement {{
{}
  }}
}}
"""


def encoded(inside):
    """A resource whose policy is an object, and the node of that."""
    text = ENCODED.format(inside)
    return text, only(text)


def document(inside):
    """A data source of one statement, and the node of that."""
    text = DOCUMENT.format(inside)
    return text, only(text).get("Statement").items[0]


def only(text, path="main.tf"):
    file = read_configuration(path, text, ParameterValues())
    assert file.syntax_error is None
    return file.policies[0].node


def changed(text, edits, path="main.tf"):
    """The text after the edits, which can be read again, and its policy."""
    assert edits
    after = apply_edits(text, edits)
    return after, only(after, path)


@pytest.mark.parametrize(
    ("new", "written"),
    [
        ("s3:GetObject", '"s3:GetObject"'),
        ('a"b\\c', r'"a\"b\\c"'),
        ("${aws:username}", '"$${aws:username}"'),
        ("%{if}", '"%%{if}"'),
        ("a\nb\tc\x08", r'"a\nb\tc\u0008"'),
        ("café 🗝", '"café 🗝"'),
    ],
)
def test_a_text_is_quoted_as_hcl_has_it(new, written):
    text, node = encoded('{ Action = "s3:Gett" }')
    after, read = changed(text, replace_scalar(node.get("Action"), new))
    assert f"Action = {written} }}" in after
    assert read.get("Action").text == new


def test_a_key_is_renamed_in_the_form_it_has():
    text, node = encoded('{ Acton = "a", "Resorce" : "b" }')
    after = apply_edits(
        text, [*replace_scalar(node.key("Acton"), "Action"), *replace_scalar(node.key("Resorce"), "Resource")]
    )
    assert '{ Action = "a", "Resource" : "b" }' in after


def test_a_variable_keeps_the_spelling_of_the_data_source():
    text, node = document('    resources = ["arn:aws:s3:::b/&{aws:usrname}"]')
    assert node.get("Resource").items[0].text == "arn:aws:s3:::b/${aws:usrname}"
    after, _ = changed(text, replace_scalar(node.get("Resource").items[0], "arn:aws:s3:::b/${aws:username}"))
    assert '["arn:aws:s3:::b/&{aws:username}"]' in after


def test_names_that_the_data_source_has_its_own_words_for_are_not_renamed():
    _, node = document('    actions = ["a"]')
    assert replace_scalar(node.key("Action"), "NotAction") == ()
    assert replace_scalar(node.get("Effect"), "Deny") == ()


@pytest.mark.parametrize(
    ("before", "number", "after"),
    [
        ('["a", "b", "c"]', 0, '["b", "c"]'),
        ('["a", "b", "c"]', 1, '["a", "c"]'),
        ('["a", "b", "c"]', 2, '["a", "b"]'),
        ('["a", "b",]', 1, '["a",]'),
        ('["a",]', 0, "[]"),
        ('["a"]', 0, "[]"),
        ('[\n"a", # one\n# two\n"b",\n]', 0, '[\n# two\n"b",\n]'),
        ('[\n"a",\n# two\n"b" // why\n]', 1, '[\n"a",\n# two\n]'),
        ('["a", # one\n"b"]', 1, '["a", # one\n]'),
        ('["a", /* one */ "b"]', 1, '["a", /* one */ ]'),
        ('["a", /* one */ "b"]', 0, '[/* one */ "b"]'),
    ],
)
def test_an_item_goes_with_its_comma_and_comments_of_others_stay(before, number, after):
    text, node = document(f"    actions = {before}")
    actions = node.get("Action")
    new, read = changed(text, remove_child(actions, actions.items[number]))
    assert new == DOCUMENT.format(f"    actions = {after}")
    left = [each.text for at, each in enumerate(actions.items) if at != number]
    assert [each.text for each in read.get("Statement").items[0].get("Action").items] == left


@pytest.mark.parametrize(
    ("before", "key", "after"),
    [
        ('{ A = "a", B = "b" }', "A", '{ B = "b" }'),
        ('{ A = "a", B = "b" }', "B", '{ A = "a" }'),
        ('{ "A" : "a" }', "A", "{  }"),
        ('{\n  A = "a" # one\n  # two\n  B = ["b"]\n}', "A", '{\n  # two\n  B = ["b"]\n}'),
        ('{\n  A = "a"\n  B = [\n    "b"\n  ],\n}', "B", '{\n  A = "a"\n}'),
    ],
)
def test_a_pair_of_an_object_is_taken_out(before, key, after):
    text, node = encoded(before)
    new, _ = changed(text, remove_child(node, node.key(key)))
    assert new == ENCODED.format(after)


def test_an_attribute_and_a_block_are_taken_out_with_their_lines():
    text, node = document('    sid = "x" # none\n    actions = ["a"]')
    assert changed(text, remove_child(node, node.key("Sid")))[0] == DOCUMENT.format('    actions = ["a"]')
    text = DOCUMENT.format('    actions = ["a"]\n  }\n  # two\n  statement {\n    actions = ["b"]')
    statements = only(text).get("Statement")
    for at, left in ((0, "b"), (1, "a")):
        _, read = changed(text, remove_child(statements, statements.items[at]))
        assert [each.get("Action").items[0].text for each in read.get("Statement").items] == [left]


def test_the_only_block_stays():
    text, node = document('    actions = ["a"]')
    assert remove_child(only(text).get("Statement"), node) == ()


@pytest.mark.parametrize(
    "written",
    [
        'concat(["a"], ["b"])',
        'var.c ? ["a"] : ["b"]',
        "local.actions",
        '[local.action, "b"]',
    ],
)
def test_what_stands_in_several_places_is_left_alone(written):
    text = 'locals {\n  action = "a"\n  actions = ["a", "b"]\n}\n' + DOCUMENT.format(f"    actions = {written}")
    actions = only(text).get("Statement").items[0].get("Action")
    assert [each.text for each in actions.items][:2] == ["a", "b"]
    assert remove_child(actions, actions.items[0]) == ()
    assert replace_node(actions, ["c"]) == () or written.startswith("[")


def test_unknown_parts_are_not_rewritten():
    _, node = document('    resources = ["arn:aws:s3:::${var.b}/*", aws_s3_bucket.b.arn]')
    for each in node.get("Resource").items:
        assert replace_scalar(each, "*") == ()


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ('["a"]', ["b", "${aws:userid}"], '["b", "$${aws:userid}"]'),
        ('[\n    "a",\n  ]', ["b", "c"], '[\n    "b",\n    "c",\n  ]'),
        ('"*"', {"AWS": "*"}, '{ AWS = "*" }'),
        ('{ "AWS" = "*" }', "*", '"*"'),
        ('{ "AWS" = "*" }', {"aws:x": ["a"]}, '{ "aws:x" = ["a"] }'),
    ],
)
def test_a_value_is_replaced_as_a_whole(before, value, after):
    text, node = encoded(f"{{\n  A = {before}\n}}")
    new, _ = changed(text, replace_node(node.get("A"), value))
    assert new == ENCODED.format(f"{{\n  A = {after}\n}}")


def test_a_list_of_the_data_source_stays_a_list():
    _, node = document('    actions = ["a"]')
    assert replace_node(node.get("Action"), "a") == ()


@pytest.mark.parametrize(
    ("before", "anchor", "after"),
    [
        ("{\n  Statement = []\n}", "Statement", '{\n  Version = "2012-10-17"\n  Statement = []\n}'),
        ("{ Statement = [] }", "Statement", '{ Version = "2012-10-17", Statement = [] }'),
        ('{ "Statement": [] }', "Statement", '{ "Version": "2012-10-17", "Statement": [] }'),
        ('{\n  Id = "a", # x\n}', None, '{\n  Id = "a"\n  Version = "2012-10-17", # x\n}'),
        ('{ Id = "a" }', None, '{ Id = "a", Version = "2012-10-17" }'),
    ],
)
def test_a_pair_is_put_into_an_object(before, anchor, after):
    text, node = encoded(before)
    new, read = changed(text, insert_pair(node, "Version", "2012-10-17", before=node.key(anchor) if anchor else None))
    assert new == ENCODED.format(after)
    assert read.get("Version").text == "2012-10-17"


def test_nothing_is_put_into_a_block():
    text, node = document('    actions = ["a"]')
    assert insert_pair(node, "Resource", "*") == ()
    assert insert_pair(only(text), "Id", "x") == ()


def test_json_in_a_heredoc_is_changed_where_it_stands():
    text = (
        'resource "aws_iam_policy" "p" {\n  policy = <<-EOF\n    {"Action": ["s3:Gett", "b"],\n'
        '     "Resource": "${var.x}", "Sid": "a"}\n  EOF\n}\n'
    )
    node = only(text)
    after, read = changed(text, replace_scalar(node.get("Action").items[0], "s3:${aws:x}"))
    assert '{"Action": ["s3:$${aws:x}", "b"],' in after
    assert read.get("Action").items[0].text == "s3:${aws:x}"
    assert replace_scalar(node.get("Resource"), "*") == ()
    after, _ = changed(text, remove_child(node.get("Action"), node.get("Action").items[0]))
    assert '{"Action": ["b"],' in after


def test_the_texts_of_json_configurations_are_templates():
    text = '{"data": {"aws_iam_policy_document": {"d": {"statement": {"actions": ["a"], "resources": ["$${b}"]}}}}}'
    node = only(text, "main.tf.json").get("Statement").items[0]
    after, read = changed(text, replace_scalar(node.get("Action").items[0], "${aws:x}"), "main.tf.json")
    assert '"actions": ["$${aws:x}"]' in after
    assert read.get("Statement").items[0].get("Resource").items[0].text == "${b}"
    assert replace_scalar(node.key("Action"), "NotAction") == ()


@pytest.mark.parametrize("chosen", [(0, 1), (1, 3), (2, 3), (0, 1, 3), (1, 2, 3)])
@pytest.mark.parametrize(
    "written",
    ['["a", "b", "c", "d"]', '[\n "a",\n "b", # the second\n "c",\n "d",\n]', '[\n "a",\n "b",\n "c",\n "d"\n]'],
)
def test_several_items_go_together(written, chosen):
    text, node = encoded(f"{{ Action = {written} }}")
    parent = node.get("Action")
    _, after = changed(text, remove_children(parent, [parent.items[at] for at in chosen]))
    assert [item.text for item in after.get("Action").items] == [
        item for at, item in enumerate("abcd") if at not in chosen
    ]
