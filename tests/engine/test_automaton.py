"""Simultaneous matching of globs, compared with enumeration."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamglue.engine.solve.automaton import GlobPattern, TooManyCombinations, match_combinations
from iamglue.policy.patterns.globs import parse_glob
from iamglue.policy.patterns.wildcards import matches

SHORT = ["".join(letters) for size in range(5) for letters in product("ab:x", repeat=size)]
PATTERNS = st.text("ab:*?", max_size=4)


def vector(patterns, text):
    return sum(1 << index for index, pattern in enumerate(patterns) if matches(pattern, text))


@given(st.lists(PATTERNS, max_size=4))
def test_the_combination_of_every_short_text_is_returned(patterns):
    combinations = {
        combination.vector
        for combination in match_combinations([GlobPattern(parse_glob(pattern)) for pattern in patterns])
    }
    assert {vector(patterns, text) for text in SHORT} <= combinations


@given(st.lists(PATTERNS, max_size=4))
def test_the_text_of_a_combination_has_that_combination(patterns):
    for combination in match_combinations([GlobPattern(parse_glob(pattern)) for pattern in patterns]):
        assert vector(patterns, combination.text) == combination.vector


@given(st.lists(PATTERNS, max_size=3), PATTERNS)
def test_only_texts_that_match_the_required_pattern_are_returned(patterns, shape):
    globs = [GlobPattern(parse_glob(pattern)) for pattern in patterns]
    combinations = {
        combination.vector: combination.text
        for combination in match_combinations(globs, GlobPattern(parse_glob(shape)))
    }
    assert all(matches(shape, text) for text in combinations.values())
    assert {vector(patterns, text) for text in SHORT if matches(shape, text)} <= set(combinations)


@given(st.lists(st.text("abAB", max_size=3), max_size=3))
def test_patterns_can_ignore_case(texts):
    combinations = {
        combination.vector
        for combination in match_combinations([GlobPattern(parse_glob(text), ignores_case=True) for text in texts])
    }
    spelt = {text.swapcase() for text in texts} | {text.title() for text in texts}
    seen = {
        sum(1 << index for index, combination in enumerate(texts) if combination.lower() == text.lower())
        for text in spelt
    }
    assert seen <= combinations


def test_a_star_in_the_first_fields_of_an_arn_does_not_match_a_colon():
    pattern = GlobPattern(parse_glob("arn:*:s3:::a"), splits_fields=True)
    (combinations,) = [combination for combination in match_combinations([pattern]) if combination.vector]
    assert combinations.text.count(":") == 5


def test_a_star_in_the_last_field_matches_colons():
    patterns = [
        GlobPattern(parse_glob("arn:aws:logs:r:1:*"), splits_fields=True),
        GlobPattern(parse_glob("arn:aws:logs:r:1:a:b"), splits_fields=True),
    ]
    assert {combination.vector for combination in match_combinations(patterns)} >= {0b01, 0b11}


def test_patterns_with_too_many_states_raise():
    with pytest.raises(TooManyCombinations):
        list(match_combinations([GlobPattern(parse_glob("*a" + "?" * 20)), GlobPattern(parse_glob("*b" + "?" * 20))]))
