"""Edits change what they say and nothing else: comments, order, indentation and line ends are kept."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support.floors import counts, floor

from iamglue.policy.document import read_nodes
from iamglue.policy.source.edits import (
    Edit,
    apply_edits,
    combine_edits,
    insert_pair,
    remove_child,
    remove_children,
    replace_node,
    replace_scalar,
)
from iamglue.policy.source.nodes import Node, NodeKind

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
DATA = st.recursive(
    TEXTS | st.booleans() | st.integers(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
INDENTS = st.sampled_from([None, 2, 4, "\t"])


def read(text: str, path: str) -> Node:
    return read_nodes(text, path).documents[0]


def plain(node: Node):
    if node.kind is NodeKind.MAP:
        return {key.text: plain(value) for key, value in node.pairs}
    return [plain(item) for item in node.items] if node.kind is NodeKind.LIST else node.text


def dropped(node: Node, parent: Node, child: Node):
    """The data of a tree without one item or pair."""
    if node.kind is NodeKind.MAP:
        return {k.text: dropped(v, parent, child) for k, v in node.pairs if not (node is parent and k is child)}
    if node.kind is NodeKind.LIST:
        return [dropped(item, parent, child) for item in node.items if not (node is parent and item is child)]
    return node.text


@floor(0.01)
@given(st.data(), DATA, INDENTS)
def test_an_item_or_pair_of_json_is_dropped_and_nothing_else(data, value, indent):
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    root = read(text, "p.json")
    choices = [(n, c) for n in root.walk() for c in (n.items or [key for key, _ in n.pairs])]
    if counts(choices):
        parent, child = data.draw(st.sampled_from(choices))
        changed = apply_edits(text, remove_child(parent, child))
        assert plain(read(changed, "p.json")) == dropped(root, parent, child)


@floor(0.01)
@given(st.data(), DATA, TEXTS, INDENTS)
def test_a_text_of_json_is_rewritten_and_nothing_else(data, value, new, indent):
    text = json.dumps(value, indent=indent)
    scalars = [node for node in read(text, "p.json").walk() if node.kind is NodeKind.SCALAR and not node.plain]
    if counts(scalars):
        node = data.draw(st.sampled_from(scalars))
        (edit,) = replace_scalar(node, new)
        assert (text[: edit.start], text[edit.end :]) == (text[: node.start], text[node.end :])
        assert json.loads(edit.text) == new


@given(st.dictionaries(TEXTS, TEXTS, min_size=1, max_size=4), INDENTS)
def test_a_pair_is_added_to_a_map_of_json(value, indent):
    text = json.dumps(value, indent=indent)
    root = read(text, "p.json")
    first = apply_edits(text, insert_pair(root, "Version!", "x", before=root.pairs[0][0]))
    last = apply_edits(text, insert_pair(root, "Version!", "x"))
    assert json.loads(first) == json.loads(last) == value | {"Version!": "x"}
    assert next(iter(json.loads(first))) == "Version!"
    assert list(json.loads(last))[-1] == "Version!"


BLOCK = """\
# a comment
Statement:
  - Sid: First  # keep
    Action:
      - s3:GetObject  # one
      - s3:PutObject  # two

      # above the third
      - "s3:ListBucket"
    Resource: '*'
  - Sid: Second
    Action: [s3:GetObject, s3:PutObject]
