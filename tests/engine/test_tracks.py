"""Globs read side by side, against enumeration."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamglue.engine.solve.automaton import TooMany, Track, combinations
from iamglue.policy.patterns.globs import glob
from iamglue.policy.patterns.wildcards import matches

SHORT = ["".join(letters) for size in range(5) for letters in product("ab:x", repeat=size)]
PATTERNS = st.text("ab:*?", max_size=4)


def vector(patterns, text):
    return sum(1 << at for at, pattern in enumerate(patterns) if matches(pattern, text))


@given(st.lists(PATTERNS, max_size=4))
def test_every_combination_that_a_short_text_has_is_found(patterns):
    found = {each.vector for each in combinations([Track(glob(pattern)) for pattern in patterns])}
    assert {vector(patterns, text) for text in SHORT} <= found


@given(st.lists(PATTERNS, max_size=4))
def test_each_text_has_the_combination_that_it_shows(patterns):
    for each in combinations([Track(glob(pattern)) for pattern in patterns]):
        assert vector(patterns, each.text) == each.vector


@given(st.lists(PATTERNS, max_size=3), PATTERNS)
def test_with_a_shape_only_texts_of_it_are_found(patterns, shape):
    tracks = [Track(glob(pattern)) for pattern in patterns]
    found = {each.vector: each.text for each in combinations(tracks, Track(glob(shape)))}
    assert all(matches(shape, text) for text in found.values())
    assert {vector(patterns, text) for text in SHORT if matches(shape, text)} <= set(found)


@given(st.lists(st.text("abAB", max_size=3), max_size=3))
def test_folded_tracks_do_not_mind_case(texts):
    found = {each.vector for each in combinations([Track(glob(text), folded=True) for text in texts])}
    spelt = {text.swapcase() for text in texts} | {text.title() for text in texts}
    seen = {sum(1 << at for at, each in enumerate(texts) if each.lower() == text.lower()) for text in spelt}
    assert seen <= found


def test_a_star_in_the_first_fields_of_an_arn_crosses_no_colon():
    pattern = Track(glob("arn:*:s3:::a"), fields=True)
    (found,) = [each for each in combinations([pattern]) if each.vector]
    assert found.text.count(":") == 5


def test_a_star_in_the_last_field_crosses_colons():
    two = [Track(glob("arn:aws:logs:r:1:*"), fields=True), Track(glob("arn:aws:logs:r:1:a:b"), fields=True)]
    assert {each.vector for each in combinations(two)} >= {0b01, 0b11}


def test_patterns_that_ask_for_too_many_states_are_given_up():
    with pytest.raises(TooMany):
        list(combinations([Track(glob("*a" + "?" * 20)), Track(glob("*b" + "?" * 20))]))
