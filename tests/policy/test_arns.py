"""ARNs and patterns of ARNs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.floors import counts, floor
from support.rows import every_row

from iamglue.policy.arns import (
    Arn,
    ResourceMatchOptions,
    ShortArnRule,
    parse_arn,
    resource_covers,
    resource_intersects,
    resource_matches,
)
from iamglue.policy.patterns.wildcards import matches

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:orders"


def test_the_resource_part_keeps_its_colons_and_slashes():
    text = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/f:*"
    assert parse_arn(text) == Arn("aws", "logs", "eu-west-1", "123456789012", "log-group:/aws/lambda/f:*")
    assert str(parse_arn(text)) == text


@pytest.mark.parametrize("text", ["", "*", "arn", "arn:aws:s3", "arn:aws:s3:::"[:-1], "urn:aws:s3:::b", "s3://b/k"])
def test_what_has_not_six_fields_is_no_arn(text):
    assert parse_arn(text) is None


def test_colons_inside_a_variable_do_not_cut_an_arn():
    text = "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:q-${aws:username}"
    assert parse_arn(text) == Arn("aws", "sqs", "${AWS::Region}", "${AWS::AccountId}", "q-${aws:username}")


@every_row(
    "pattern, resource, expected, why",
    [
        ("*", "*", True, "a star alone matches a request on no resource"),
        ("arn:aws:sqs:*:*:*", "*", False, "an ARN pattern does not"),
        ("arn:*:*:*:*:*", QUEUE, True, "a star for every segment matches every ARN"),
        ("arn:aws:sqs:eu-*:123456789012:orders", QUEUE, True, "a star inside a segment"),
        ("arn:aws:sqs:eu-west-?:123456789012:orders", QUEUE, True, "a question mark inside a segment"),
        ("arn:aws:sqs:*:orders", QUEUE, False, "a star does not cross a colon before the resource part"),
        ("arn:aws:s*:orders", QUEUE, False, "nor does one at the end of the service"),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/x/y:z", True, "in the resource part a star crosses / and :"),
        ("arn:aws:s3:::b*", "arn:aws:s3:::b/x", True, "also without a slash"),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b", False, "objects are not the bucket"),
        ("arn:aws:s3:::b", "arn:aws:s3:::b/x", False, "the bucket is not its objects"),
        ("arn:aws:s3:::B", "arn:aws:s3:::b", False, "resources are compared with case"),
        ("arn:aws:s3:::a?c", "arn:aws:s3:::a/c", True, "a question mark matches a slash"),
        ("arn:aws:s3:::a?c", "arn:aws:s3:::ac", False, "a question mark is exactly one character"),
        ("arn:aws:s3:::a${*}", "arn:aws:s3:::ab", False, "an escaped star is a star"),
        ("${QueueArn}", "${QueueArn}", True, "a whole-ARN parameter is itself"),
    ],
)
def test_resources_match_segment_by_segment(pattern, resource, expected, why):
    assert resource_matches(pattern, resource) is expected, why


@pytest.mark.parametrize(
    ("short", "pattern", "expected"),
    [
        (ShortArnRule.FILL, "arn:aws:sqs", True),
        (ShortArnRule.FILL, "arn:aws:sqs:eu*", True),
        (ShortArnRule.FILL, "arn:aws:sns", False),
        (ShortArnRule.FILL_IF_WILDCARD, "arn:aws:sqs", False),
        (ShortArnRule.FILL_IF_WILDCARD, "arn:aws:s?s", True),
        (ShortArnRule.FILL_IF_TRAILING_STAR, "arn:aws:s?s", False),
        (ShortArnRule.FILL_IF_TRAILING_STAR, "arn:aws:sq*", True),
        (ShortArnRule.NO_MATCH, "arn:aws:sq*", False),
        (ShortArnRule.NO_MATCH, "*", True),
        (ShortArnRule.NO_MATCH, QUEUE, True),
    ],
)
def test_a_short_pattern_is_filled_with_stars_where_its_kind_of_policy_does_so(short, pattern, expected):
    assert resource_matches(pattern, QUEUE, ResourceMatchOptions(short_arns=short)) is expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("arn:aws:sqs:*:orders", True),
        ("arn:aws:s*:orders", True),
        ("arn:*:orders", True),
        ("arn:aws:sqs:*:*:orders", True),
        ("arn:aws:sqs:e*-1:*:orders", True),
        ("arn:aws:sqs:e*:orders", True),
        ("arn:aws:sqs:e*2:orders", False),
        ("arn:aws:sqs:*2:*:orders", False),
        ("arn:aws:sns:*:orders", False),
        ("arn:aws:sqs:*:bills", False),
    ],
)
def test_in_the_wide_reading_only_a_star_that_ends_a_segment_crosses_colons(pattern, expected):
    assert (
        resource_matches(pattern, QUEUE, ResourceMatchOptions(ShortArnRule.NO_MATCH, star_crosses_colons=True))
        is expected
    )


FIELDS = st.text("ab*?", max_size=3)
ARN_PATTERNS = st.builds(lambda *fields: ":".join(("arn", *fields)), *[FIELDS] * 5)
WORDS = st.text("ab", max_size=3)
ARNS = st.builds(lambda *fields: ":".join(("arn", *fields)), *[WORDS] * 4, st.text("ab:", max_size=4))


@given(ARN_PATTERNS, ARNS)
def test_the_wide_reading_matches_whatever_the_strict_one_does(pattern, arn):
    assert not resource_matches(pattern, arn) or resource_matches(
        pattern, arn, ResourceMatchOptions(star_crosses_colons=True)
    )


@given(ARN_PATTERNS, ARNS)
def test_the_wide_reading_matches_no_more_than_the_pattern_as_one_glob(pattern, arn):
    assert not resource_matches(pattern, arn, ResourceMatchOptions(star_crosses_colons=True)) or matches(pattern, arn)


@floor(0.01)
@given(ARN_PATTERNS, ARN_PATTERNS, ARNS)
def test_what_covers_a_pattern_matches_what_the_pattern_matches(general, specific, arn):
    if counts(resource_covers(general, specific) and resource_matches(specific, arn)):
        assert resource_matches(general, arn)


@floor(0.01)
@given(ARN_PATTERNS, ARN_PATTERNS, ARNS)
def test_patterns_that_match_one_resource_intersect(one, other, arn):
    if counts(resource_matches(one, arn) and resource_matches(other, arn)):
        assert resource_intersects(one, other)


def test_a_star_alone_covers_all_and_is_covered_by_itself_only():
    assert resource_covers("*", "arn:aws:s3:::b")
    assert resource_covers("**", "*")
    assert not resource_covers("arn:*:*:*:*:*", "*")
    assert resource_intersects("*", "arn:aws:s3:::b")


def test_a_pattern_that_can_match_nothing_is_covered_and_meets_nothing():
    reading = ResourceMatchOptions(short_arns=ShortArnRule.NO_MATCH)
    assert resource_covers("arn:aws:s3:::b", "arn:aws:s3", reading)
    assert not resource_covers("arn:aws:s3", "arn:aws:s3:::b", reading)
    assert not resource_intersects("arn:aws:s3", "arn:aws:s3:::b", reading)
