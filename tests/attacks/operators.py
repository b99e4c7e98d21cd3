"""What one condition operator says of one value: true, false, or None where AWS's pages do not say.

The page, unless another is named at its place:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
It imports nothing from iamglue: it is there to find iamglue's mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

Truth = bool | None
# A pattern as pieces: a text to be met letter by letter, or the wildcards `*` and `?`.
Piece = tuple[str, bool]
# Every negated operator, and the one that it negates.
NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
_ORDER = {
    "Equals": lambda value, wanted: value == wanted,
    "LessThan": lambda value, wanted: value < wanted,
    "LessThanEquals": lambda value, wanted: value <= wanted,
    "GreaterThan": lambda value, wanted: value > wanted,
    "GreaterThanEquals": lambda value, wanted: value >= wanted,
}
_ORDERED = [f"{family}{order}" for family in ("Numeric", "Date") for order in _ORDER]
OPERATORS = frozenset([*NEGATED, *NEGATED.values(), *_ORDERED, "Bool", "BinaryEquals"])
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,6})?Z)?")
_EPOCH = re.compile(r"[0-9]{9,10}")


def matches(operator: str, wanted: list[Piece], value: str) -> Truth:
    """Whether one value of a request matches one value of a policy, whose variables are filled in."""
    if operator == "StringLike":
        return like(wanted, value)
    if operator in ("ArnEquals", "ArnLike"):
        return _arn_like(wanted, value)
    text = "".join(piece for piece, _ in wanted)
    if operator in _TESTS:
        return _TESTS[operator](text, value)
    read = _number if operator.startswith("Numeric") else _date
    order = _ORDER.get(operator.removeprefix("Numeric").removeprefix("Date"))
    limit, found = read(text), read(value)
    return None if order is None or limit is None or found is None else order(found, limit)


def like(pattern: list[Piece], text: str) -> bool:
    """`*` is any run of characters, the empty one too, and `?` exactly one; case counts."""
    return _expression(tuple(pattern)).fullmatch(text) is not None


@lru_cache(maxsize=100_000)
def _expression(pattern: tuple[Piece, ...]) -> re.Pattern[str]:
    wild = {"*": ".*", "?": "."}
    letters = ((letter, literal) for piece, literal in pattern for letter in piece)
    whole = "".join(
        re.escape(letter) if literal else wild.get(letter, re.escape(letter)) for letter, literal in letters
    )
    return re.compile(whole, re.DOTALL)


def segments(pattern: list[Piece]) -> list[list[Piece]]:
    """The parts of an ARN pattern, six at most: only colons that the policy itself writes divide them."""
    parts: list[list[Piece]] = [[]]
    for piece, literal in pattern:
        if literal:
            parts[-1].append((piece, True))
            continue
        first, *others = piece.split(":", 6 - len(parts))
        parts[-1].append((first, False))
        parts += [[(other, False)] for other in others]
    return parts


def _arn_like(pattern: list[Piece], value: str) -> Truth:
    """Each of the six parts by itself.

    Of a pattern or a value with fewer parts no page says what becomes, but that text which neither the pattern as a
    whole nor the parts that it has fit is no match.
    """
    wanted, found = segments(pattern), value.split(":", 5)
    strange = any(literal and ":" in piece for part in wanted[:5] for piece, literal in part)
    parts = all(like(part, text) for part, text in zip(wanted, found, strict=False))
    if strange or len(found) < 6:
        return None
    if len(wanted) < 6:
        return None if parts or like(pattern, value) else False
    return parts


def _in_network(wanted: str, value: str) -> Truth:
    """Addresses of one family are in no network of the other."""
    try:
        network, address = ip_network(wanted), ip_address(value)
    except ValueError:
        return None
    if isinstance(network, IPv6Network) == isinstance(address, IPv4Address):
        mapped = address if isinstance(address, IPv6Address) else network.network_address
        return None if isinstance(mapped, IPv6Address) and mapped.ipv4_mapped else False
    return address in network


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _date(text: str) -> datetime | None:
    """ISO 8601 in UTC, a date alone, or seconds since 1970; other forms exist, and are left undecided here."""
    try:
        if _EPOCH.fullmatch(text):
            return datetime.fromtimestamp(int(text), UTC)
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _ignoring_case(wanted: str, value: str) -> Truth:
    return value.lower() == wanted.lower() if (value + wanted).isascii() else None


def _bool(wanted: str, value: str) -> Truth:
    pair = (value.lower(), wanted.lower())
    return pair[0] == pair[1] if all(word in ("true", "false") for word in pair) else None


_TESTS: dict[str, Callable[[str, str], Truth]] = {
    "StringEquals": str.__eq__,
    "StringEqualsIgnoreCase": _ignoring_case,
    "BinaryEquals": str.__eq__,
    "Bool": _bool,
    "IpAddress": _in_network,
}
