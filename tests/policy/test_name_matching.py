"""Whether a name with wildcards and parameters can be a name of a pattern is what trying every name says."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.budget import share

from iamglue.catalog.tables import table_rows
from iamglue.policy.patterns.name_matching import can_match, first_wrong_letter, literal_text

LETTERS = "ab."
PATTERNS = ["[ab]{1,3}", "[ab][.a]{0,2}b", "[ab]{1,2}|[ab]{1,2}[.]a", "a{2}[ab]{0,2}", "[^a]{1,3}|a"]
NAMES = ["".join(letters) for length in range(6) for letters in product(LETTERS, repeat=length)]


def as_expression(name: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in name)


@pytest.mark.parametrize("pattern", PATTERNS)
@share(0.2)
@given(name=st.text(f"{LETTERS}*?", max_size=5))
def test_a_name_with_wildcards_can_match_if_one_of_its_values_does(pattern, name):
    values = [value for value in NAMES if re.fullmatch(as_expression(name), value)]
    assert can_match(pattern, name) == any(re.fullmatch(pattern, value) for value in values)


@pytest.mark.parametrize(
    ("name", "possible"),
    [
        ("${Name}", True),
        ("a${Name}", True),
        ("a${Name}.", False),
        ("aaaa${Name}", False),
        ("${Name}${Other}", True),
        ("ab${Name}${Other}", False),
        ("${aws:username}", True),
        ("a${*}", False),
    ],
)
def test_a_parameter_is_a_text_of_one_letter_or_more(name, possible):
    assert can_match("[ab]{1,3}", name) == possible


def test_the_literal_text_of_a_name_has_its_escapes_resolved():
    assert literal_text("a${*}b") == "a*b"
    assert literal_text("a*") is None
    assert literal_text("a${Name}") is None


def test_the_first_letter_that_no_name_has_is_named():
    assert first_wrong_letter("[a-z]{1,9}|[a-z]{1,4}[.]fifo", "ab!d e") == "!"
    assert first_wrong_letter("[a-z]{1,9}|[a-z]{1,4}[.]fifo", "ab.${Name}*") is None


@pytest.mark.parametrize("row", table_rows("name_patterns"), ids=lambda row: row["noun"])
@share(0.05)
@given(data=st.data())
def test_the_names_of_a_rule_match_it_and_stay_possible_behind_wildcards(row, data):
    name = data.draw(st.from_regex(re.compile(f"(?:{row['pattern']})", re.ASCII), fullmatch=True))
    name = name.replace("$", "x").replace("*", "x").replace("?", "x")
    if not re.fullmatch(row["pattern"], name):
        return
    cut = data.draw(st.integers(0, len(name)))
    assert can_match(row["pattern"], name)
    assert can_match(row["pattern"], f"{name[:cut]}*")
    assert can_match(row["pattern"], f"*{name[cut:]}")
    assert can_match(row["pattern"], f"{name[:cut]}*{name[cut:]}")
