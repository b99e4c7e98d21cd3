"""Representative values of one condition key: one for each combination of results of the tests on it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from ipaddress import ip_address, ip_network
from itertools import pairwise

from iamglue.catalog.condition_key_lookup import find_condition_key
from iamglue.catalog.services import ARRAY_PREFIX
from iamglue.engine.evaluate.numbers_and_dates import parse_number, parse_timestamp
from iamglue.engine.evaluate.operators import NEGATED_TO_POSITIVE, parse_base64
from iamglue.engine.solve.automaton import GlobPattern, TooManyCombinations, match_combinations
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.conditions import Condition
from iamglue.policy.patterns.globs import ANY_CHARACTER, Glob, glob_from_pieces, parse_glob
from iamglue.policy.patterns.variables import Token, TokenKind, tokenize

_ARN_OPERATORS = ("ArnEquals", "ArnLike")
_BOOLEANS = ("true", "false")
NEVER_EMPTY = ("Numeric", "Date", "IPAddress", "Bool")
_FAMILY_OF_TYPE = {"Numeric": "Numeric", "Date": "Date", "IPAddress": "IpAddress"}
_NO_VALUE = "no such value"
_ANY_TEXT = GlobPattern(parse_glob("?*"))
_ANY_ARN = GlobPattern(parse_glob("arn:*:*:*:*:*"), splits_fields=True)


class _TooLongNumbers(Exception):
    """Policies compare with numbers that are too long to compute with."""


def type_of(key: str) -> str:
    """The type of the key in AWS's reference; empty if the reference does not list the key."""
    known_key = find_condition_key(key)
    return known_key.type if known_key else ""


def exact_glob(value: str, *, escapes: bool) -> Glob:
    """A glob in which `*` and `?` are ordinary characters; with `escapes`, `${...}` keeps its meaning."""
    if escapes and "${" in value:
        return parse_glob("".join(map(_escape_wildcards, tokenize(value))))
    return glob_from_pieces([(value, True)])


def _escape_wildcards(token: Token) -> str:
    """The text with `*` and `?` of literal parts as `${*}` and `${?}`."""
    is_literal = token.kind in (TokenKind.LITERAL, TokenKind.MALFORMED)
    return token.text.replace("*", "${*}").replace("?", "${?}") if is_literal else token.text


def representative_values(key: str, tests: Sequence[Condition], *, escapes: bool) -> tuple[list[str], str]:
    """Values such that every other value has the same test results as one of them; and why they may be incomplete.

    The empty value is left out. `escapes` is whether `${*}` and similar sequences stand for a character.
    """
    key_type = type_of(key)
    if key_type.removeprefix(ARRAY_PREFIX) == "Bool":
        return list(_BOOLEANS), ""
    by_family: dict[str, list[Condition]] = {}
    for test in tests:
        by_family.setdefault(_family(test), []).append(test)
    by_family.pop("Null", None)
    texts: list[str] = []
    incomplete_reason = ""
    for family, members in by_family.items():
        try:
            texts += _FAMILIES[family](members, escapes)
            # A key with the type number, date or address never has values of another type.
            is_complete = family in (_FAMILY_OF_TYPE.get(key_type, "text"), "Binary")
            texts += [] if is_complete else [_NO_VALUE]
        except TooManyCombinations:
            incomplete_reason = f"too many combinations of patterns for {key}"
        except _TooLongNumbers:
            incomplete_reason = f"{key} is compared with numbers that are too long"
    if len(by_family) > 1:
        incomplete_reason = incomplete_reason or f"{key} is compared as {' and as '.join(sorted(by_family))}"
    return texts or [_NO_VALUE], incomplete_reason


def _family(test: Condition) -> str:
    """The kind of comparison of a test: text, number, date, address, bytes or Null."""
    base = NEGATED_TO_POSITIVE.get(test.operator.base, test.operator.base)
    return next((name for name in ("Numeric", "Date", "IpAddress", "Binary", "Null") if base.startswith(name)), "text")


def _policy_values(tests: Iterable[Condition]) -> list[str]:
    """The policy values of all tests."""
    return [value for test in tests for value in test.values]


