"""Patterns found by their beginnings and ends: none that covers or meets a pattern is passed over."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from iamglue.policy.arns import resource_covers, resource_intersects
from iamglue.policy.patterns.pattern_index import PatternIndex
from iamglue.policy.patterns.wildcards import covers, intersects

TEXTS = st.text(st.sampled_from("ab*?"), min_size=1, max_size=6) | st.sampled_from(
    ["a${*}b", "${aws:x}b", "a$b", "a${aws:x}", "${?}a", "a}b", "*a}b", "*${*}b"]
)
FIELDS = st.sampled_from(["", "*", "a", "a*", "?b"])
ARNS = st.lists(FIELDS, min_size=1, max_size=6).map(lambda fields: ":".join(["arn", *fields]))


@given(st.lists(TEXTS, max_size=8), TEXTS)
def test_every_pattern_that_covers_or_meets_one_is_found(patterns, wanted):
    heads = PatternIndex(patterns)
    assert {each for each in patterns if covers(each, wanted)} <= set(heads.possible_covers(wanted))
    assert {each for each in patterns if intersects(each, wanted)} <= set(heads.possible_overlaps(wanted))


@given(st.lists(ARNS, max_size=8), ARNS)
@example(["arn::*"], "arn:")
def test_every_arn_pattern_that_covers_or_meets_one_is_found(patterns, wanted):
    heads = PatternIndex(patterns)
    assert {each for each in patterns if resource_covers(each, wanted)} <= set(heads.possible_covers(wanted))
    assert {each for each in patterns if resource_intersects(each, wanted)} <= set(heads.possible_overlaps(wanted))


def test_few_of_many_patterns_are_held_against_one():
    heads = PatternIndex(f"s3:Get*{number:05}x" for number in range(8000))
    assert list(heads.possible_covers("s3:GetObject00007x")) == ["s3:Get*00007x"]
    assert list(heads.possible_covers("s3:Get*00007x")) == ["s3:Get*00007x"]
