"""Globs read side by side, against enumeration."""

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
    return sum(1 << at for at, pattern in enumerate(patterns) if matches(pattern, text))


@given(st.lists(PATTERNS, max_size=4))
def test_every_combination_that_a_short_text_has_is_found(patterns):
    found = {each.vector for each in match_combinations([GlobPattern(parse_glob(pattern)) for pattern in patterns])}
    assert {vector(patterns, text) for text in SHORT} <= found


@given(st.lists(PATTERNS, max_size=4))
def test_each_text_has_the_combination_that_it_shows(patterns):
    for each in match_combinations([GlobPattern(parse_glob(pattern)) for pattern in patterns]):
        assert vector(patterns, each.text) == each.vector


@given(st.lists(PATTERNS, max_size=3), PATTERNS)
def test_with_a_shape_only_texts_of_it_are_found(patterns, shape):
    tracks = [GlobPattern(parse_glob(pattern)) for pattern in patterns]
    found = {each.vector: each.text for each in match_combinations(tracks, GlobPattern(parse_glob(shape)))}
    assert all(matches(shape, text) for text in found.values())
    assert {vector(patterns, text) for text in SHORT if matches(shape, text)} <= set(found)


@given(st.lists(st.text("abAB", max_size=3), max_size=3))
def test_folded_tracks_do_not_mind_case(texts):
    found = {
        each.vector for each in match_combinations([GlobPattern(parse_glob(text), ignores_case=True) for text in texts])
    }
    spelt = {text.swapcase() for text in texts} | {text.title() for text in texts}
    seen = {sum(1 << at for at, each in enumerate(texts) if each.lower() == text.lower()) for text in spelt}
    assert seen <= found


def test_a_star_in_the_first_fields_of_an_arn_crosses_no_colon():
    pattern = GlobPattern(parse_glob("arn:*:s3:::a"), splits_fields=True)
    (found,) = [each for each in match_combinations([pattern]) if each.vector]
    assert found.text.count(":") == 5


def test_a_star_in_the_last_field_crosses_colons():
    two = [
        GlobPattern(parse_glob("arn:aws:logs:r:1:*"), splits_fields=True),
        GlobPattern(parse_glob("arn:aws:logs:r:1:a:b"), splits_fields=True),
    ]
    assert {each.vector for each in match_combinations(two)} >= {0b01, 0b11}


def test_patterns_that_ask_for_too_many_states_are_given_up():
    with pytest.raises(TooManyCombinations):
        list(match_combinations([GlobPattern(parse_glob("*a" + "?" * 20)), GlobPattern(parse_glob("*b" + "?" * 20))]))
