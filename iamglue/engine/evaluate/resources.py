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


def resource_test(element: MatchList, reading: ResourceMatchOptions, *, variables: bool) -> RequestTest:
    """Whether the element matches the resource of a request; `variables` is False in version 2008-10-17."""
    if not element.negated and any(map(is_single_star, element.values)):
        return lambda _request: True
    exact = frozenset(value for value in element.values if not _is_special(value))
    # A variable without a value matches nothing; whether NotResource then matches is said nowhere.
    null = None if element.negated else False
    others = [value for value in element.values if value not in exact]
    tests = [pattern_test(value, reading, variables=variables, null=null) for value in others]
    if element.negated:
        return lambda request: request.resource not in exact and opposite(any_of(test(request) for test in tests))
    if not tests:
        return lambda request: request.resource in exact
    if len(tests) == 1 and not exact:
        return tests[0]
    return lambda request: request.resource in exact or any_of(test(request) for test in tests)


def pattern_test(pattern: str, reading: ResourceMatchOptions, *, variables: bool, null: Truth = False) -> RequestTest:
    """Whether one Resource pattern matches; `null` is the answer for a variable without a value."""
    if "${" in pattern:
        return _variable_test(pattern, reading, variables=variables, null=null)
    fields = split_arn_fields(pattern)
    if len(fields) == ARN_FIELD_COUNT and not any(map(has_wildcard, fields[:-1])):
        return _whole_test(pattern)
    if len(fields) == ARN_FIELD_COUNT and not reading.star_crosses_colons:
        return _fields_test(fields)
    return lambda request: _matches(pattern, request.resource, reading)


def _whole_test(pattern: str) -> RequestTest:
    """The test of a pattern without a wildcard before the resource part: as a whole it crosses no colon there.

    Of many policies, most patterns are asked about other names only: they need not be taken apart.
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
    """The test of a pattern field by field: what its first fields fix is compared first, `*` alone not at all."""
    first = next(at for at, field in enumerate(fields) if has_wildcard(field) or "${" in field)
    prefix = "".join(f"{field}:" for field in fields[:first])
    matchers = tuple(
        (at, build_matcher(parse_glob(field))) for at, field in enumerate(fields) if at >= first and field != "*"
    )

    def test(request: Request) -> bool:
        if not request.resource.startswith(prefix):
            return False
        texts = request.resource.split(":", ARN_FIELD_COUNT - 1)
        if len(texts) != ARN_FIELD_COUNT:
            return False
        for at, match in matchers:  # noqa: SIM110 - a generator takes longer than the matching
            if not match(texts[at]):
                return False
        return True

    return test


def _is_special(value: str) -> bool:
    return "${" in value or has_wildcard(value) or len(split_arn_fields(value)) < ARN_FIELD_COUNT


@lru_cache(maxsize=65536)
def _matches(pattern: str, resource: str, reading: ResourceMatchOptions) -> bool:
    return resource_matches(pattern, resource, reading)


def glob_tester(pieces: Pieces) -> Matcher:
    """Pieces of a policy's string as a glob; only what the policy itself writes acts as a wildcard."""
    return build_matcher(glob_from_pieces(pieces))


def _variable_test(pattern: str, reading: ResourceMatchOptions, *, variables: bool, null: Truth) -> RequestTest:
    fields = pattern_fields(pattern, reading)
    if fields is None:
        return lambda _request: False
    # Variables are replaced after the fifth colon only; before it they are text that no ARN holds.
    tests = [
        text_test(
            field,
            glob_tester,
            variables=variables and (at == ARN_FIELD_COUNT - 1 or not has_variables(field)),
            null=null,
            possible=glob_tester,
        )
        for at, field in enumerate(fields)
    ]

    def test(request: Request) -> Truth:
        texts = split_arn_fields(request.resource)
        if len(texts) != ARN_FIELD_COUNT:
            # A whole-ARN parameter may stand for any resource.
            return request.resource == pattern
        return all_of(each(text, request.lowercase_context) for each, text in zip(tests, texts, strict=True))

    return test
