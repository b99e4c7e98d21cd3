"""Condition operators: whether one value of a request passes one of the values that a policy gives.

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

# Negated operators are the opposite of these.
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


def value_test(base: str, value: str, *, variables: bool, null: Truth) -> TextTest | None:
    """The test of one policy value under the positive operator `base`; None for an operator not known here.

    `null` is the answer when the policy value has a variable without a value, or cannot be read as what the
    operator compares: a negated operator must not turn that into a match.
    """
    if base in ("ArnEquals", "ArnLike"):
        return _arn_test(value, variables=variables, null=null)
    if base in _STRINGS:
        possible = glob_tester if base in ("StringEquals", "StringLike") else _anything
        return text_test(value, _STRINGS[base], variables=variables, null=null, possible=possible)
    if base not in _COMPARED:
        return None
    read, read_wanted, compare = _COMPARED[base]
    return _compared(read, read_wanted(value), compare, null)


def _equals(pieces: Pieces) -> Callable[[str], bool]:
    return pieces_text(pieces).__eq__


def _equals_without_case(pieces: Pieces) -> Callable[[str], bool]:
    wanted = pieces_text(pieces).lower()
    return lambda text: text.lower() == wanted


def _anything(_pieces: Pieces) -> Callable[[str], bool]:
    return lambda _text: True


_STRINGS = {"StringEquals": _equals, "StringEqualsIgnoreCase": _equals_without_case, "StringLike": glob_tester}


def _arn_test(value: str, *, variables: bool, null: Truth) -> TextTest:
    """ArnEquals and ArnLike are the same: six fields, each with wildcards of its own."""
    return text_test(value, partial(_arn_tester, null=null), variables=variables, null=null, possible=glob_tester)


def _arn_tester(pieces: Pieces, *, null: Truth) -> Callable[[str], Truth]:
    parts = _fields(pieces)
    fields = [glob_tester(tuple(part)) for part in parts]
    if len(fields) != ARN_FIELD_COUNT:
        return _short_arn_tester(pieces, fields, null=null)

    def test(text: str) -> Truth:
        return null if text.count(":") < ARN_FIELD_COUNT - 1 else _match_fields(fields, text)

    return test


def _short_arn_tester(pieces: Pieces, fields: list[Matcher], *, null: Truth) -> Callable[[str], Truth]:
    """The test of a pattern of fewer than six fields: not known for a text that some reading of it matches.

    No AWS page says how ARN operators read such a pattern. It may be read as StringLike reads it, or with `*` in the
    place of the missing fields.
    """
    as_string = glob_tester(pieces)

    def test(text: str) -> Truth:
        return None if as_string(text) or _match_fields(fields, text) else null

    return test


def _match_fields(fields: list[Matcher], text: str) -> bool:
    """Whether the first fields of `text` match `fields`; any text may stand in the fields after them."""
    texts = text.split(":", ARN_FIELD_COUNT - 1)
    return len(texts) >= len(fields) and all(match(part) for match, part in zip(fields, texts, strict=False))


def _fields(pieces: Pieces) -> list[list[Piece]]:
    """The fields of an ARN pattern; a variable's value may hold colons, a whole ARN even."""
    fields: list[list[Piece]] = [[]]
    for text, literal in pieces:
        first, *others = text.split(":", ARN_FIELD_COUNT - len(fields))
        fields[-1].append((first, literal))
        fields += [[(other, literal)] for other in others]
    return fields


def _compared(read: Callable[[str], Any], wanted: Any, compare: Callable[[Any, Any], bool], null: Truth) -> TextTest:
    def test(text: str, _context: RequestContext) -> Truth:
        given = read(text)
        return null if given is None or wanted is None else compare(given, wanted)

    return test


_BOOLEANS = {"true": True, "false": False}


def parse_boolean(text: str) -> bool | None:
    """`true` or `false` in any case; None for anything else."""
    return _BOOLEANS.get(text) if text in _BOOLEANS else _BOOLEANS.get(text.lower())


def _binary(text: str) -> bytes | None:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


@lru_cache(maxsize=4096)
def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


_Read = Callable[[str], Any]
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
# Operator -> how the request's value is read, how the policy's is, and how the two are compared.
_COMPARED: dict[str, tuple[_Read, _Read, Callable[[Any, Any], bool]]] = {
    **{f"Numeric{name}": (parse_number, parse_number, compare) for name, compare in _COMPARISONS.items()},
    **{f"Date{name}": (parse_timestamp, parse_timestamp, compare) for name, compare in _COMPARISONS.items()},
    "Bool": (parse_boolean, parse_boolean, operator.eq),
    "BinaryEquals": (_binary, _binary, operator.eq),
    "IpAddress": (_address, _network, lambda given, wanted: given in wanted),
}
