"""YAML as a tree that knows its places."""

from __future__ import annotations

from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString
from support.rows import every_row
from support.yaml_nodes import read_yaml

from iamglue.errors import IamglueError, MultipleErrors
from iamglue.policy.source.nodes import MAX_DEPTH, MAX_LENGTH, Node, NodeKind
from iamglue.policy.source.yaml_reader import read_yaml_documents

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefg", "bcdefgh", strict=True)
)

# What is malformed, where the message points, and a word of the message or its hint.
MALFORMED = {
    "": (1, 1, "empty"),
    "# only a comment\n": (1, 1, "empty"),
    "a: 'x\nb: y\n": (1, 4, "quote"),
    "a: *\n": (1, 4, "quote it"),
    "a: *-logs\n": (1, 4, 'quote it: "*-logs"'),
    "a: {b\nc: d\n": (1, 4, "quote it"),
    "a: {b}-images\n": (1, 7, "quote the whole value"),
    "a: [b\n": (1, 4, "quote it"),
    "a: @b\n": (1, 4, "quote it"),
    "{a: ]}\n": (1, 5, "quote it"),
    "a: %b\n": (1, 4, "quote it"),
    "a: &\n": (1, 4, "anchor"),
    "\ta: 1\n": (1, 1, "spaces"),
    "a:\n\t- b\n": (2, 1, "spaces"),
    "a: b: c\n": (1, 5, "quote"),
    "a:\n  - b\n c: d\n": (3, 2, "same column"),
    "a: |2x\n": (1, 4, "multi-line string"),
    'a: "\\q"\n': (1, 6, "escape"),
    'a: "\\U00110000"\n': (1, 5, "not a valid character"),
    'a: "\\ud800"\n': (1, 4, "half of a surrogate pair"),
    "a: \x01\n": (1, 4, "U+0001"),
    "ab\n\x00": (2, 1, "U+0000"),
    "a: 1\na: 2\n": (2, 1, "line 1"),
    "<<: {a: b}\n": (1, 1, "merge"),
    "? [a]\n: b\n": (1, 3, "key must be a string"),
    "a: 1\n---\nb: 2\n": (3, 1, "one YAML document"),
    "a: &a [*a]\n": (1, 8, "no anchor"),
    BOMB: (6, 4, "200,000"),
    "- " * (MAX_DEPTH + 1) + "x": (1, 2 * MAX_DEPTH + 1, "levels deep"),
    "a: &a " + "[" * 60 + "]" * 60 + "\nb: " + "[" * 60 + "*a" + "]" * 60: (2, 64, "levels deep"),
}


@every_row("text, expected", MALFORMED.items())
def test_what_is_malformed_is_told_with_its_place_and_a_way_on(text: str, expected: tuple[int, int, str]):
    line, column, word = expected
    with pytest.raises(IamglueError) as caught:
        read_yaml(text, "f.yaml")
    first = caught.value.problems[0] if isinstance(caught.value, MultipleErrors) else caught.value
    assert first.location is not None
    assert (first.location.path, first.location.line, first.location.column) == ("f.yaml", line, column)
    assert word in str(first)


@pytest.mark.parametrize("opening", ["[", "- ", "? ", "a: [", "{a: "])
def test_depth_is_bounded_before_pythons_own_limit(opening: str):
    with pytest.raises(IamglueError, match=r"levels deep|not well formed"):
        read_yaml(opening * 20_000, "f")


def test_a_long_text_is_refused_before_it_is_parsed():
    with pytest.raises(IamglueError, match="limit is"):
        read_yaml("a: [" * MAX_LENGTH, "f")


def test_errors_that_do_not_hinder_reading_come_all_at_once():
    with pytest.raises(MultipleErrors) as caught:
        read_yaml("a: 1\na: 2\nb: {c: 1, c: 2}\n<<: {d: 1}\n", "f")
    assert [(p.location.line, p.location.column) for p in caught.value.problems if p.location] == [
        (2, 1),
        (3, 11),
        (4, 1),
    ]


def test_scalars_are_text_exactly_as_written():
    written = ["012345678901", "1e3", "0x1F", "yes", "true", "2012-10-17", "1_000", "~", "null", ".inf"]
    assert [item.text for item in read_yaml(f"[{', '.join(written)}]", "f").items] == written


def test_quotes_make_a_scalar_not_plain():
    node = read_yaml("""[a, 'a', "a"]""", "f")
    assert [item.plain for item in node.items] == [True, False, False]


def test_null_is_nothing_or_null_without_quotes():
    node = read_yaml("a:\nb: ~\nc: null\nd: 'null'\ne: ''\nf: nil\n", "f")
    assert [value.is_null for _, value in node.pairs] == [True, True, True, False, False, False]


