"""YAML's merge keys, where they are taken over."""

from __future__ import annotations

import pytest
from support.yaml_nodes import read_yaml

from iamglue.errors import IamglueError
from iamglue.policy.source.merge_keys import read_yaml_with_merge_keys

BASE = "base: &base {a: 1, b: 2}\nmore: &more {b: 3, c: 4}\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("x: {<<: *base}", {"a": "1", "b": "2"}),
        ("x: {b: 9, <<: *base}", {"b": "9", "a": "1"}),
        ("x: {<<: *base, b: 9}", {"a": "1", "b": "9"}),
        ("x: {<<: [*base, *more]}", {"a": "1", "b": "2", "c": "4"}),
        ("y: &y {<<: *base, d: 5}\nx: {<<: *y}", {"a": "1", "b": "2", "d": "5"}),
    ],
)
def test_own_keys_win_then_those_of_the_first_map(body, expected):
    reading = read_yaml_with_merge_keys(BASE + body, "f")
    found = reading.documents[0].get("x")
    assert reading.problems == ()
    assert {key.text: value.text for key, value in found.pairs} == expected
    assert not found.source.is_editable


def test_keys_that_are_taken_over_stand_where_they_are_written():
    found = read_yaml_with_merge_keys(f"{BASE}x: {{<<: *more}}", "f").documents[0].get("x")
    assert [str(key.location) for key, _ in found.pairs] == ["f:2:14", "f:2:20"]


def test_what_is_no_map_is_left_with_its_problem():
    reading = read_yaml_with_merge_keys("x: {<<: text, a: 1, a: 2}\ny: {<<: {b: 1}}", "f")
    assert [each.location.column for each in reading.problems] == [5, 21]


def test_other_files_may_not_have_them():
    with pytest.raises(IamglueError, match="merge keys"):
        read_yaml(f"{BASE}x: {{<<: *base}}", "f")
