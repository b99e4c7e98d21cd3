"""Patterns against plain enumeration of every text over a short alphabet."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.rows import every_row

from iamglue.policy.patterns.wildcards import (
    compile_pattern,
    covers,
    covers_action,
    has_wildcard,
    intersects,
    intersects_action,
    matches,
    matches_action,
)

PATTERNS = ["".join(symbols) for size in range(5) for symbols in product("ab*?", repeat=size)]
# `c` stands for every letter that no pattern names.
WORDS = ["".join(letters) for size in range(8) for letters in product("abc", repeat=size)]


def _language(pattern: str) -> int:
    """Bit i is set when the pattern matches word i, as `re` sees it."""
    match = re.compile(pattern.replace("*", ".*").replace("?", ".")).fullmatch
    return sum(1 << at for at, word in enumerate(WORDS) if match(word))


@pytest.fixture(scope="module")
def languages() -> dict[str, int]:
    return {pattern: _language(pattern) for pattern in PATTERNS}


def test_every_short_pattern_matches_what_the_regular_expression_matches(languages):
    for pattern, language in languages.items():
        match = compile_pattern(pattern)
        assert sum(1 << at for at, word in enumerate(WORDS) if match(word)) == language, pattern


def test_covers_is_inclusion_for_every_pair_of_short_patterns(languages):
    for general, specific in product(PATTERNS, repeat=2):
        included = not languages[specific] & ~languages[general]
        assert covers.__wrapped__(general, specific) is included, (general, specific)


def test_intersects_is_a_common_word_for_every_pair_of_short_patterns(languages):
    for one, other in product(PATTERNS, repeat=2):
        assert intersects.__wrapped__(one, other) is bool(languages[one] & languages[other]), (one, other)


TEXTS = st.text("ab", max_size=12)
GLOBS = st.text("ab*?", max_size=10)


def _positions(pattern: str) -> tuple[str, set[int]]:
    letters = pattern.replace("*", "")
    loops, at = set(), 0
    for symbol in pattern:
        if symbol == "*":
            loops.add(at)
        else:
            at += 1
    return letters, loops


def _read(pattern: str, state: frozenset[int], letter: str) -> frozenset[int]:
    letters, loops = _positions(pattern)
    moved = {at + 1 for at in state if at < len(letters) and letters[at] in (letter, "?")}
    return frozenset(moved | (state & loops))


def _reachable(one: str, other: str):
    """Every pair of states that some text over a, b and one other letter leads to: textbook subset construction."""
    start = (frozenset({0}), frozenset({0}))
    found, todo = {start}, [start]
    while todo:
        left, right = todo.pop()
        for letter in "abc":
            pair = (_read(one, left, letter), _read(other, right, letter))
            if pair not in found:
                found.add(pair)
                todo.append(pair)
    ends = (len(one.replace("*", "")), len(other.replace("*", "")))
    return [(ends[0] in left, ends[1] in right) for left, right in found]


@given(GLOBS, GLOBS)
def test_covers_agrees_with_determinised_automata_on_longer_patterns(general, specific):
    assert covers(general, specific) is all(wide or not narrow for wide, narrow in _reachable(general, specific))


@given(GLOBS, GLOBS)
def test_intersects_agrees_with_determinised_automata_on_longer_patterns(one, other):
    assert intersects(one, other) is any(left and right for left, right in _reachable(one, other))


@given(GLOBS, GLOBS, GLOBS)
def test_covers_is_transitive(wide, middle, narrow):
    assert not (covers(wide, middle) and covers(middle, narrow)) or covers(wide, narrow)


@given(st.text(), st.text())
def test_a_pattern_with_a_star_around_any_text_matches_it(before, text):
    escaped = text.replace("$", "${$}").replace("*", "${*}").replace("?", "${?}")
    assert matches(f"*{escaped}*", f"{before}{text}{before}")


@every_row(
    "pattern, text, expected",
    [
        ("a[b]c", "a[b]c", True),
        ("a[b]c", "abc", False),
        ("a.c", "abc", False),
        ("!a", "!a", True),
        ("!a", "b", False),
        ("a?c", "ac", False),
        ("a?c", "a\nc", True),
        ("a*c", "a\n\nc", True),
        ("Abc", "abc", False),
        ("", "", True),
        ("*", "", True),
        ("${*}", "*", True),
        ("${*}", "x", False),
        ("a${?}*", "a?b", True),
        ("a${?}*", "abb", False),
        ("${$}{aws:username}", "${aws:username}", True),
        ("home/${aws:username}/*", "home/${aws:username}/x", True),
        ("a${", "a${", True),
    ],
)
def test_only_star_and_question_mark_are_wildcards_and_escapes_are_themselves(pattern, text, expected):
    assert matches(pattern, text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a*", True), ("a?", True), ("a", False), ("a${*}", False), ("${?}", False), ("${*}*", True), ("${a:b}", False)],
)
def test_an_escaped_wildcard_makes_no_pattern(text, expected):
    assert has_wildcard(text) is expected


@pytest.mark.parametrize(
    ("general", "specific", "expected"),
    [
        ("home/*", "home/${aws:username}", True),
        ("home/${aws:username}", "home/${aws:username}", True),
        ("home/${aws:username}/*", "home/${aws:username}/in/*", True),
        ("home/?", "home/${aws:username}", False),
        ("home/???????????????", "home/${aws:username}", False),
        ("home/a*", "home/${aws:username}", False),
        ("home/${aws:username}", "home/bob", False),
        ("home/${aws:userid}", "home/${aws:username}", False),
        ("a${*}", "a*", False),
        ("a*", "a${*}", True),
        ("a?", "a${*}", True),
    ],
)
def test_a_variable_is_covered_by_itself_or_a_star_only(general, specific, expected):
    assert covers(general, specific) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("home/${aws:username}", "home/bob", True),
        ("home/${aws:username}", "office/*", False),
        ("${A}-x", "y-${B}", True),
        ("${A}-x", "*-z", False),
    ],
)
def test_a_variable_may_meet_any_text(one, other, expected):
    assert intersects(one, other) is expected


def test_actions_are_compared_without_case_in_both_parts():
    assert matches_action("S3:get*", "s3:GetObject")
    assert covers_action("S3:GET*", "s3:getobject*")
    assert intersects_action("S3:*Object", "s3:get*")
    assert not matches("S3:get*", "s3:GetObject")


@pytest.mark.parametrize("size", [50, 2000])
@pytest.mark.parametrize("shape", ["*a", "?", "*a?", "*?a", "a*"])
def test_pathological_patterns_are_decided(shape, size):
    """Backtracking or a power set would not come back from these."""
    pattern = shape * size
    assert not matches(pattern + "z", "a" * size * 3)
    assert covers(f"{pattern}*", pattern)
    assert intersects(pattern, f"*{'a' * size}*")


@pytest.mark.parametrize("run", [8, 40, 400])
def test_a_star_a_letter_and_many_question_marks_are_decided(run):
    """The textbook case of a power set: the letter at a place counted from the end."""
    pattern = "*a" + "?" * run
    assert covers(pattern, "*a" + "?" * run)
    assert not covers(pattern, "*a*a" + "?" * (run - 1))
    assert not covers(pattern, "*" + "a*" * 20)
    assert covers("*a*", pattern)
    assert intersects(pattern, "*b" + "?" * run) is False
    assert matches(pattern, "b" * 50 + "a" + "b" * run)