"""


def node_of(text: str, *steps):
    found = read(text, "p.yaml")
    for step in steps:
        found = found.items[step] if isinstance(step, int) else found.get(step)
    return found


def test_a_block_item_of_yaml_goes_with_its_line_and_comment():
    actions = node_of(BLOCK, "Statement", 0, "Action")
    changed = apply_edits(BLOCK, remove_child(actions, actions.items[0]))
    assert changed == BLOCK.replace("      - s3:GetObject  # one\n", "")


def test_the_last_block_item_of_yaml_goes_with_its_line():
    actions = node_of(BLOCK, "Statement", 0, "Action")
    changed = apply_edits(BLOCK, remove_child(actions, actions.items[2]))
    assert changed == BLOCK.replace('      - "s3:ListBucket"\n', "")


@pytest.mark.parametrize("chosen", [(0,), (0, 1), (1, 3), (2, 3), (0, 1, 3), (0, 2, 3), (1, 2, 3)])
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("p.json", '["a", "b", "c", "d"]'),
        ("p.json", '[\n  "a",\n  "b",\n  "c",\n  "d"\n]'),
        ("p.yaml", "[a, b, c, d]"),
        ("p.yaml", "- a\n- b  # the second\n- c\n- d\n"),
        ("p.yaml", "- a\n- b\n- c\n- d"),
    ],
)
def test_several_items_go_together_and_nothing_else(path, text, chosen):
    parent = read(text, path)
    changed = apply_edits(text, remove_children(parent, [parent.items[at] for at in chosen]))
    assert plain(read(changed, path)) == [item for at, item in enumerate("abcd") if at not in chosen]


def test_a_statement_of_yaml_goes_with_all_its_lines():
    statements = node_of(BLOCK, "Statement")
    changed = yaml.safe_load(apply_edits(BLOCK, remove_child(statements, statements.items[0])))
    assert [each["Sid"] for each in changed["Statement"]] == ["Second"]
    changed = yaml.safe_load(apply_edits(BLOCK, remove_child(statements, statements.items[1])))
    assert [each["Sid"] for each in changed["Statement"]] == ["First"]


@pytest.mark.parametrize("last", ["{a: 3}", "\n    a: 3\n    b: [4]", "\n    a:\n      - 3", "|\n    3\n", "3", "'3'"])
def test_the_last_item_of_an_inner_block_goes_without_the_outer_item_behind_it(last):
    text = f"outer:\n- inner:\n  - 1\n  - {last.lstrip()}\n- next\n"
    inner = read(text, "f.yaml").get("outer").items[0].get("inner")
    assert apply_edits(text, remove_child(inner, inner.items[1])) == "outer:\n- inner:\n  - 1\n- next\n"


def test_no_pair_is_added_behind_a_block_whose_end_is_not_known():
    text = "outer:\n  - a:\n      - 1\n  - next\n"
    item = read(text, "f.yaml").get("outer").items[0]
    assert insert_pair(item, "b", "2") == ()


def test_the_first_pair_of_a_block_item_goes_and_its_dash_stays():
    statement = node_of(BLOCK, "Statement", 0)
    changed = yaml.safe_load(apply_edits(BLOCK, remove_child(statement, statement.key("Sid"))))
    assert list(changed["Statement"][0]) == ["Action", "Resource"]


def test_a_middle_pair_of_a_block_map_goes_with_its_lines():
    statement = node_of(BLOCK, "Statement", 0)
    changed = yaml.safe_load(apply_edits(BLOCK, remove_child(statement, statement.key("Action"))))
    assert list(changed["Statement"][0]) == ["Sid", "Resource"]


def test_an_item_of_a_flow_list_of_yaml_goes():
    actions = node_of(BLOCK, "Statement", 1, "Action")
    changed = yaml.safe_load(apply_edits(BLOCK, remove_child(actions, actions.items[1])))
    assert changed["Statement"][1]["Action"] == ["s3:GetObject"]


@pytest.mark.parametrize(
    ("old", "new", "written"),
    [
        ("s3:GetObjekt", "s3:GetObject", "s3:GetObject"),
        ("'s3:GetObjekt'", "it's", "'it''s'"),
        ('"s3:GetObjekt"', 'a"b', r'"a\"b"'),
        ("plain", "*", '"*"'),
        ("plain", "true", '"true"'),
        ("plain", "a: b", '"a: b"'),
        ("plain", "2012-10-17", '"2012-10-17"'),
    ],
)
def test_a_text_of_yaml_keeps_its_quotes_and_gets_them_where_it_needs_them(old, new, written):
    text = f"a: {old}  # why\nb: 1\n"
    changed = apply_edits(text, replace_scalar(node_of(text, "a"), new))
    assert changed == f"a: {written}  # why\nb: 1\n"
    assert yaml.safe_load(changed)["a"] == new


def test_a_pair_is_added_to_a_block_map_before_another_and_at_the_end():
    root = read(BLOCK, "p.yaml")
    changed = apply_edits(BLOCK, insert_pair(root, "Version", "2012-10-17", before=root.key("Statement")))
    assert changed == BLOCK.replace("Statement:", 'Version: "2012-10-17"\nStatement:')
    statement = node_of(BLOCK, "Statement", 0)
    changed = yaml.safe_load(apply_edits(BLOCK, insert_pair(statement, "Effect", "Allow")))
    assert changed["Statement"][0]["Effect"] == "Allow"
    changed = yaml.safe_load(apply_edits(BLOCK, insert_pair(statement, "Effect", "Allow", before=statement.key("Sid"))))
    assert list(changed["Statement"][0])[:2] == ["Effect", "Sid"]


def test_line_ends_of_windows_are_kept():
    text = '{\r\n  "Version": "x",\r\n  "Statement": [\r\n    "a",\r\n    "b"\r\n  ]\r\n}\r\n'
    root = read(text, "p.json")
    changed = apply_edits(text, remove_child(root.get("Statement"), root.get("Statement").items[0]))
    assert changed == text.replace('"a",\r\n    ', "")
    changed = apply_edits(text, insert_pair(root, "Id", "i", before=root.key("Statement")))
    assert changed == text.replace('  "Statement"', '  "Id": "i",\r\n  "Statement"')
    block = "a:\r\n  - b\r\n  - c\r\nd: e\r\n"
    items = node_of(block, "a")
    assert apply_edits(block, remove_child(items, items.items[1])) == "a:\r\n  - b\r\nd: e\r\n"


def test_data_put_in_place_of_a_value_is_indented_as_its_file():
    text = '{\n    "Action": [\n        "a"\n    ],\n    "b": 1\n}\n'
    changed = apply_edits(text, replace_node(read(text, "p.json").get("Action"), ["x", "y"]))
    assert changed == '{\n    "Action": [\n        "x",\n        "y"\n    ],\n    "b": 1\n}\n'


def test_changes_that_belong_together_are_made_together_or_not_at_all():
    one = (Edit(0, 1, "x"),)
    assert combine_edits([one, (Edit(2, 3, "y"),)]) == (Edit(0, 1, "x"), Edit(2, 3, "y"))
    assert combine_edits([one, ()]) == ()


def test_a_text_that_is_partly_unknown_is_not_rewritten():
    node = read('{"a": "b"}', "p.json").get("a")
    node.unresolved = True
    assert replace_scalar(node, "c") == ()