def _text_values(tests: list[Condition], escapes: bool) -> list[str]:
    """Values for tests that compare text."""
    patterns = [pattern for test in tests for value in test.values for pattern in _glob_patterns(test, value, escapes)]
    # AWS does not document how ARN operators treat a text that is not an ARN, so ARNs are tried as well.
    needs_arns = any(
        NEGATED_TO_POSITIVE.get(test.operator.base, test.operator.base) in _ARN_OPERATORS for test in tests
    )
    if not any(
        pattern.ignores_case or pattern.glob.star_bits or ANY_CHARACTER in pattern.glob.letters for pattern in patterns
    ):
        literals = [text for text in dict.fromkeys("".join(pattern.glob.letters) for pattern in patterns) if text]
        unused = next(text for text in _unused_texts() if text not in literals and f"arn:aws::::{text}" not in literals)
        return [*literals, unused, *([f"arn:aws::::{unused}"] if needs_arns else [])]
    distinct_patterns = list(dict.fromkeys(patterns))
    alternatives = [(_ANY_TEXT,), *([(_ANY_ARN,)] if needs_arns else [])]
    return [
        combination.text
        for required in alternatives
        for combination in match_combinations(distinct_patterns, *required)
    ]


def _unused_texts() -> Iterable[str]:
    """Texts to choose from for a value that no test names."""
    yield "other"
    yield from (f"other{number}" for number in range(1_000_000))


def _glob_patterns(test: Condition, value: str, escapes: bool) -> list[GlobPattern]:
    """One policy value as globs; an ARN pattern of fewer than six fields as each of its interpretations."""
    base = NEGATED_TO_POSITIVE.get(test.operator.base, test.operator.base)
    if base == "StringLike":
        return [GlobPattern(parse_glob(value, escapes=escapes))]
    if base not in _ARN_OPERATORS:
        return [
            GlobPattern(exact_glob(value, escapes=escapes), ignores_case=base in ("StringEqualsIgnoreCase", "Bool"))
        ]
    missing = ARN_FIELD_COUNT - len(split_arn_fields(value))
    pattern = parse_glob(value + ":*" * missing, escapes=escapes)
    as_string = [GlobPattern(parse_glob(value, escapes=escapes))] if missing else []
    return [GlobPattern(pattern, splits_fields=True), *as_string]


def _ordered_values(parse: Callable[[str], object]) -> Callable[[list[Condition], bool], list[str]]:
    """Values for tests that compare numbers or dates: each policy value, and one in each interval."""

    def texts(tests: list[Condition], _escapes: bool) -> list[str]:
        points = sorted(
            {number for value in _policy_values(tests) if (number := _as_decimal(parse(value))) is not None}
        )
        if not points:
            return []
        middles = [(low + high) / 2 for low, high in pairwise(points)]
        all_points = {points[0] - 1, *points, *middles, points[-1] + 1}
        texts = [text for point in sorted(all_points) if (text := _ordered_text(point, parse))]
        if len(texts) < 2 * len(points) + 1:
            raise _TooLongNumbers  # a sum was rounded, or cannot be written
        return texts

    return texts


def _ordered_text(point: Decimal, parse: Callable[[str], object]) -> str | None:
    """A text that is parsed as this number. Where dates are compared, four digits alone are a year."""
    return next((text for text in (f"{point:f}", f"{point:f}.0") if parse(text) == point), None)


def _as_decimal(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def _address_values(tests: list[Condition], _escapes: bool) -> list[str]:
    """The first address of each range in which no network begins or ends."""
    starts = {4: {0}, 6: {0}}
    for value in _policy_values(tests):
        try:
            network = ip_network(value, strict=False)
        except ValueError:
            continue
        starts[network.version] |= {int(network.network_address), int(network.broadcast_address) + 1}
    texts = []
    for version, limit in ((4, 1 << 32), (6, 1 << 128)):
        for address_number in sorted(starts[version]):
            if address_number < limit:
                # IPv6 addresses such as 0 are built from 16 bytes, because a small integer is read as IPv4.
                address = ip_address(address_number if version == 4 else address_number.to_bytes(16, "big"))
                texts.append(str(address))
    return texts


def _binary_values(tests: list[Condition], _escapes: bool) -> list[str]:
    """The policy values that are bytes in base64, and others."""
    written = [value for value in dict.fromkeys(_policy_values(tests)) if parse_base64(value) is not None]
    known = {parse_base64(value) for value in written}
    other = next(text for text in _unused_texts() if text.encode() not in known)
    return [*written, b64encode(other.encode()).decode()]


_FAMILIES: dict[str, Callable[[list[Condition], bool], list[str]]] = {
    "text": _text_values,
    "Numeric": _ordered_values(parse_number),
    "Date": _ordered_values(parse_timestamp),
    "IpAddress": _address_values,
    "Binary": _binary_values,
}
