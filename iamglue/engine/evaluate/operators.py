"""Condition operators: tests of one request value against one policy value.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import binascii
import operator
from base64 import b64decode
from collections.abc import Callable
from functools import lru_cache, partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from iamglue.engine.evaluate.numbers_and_dates import parse_number, parse_timestamp
from iamglue.engine.evaluate.request import RequestContext
from iamglue.engine.evaluate.resources import glob_tester
from iamglue.engine.evaluate.substitution import Piece, Pieces, TextTest, pieces_text, text_test
from iamglue.engine.evaluate.truth import Truth
from iamglue.policy.arns import ARN_FIELD_COUNT
from iamglue.policy.patterns.matching import Matcher
from iamglue.policy.patterns.variables import has_parameters

# Each negated operator returns the opposite of its positive one.
NEGATED_TO_POSITIVE = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def value_test(base: str, value: str, *, variables: bool, null_result: Truth) -> TextTest | None:
    """The test of one policy value under the positive operator `base`; None for an unknown operator.

    A number, date, Boolean or address that is a deployment parameter is undecided.

    `null_result` is the result if the policy value has a variable without a value, or is not of the type that the
    operator compares. A negated operator must not turn that into a match.
    """
    if base in ("ArnEquals", "ArnLike"):
        return _arn_test(value, variables=variables, null_result=null_result)
    if base in _STRING_TESTERS:
        possible_tester = glob_tester if base in ("StringEquals", "StringLike") else _match_all_tester
        return text_test(
            value, _STRING_TESTERS[base], variables=variables, null_result=null_result, possible_match=possible_tester
        )
    if base not in _COMPARED_OPERATORS:
        return None
    if variables and has_parameters(value):
        return lambda _text, _context: None  # the value is known only at deployment
    parse, parse_policy_value, compare = _COMPARED_OPERATORS[base]
    return _comparison_test(parse, parse_policy_value(value), compare, null_result)


def _equals_tester(pieces: Pieces) -> Callable[[str], bool]:
    """A test for the same text."""
    return pieces_text(pieces).__eq__


def _equals_ignore_case_tester(pieces: Pieces) -> Callable[[str], bool]:
    expected = pieces_text(pieces).lower()
    return lambda text: text.lower() == expected


def _match_all_tester(_pieces: Pieces) -> Callable[[str], bool]:
    """A tester for operators whose patterns cannot exclude any value in advance."""
    return lambda _text: True


_STRING_TESTERS = {
    "StringEquals": _equals_tester,
    "StringEqualsIgnoreCase": _equals_ignore_case_tester,
    "StringLike": glob_tester,
}


def _arn_test(value: str, *, variables: bool, null_result: Truth) -> TextTest:
    """The test of ArnEquals and ArnLike, which are the same: each of the six fields may have wildcards."""
    return text_test(
        value,
        partial(_arn_tester, null_result=null_result),
        variables=variables,
        null_result=null_result,
        possible_match=glob_tester,
    )


def _arn_tester(pieces: Pieces, *, null_result: Truth) -> Callable[[str], Truth]:
    """A test of an ARN pattern, field by field."""
    parts = _split_pieces(pieces)
    fields = [glob_tester(tuple(part)) for part in parts]
    if len(fields) != ARN_FIELD_COUNT:
        return _short_arn_tester(pieces, fields, null_result=null_result)

    def test(text: str) -> Truth:
        return null_result if text.count(":") < ARN_FIELD_COUNT - 1 else _match_fields(fields, text)

    return test


def _short_arn_tester(pieces: Pieces, fields: list[Matcher], *, null_result: Truth) -> Callable[[str], Truth]:
    """The test of a pattern with fewer than six fields: undecided for a text that one interpretation matches.

    AWS does not document how ARN operators interpret such a pattern. It may match like StringLike, or like a pattern
    with `*` for each missing field.
    """
    as_string = glob_tester(pieces)

    def test(text: str) -> Truth:
        return None if as_string(text) or _match_fields(fields, text) else null_result

    return test


def _match_fields(fields: list[Matcher], text: str) -> bool:
    """Whether the first fields of `text` match `fields`; later fields may have any value."""
    texts = text.split(":", ARN_FIELD_COUNT - 1)
    return len(texts) >= len(fields) and all(match(part) for match, part in zip(fields, texts, strict=False))


def _split_pieces(pieces: Pieces) -> list[list[Piece]]:
    """The fields of an ARN pattern. The value of a variable may contain colons, even a whole ARN."""
    fields: list[list[Piece]] = [[]]
    for text, literal in pieces:
        first_field, *other_fields = text.split(":", ARN_FIELD_COUNT - len(fields))
        fields[-1].append((first_field, literal))
        fields += [[(field, literal)] for field in other_fields]
    return fields


def _comparison_test(
    parse: Callable[[str], Any], policy_value: Any, compare: Callable[[Any, Any], bool], null_result: Truth
) -> TextTest:
    """A test that parses the request value and compares it; `null_result` if either value is not of the type."""

    def test(text: str, _context: RequestContext) -> Truth:
        request_value = parse(text)
        return null_result if request_value is None or policy_value is None else compare(request_value, policy_value)

    return test


_BOOLEANS = {"true": True, "false": False}


def parse_boolean(text: str) -> bool | None:
    """Parse `true` or `false`, in any case; None for any other text."""
    return _BOOLEANS.get(text) if text in _BOOLEANS else _BOOLEANS.get(text.lower())


def parse_base64(text: str) -> bytes | None:
    """The decoded bytes; None for invalid Base64."""
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


@lru_cache(maxsize=4096)
def _parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """An IP address; None for any other text."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def _parse_network(text: str) -> IPv4Network | IPv6Network | None:
    """An IP network; host bits are ignored. None for any other text."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


_Parser = Callable[[str], Any]
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
# Operator -> parser of the request value, parser of the policy value, comparison.
_COMPARED_OPERATORS: dict[str, tuple[_Parser, _Parser, Callable[[Any, Any], bool]]] = {
    **{f"Numeric{name}": (parse_number, parse_number, compare) for name, compare in _COMPARISONS.items()},
    **{f"Date{name}": (parse_timestamp, parse_timestamp, compare) for name, compare in _COMPARISONS.items()},
    "Bool": (parse_boolean, parse_boolean, operator.eq),
    "BinaryEquals": (parse_base64, parse_base64, operator.eq),
    "IpAddress": (_parse_address, _parse_network, lambda address, network: address in network),
}