def test_a_missing_value_stands_where_its_key_ends():
    value = read_yaml("a: 1\nbc:\n\n\nd: 1\n", "f").get("bc")
    assert value is not None
    assert (value.line, value.column) == (2, 3)


def test_places_count_from_one_and_in_characters():
    node = read_yaml("é:\n  - 'ü: x': [y]\n", "f")
    (item,) = node.pairs[0][1].items
    key, value = item.pairs[0]
    assert [str(place) for place in (key.location, key.end_location)] == ["f:2:5", "f:2:11"]
    assert [str(place) for place in (value.location, value.end_location)] == ["f:2:13", "f:2:16"]


def test_only_a_tag_that_is_written_is_kept():
    node = read_yaml("a: !Sub x\nb: !!str x\nc: 1\nd: !x [1]\n", "f")
    assert [value.tag for _, value in node.pairs] == ["!Sub", "tag:yaml.org,2002:str", None, "!x"]


def test_an_alias_is_what_its_anchor_names():
    node = read_yaml("a: &x [1, {b: c}]\nd: *x\n", "f")
    assert node.get("a") is node.get("d")


def test_two_escapes_for_one_character_are_one_character():
    assert read_yaml(r'"\ud83d\ude00"', "f").text == "\U0001f600"


def test_a_byte_order_mark_is_passed_over():
    assert read_yaml("\ufeffa: b", "f").key("a") is not None


def test_json_is_read_as_well():
    node = read_yaml('{\n\t"a": [true, null, -1.5e3, "\\u00e9\\/"],\n\t"b": {}\n}', "f")
    assert [item.text for item in node.pairs[0][1].items] == ["true", "null", "-1.5e3", "é/"]


def test_several_documents_are_read_where_they_are_wanted():
    reading = read_yaml_documents("a: &x 1\n---\n- b\n", "f")
    assert [node.kind for node in reading.documents] == [NodeKind.MAP, NodeKind.LIST]


def test_an_anchor_of_another_document_is_unknown():
    with pytest.raises(IamglueError, match="no anchor"):
        read_yaml_documents("a: &x 1\n---\n- *x\n", "f")


printable = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff"), max_size=12
)
# The writer leaves `:x` and `?x` without quotes in flow collections, where they do not always read back.
plain = printable.filter(lambda text: text[:1] not in (":", "?"))
scalars = plain | printable.map(SingleQuotedScalarString) | printable.map(DoubleQuotedScalarString)
trees = st.recursive(
    scalars, lambda below: st.lists(below, max_size=4) | st.dictionaries(plain, below, max_size=4), max_leaves=20
)


def plain_data(node: Node) -> object:
    if node.kind is NodeKind.LIST:
        return [plain_data(item) for item in node.items]
    if node.kind is NodeKind.MAP:
        return {key.text: plain_data(value) for key, value in node.pairs}
    return node.text


@given(trees, st.booleans(), st.integers(20, 200), st.integers(2, 6))
def test_what_was_written_in_any_layout_is_read_back(tree: object, flow: bool, width: int, indent: int):
    writer = YAML()
    writer.default_flow_style = flow
    writer.width = width
    writer.indent(mapping=indent, sequence=indent, offset=max(0, indent - 2))
    written = StringIO()
    writer.dump(tree, written)
    assert plain_data(read_yaml(written.getvalue(), "f")) == tree


@given(st.text() | st.text(alphabet="ab:-?{}[],&*!|>'\"%@`#~<\n\t \\", max_size=60))
def test_no_text_raises_anything_but_our_error(text: str):
    try:
        node = read_yaml(text, "f")
    except IamglueError:
        return
    assert all(each.path == "f" and each.line >= 1 and each.column >= 1 for each in node.walk())


# https://yaml.org/spec/1.2.2/#51-character-set: the printable characters begin and end here.
PRINTABLE = "\t\n\x20\x7e\x85\xa0\ud7ff\ue000\ufffd\U00010000\U0010ffff"
NOT_PRINTABLE = "\x00\x08\x0b\x0c\x0e\x1f\x7f\x84\x86\x9f\ud800\udfff\ufffe\uffff"


@pytest.mark.parametrize("character", PRINTABLE)
def test_a_printable_character_may_stand_in_a_comment(character):
    assert read_yaml(f"# {character}\na: b\n", "f.yaml").get("a").text == "b"


@every_row("character", NOT_PRINTABLE)
def test_any_other_character_is_an_error_where_it_stands(character):
    with pytest.raises(IamglueError, match=f"U\\+{ord(character):04X} is not allowed") as raised:
        read_yaml(f"a: b\n# {character}\n", "f.yaml")
    assert (raised.value.location.line, raised.value.location.column) == (2, 3)
