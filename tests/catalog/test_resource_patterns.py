"""Whether a Resource value may have an ARN format is decided fast, as comparing the patterns decides it."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from iamglue.catalog.resource_patterns import resource_pattern
from iamglue.catalog.service_arn_formats import service_arn_formats
from iamglue.catalog.services import service_prefixes
from iamglue.policy.patterns.wildcards import intersects

VARIABLE = re.compile(r"\$\{[^{}]*\}")
FORMATS = sorted({each.resource for service in service_prefixes() for each in service_arn_formats(service)})
# What may be in the place of a variable, and behind the resource part.
NAMES = ("x", "", "*", "?", "x*", "a/b", "a:b", "$", "${aws:username}", "${Name}")
ENDS = ("", "", "*", "?", "/x", "/*")


@given(st.sampled_from(FORMATS), st.sampled_from(FORMATS) | st.none(), st.data())
def test_a_format_may_match_what_its_pattern_and_the_value_both_match(resource, other, data):
    pattern = resource_pattern(resource)
    value = VARIABLE.sub(lambda _: data.draw(st.sampled_from(NAMES)), other or resource)
    value = value[: data.draw(st.integers(0, len(value)) | st.just(len(value)))] + data.draw(st.sampled_from(ENDS))
    assert pattern.pattern == VARIABLE.sub("?*", resource)
    assert pattern.may_match(value) is intersects(pattern.pattern, value)
