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

from iamglue.access.moments import moment, number
from iamglue.access.request import Context
from iamglue.access.resources import glob_tester
from iamglue.access.substitution import Piece, Pieces, TextTest, joined, text_test
from iamglue.access.truth import Truth
from iamglue.iam.arns import FIELDS

# Negated operators are the opposite of these.
POSITIVE = {
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
    return joined(pieces).__eq__


def _equals_without_case(pieces: Pieces) -> Callable[[str], bool]:
    wanted = joined(pieces).lower()
    return lambda text: text.lower() == wanted


def _anything(_pieces: Pieces) -> Callable[[str], bool]:
    return lambda _text: True


_STRINGS = {"StringEquals": _equals, "StringEqualsIgnoreCase": _equals_without_case, "StringLike": glob_tester}


def _arn_test(value: str, *, variables: bool, null: Truth) -> TextTest:
    """ArnEquals and ArnLike are the same: six fields, each with wildcards of its own."""
    return text_test(value, partial(_arn_tester, null=null), variables=variables, null=null, possible=glob_tester)


def _arn_tester(pieces: Pieces, *, null: Truth) -> Callable[[str], Truth]:
    fields = [glob_tester(tuple(field)) for field in _fields(pieces)]

    def test(text: str) -> Truth:
        texts = text.split(":", FIELDS - 1)
        if len(fields) != FIELDS or len(texts) != FIELDS:
            return null
        return all(match(part) for match, part in zip(fields, texts, strict=True))

    return test


def _fields(pieces: Pieces) -> list[list[Piece]]:
    """The fields of an ARN pattern; a variable's value may hold colons, a whole ARN even."""
    fields: list[list[Piece]] = [[]]
    for text, literal in pieces:
        first, *others = text.split(":", FIELDS - len(fields))
        fields[-1].append((first, literal))
        fields += [[(other, literal)] for other in others]
    return fields


def _compared(read: Callable[[str], Any], wanted: Any, compare: Callable[[Any, Any], bool], null: Truth) -> TextTest:
    def test(text: str, _context: Context) -> Truth:
        given = read(text)
        return null if given is None or wanted is None else compare(given, wanted)

    return test


_BOOLEANS = {"true": True, "false": False}


def truth_value(text: str) -> bool | None:
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
    **{f"Numeric{name}": (number, number, compare) for name, compare in _COMPARISONS.items()},
    **{f"Date{name}": (moment, moment, compare) for name, compare in _COMPARISONS.items()},
    "Bool": (truth_value, truth_value, operator.eq),
    "BinaryEquals": (_binary, _binary, operator.eq),
    "IpAddress": (_address, _network, lambda given, wanted: given in wanted),
}
