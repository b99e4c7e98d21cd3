"""The Resource element of a statement as a test of requests."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.substitution import Pieces, has_variables, text_test
from iamglue.engine.evaluate.truth import Truth, all_of, any_of, opposite
from iamglue.policy.arns import (
    ARN_FIELD_COUNT,
    ResourceMatchOptions,
    is_single_star,
    pattern_fields,
    resource_matches,
    split_arn_fields,
)
from iamglue.policy.model import MatchList
from iamglue.policy.patterns.globs import glob_from_pieces, parse_glob
from iamglue.policy.patterns.matching import Matcher, build_matcher
from iamglue.policy.patterns.wildcards import has_wildcard

RequestTest = Callable[[Request], Truth]
_WILD = re.compile(r"[*?]")


def resource_test(element: MatchList, match_options: ResourceMatchOptions, *, variables: bool) -> RequestTest:
    """The test of the element on a request's resource. `variables` is False for version 2008-10-17."""
    if not element.negated and any(map(is_single_star, element.values)):
        return lambda _request: True
    exact = frozenset(value for value in element.values if not _needs_pattern_test(value))
    # A variable without a value matches nothing. AWS does not document whether NotResource then matches.
    null_result = None if element.negated else False
    other_values = [value for value in element.values if value not in exact]
    tests = [pattern_test(value, match_options, variables=variables, null_result=null_result) for value in other_values]
    if element.negated:
        return lambda request: request.resource not in exact and opposite(any_of(test(request) for test in tests))
    if not tests:
        return lambda request: request.resource in exact
    if len(tests) == 1 and not exact:
        return tests[0]
    return lambda request: request.resource in exact or any_of(test(request) for test in tests)


def pattern_test(
    pattern: str, match_options: ResourceMatchOptions, *, variables: bool, null_result: Truth = False
) -> RequestTest:
    """The test of one Resource pattern. `null_result` is the result for a variable without a value."""
    if "${" in pattern:
        return _pattern_with_variables_test(pattern, match_options, variables=variables, null_result=null_result)
    fields = split_arn_fields(pattern)
    if len(fields) == ARN_FIELD_COUNT and not any(map(has_wildcard, fields[:-1])):
        return _whole_pattern_test(pattern)
    if len(fields) == ARN_FIELD_COUNT and not match_options.star_crosses_colons:
        return _fields_test(fields)
    return lambda request: _cached_resource_matches(pattern, request.resource, match_options)


def _whole_pattern_test(pattern: str) -> RequestTest:
    """The test of a pattern without wildcards before the resource part, matched as one glob.

    The glob is compiled on first use: in large policies, most patterns are only compared by their literal prefix.
    """
    start = _WILD.split(pattern, maxsplit=1)[0]
    match: Matcher | None = None

    def test(request: Request) -> bool:
        nonlocal match
        if not request.resource.startswith(start):
            return False
        if match is None:
            match = build_matcher(parse_glob(pattern))
        return match(request.resource)

    return test


def _fields_test(fields: tuple[str, ...]) -> RequestTest:
    """The test of a pattern field by field. It compares the literal prefix first and skips fields that are `*`."""
    first_wildcard = next(index for index, field in enumerate(fields) if has_wildcard(field) or "${" in field)
    prefix = "".join(f"{field}:" for field in fields[:first_wildcard])
    matchers = tuple(
        (index, build_matcher(parse_glob(field)))
        for index, field in enumerate(fields)
        if index >= first_wildcard and field != "*"
    )

    def test(request: Request) -> bool:
        if not request.resource.startswith(prefix):
            return False
        resource_fields = request.resource.split(":", ARN_FIELD_COUNT - 1)
        if len(resource_fields) != ARN_FIELD_COUNT:
            return False
        for index, match in matchers:  # noqa: SIM110 - a generator is slower than the matching itself
            if not match(resource_fields[index]):
                return False
        return True

    return test


def _needs_pattern_test(value: str) -> bool:
    """Whether a string comparison cannot decide the pattern: it has wildcards, variables or too few fields."""
    return "${" in value or has_wildcard(value) or len(split_arn_fields(value)) < ARN_FIELD_COUNT


@lru_cache(maxsize=65536)
def _cached_resource_matches(pattern: str, resource: str, match_options: ResourceMatchOptions) -> bool:
    return resource_matches(pattern, resource, match_options)


def glob_tester(pieces: Pieces) -> Matcher:
    """Build a matcher from pieces of a policy's string. Only the policy's own `*` and `?` are wildcards."""
    return build_matcher(glob_from_pieces(pieces))


def _pattern_with_variables_test(
    pattern: str, match_options: ResourceMatchOptions, *, variables: bool, null_result: Truth
) -> RequestTest:
    """The test of a Resource pattern with `${...}`."""
    fields = pattern_fields(pattern, match_options)
    if fields is None:
        return lambda _request: False
    # AWS replaces variables only after the fifth colon; before it they are literal text, which no ARN contains.
    tests = [
        text_test(
            field,
            glob_tester,
            variables=variables and (index == ARN_FIELD_COUNT - 1 or not has_variables(field)),
            null_result=null_result,
            possible_match=glob_tester,
        )
        for index, field in enumerate(fields)
    ]

    def test(request: Request) -> Truth:
        resource_fields = split_arn_fields(request.resource)
        if len(resource_fields) != ARN_FIELD_COUNT:
            # A parameter for a whole ARN can be any resource, so only the same text is sure to match.
            return request.resource == pattern
        return all_of(
            field_test(text, request.lowercase_context) for field_test, text in zip(tests, resource_fields, strict=True)
        )

    return test
