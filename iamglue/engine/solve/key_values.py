"""Values of one condition key that stand for all there are, as far as the tests on it can tell them apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from ipaddress import ip_address, ip_network
from itertools import pairwise

from iamglue.catalog.condition_key_lookup import find_condition_key
from iamglue.catalog.condition_key_types import ARRAY_PREFIX
from iamglue.engine.evaluate.numbers_and_dates import parse_number, parse_timestamp
from iamglue.engine.evaluate.operators import NEGATED_TO_POSITIVE
from iamglue.engine.solve.automaton import GlobPattern, TooManyCombinations, match_combinations
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.conditions import Condition
from iamglue.policy.patterns.globs import ANY_CHARACTER, Glob, glob_from_pieces, parse_glob
from iamglue.policy.patterns.variables import Token, TokenKind, tokenize

_ARN_OPERATORS = ("ArnEquals", "ArnLike")
_BOOLEANS = ("true", "false")
NEVER_EMPTY = ("Numeric", "Date", "IPAddress", "Bool")
_TYPES = {"Numeric": "Numeric", "Date": "Date", "IPAddress": "IpAddress"}
_NO_VALUE = "no such value"
_SOME_TEXT = GlobPattern(parse_glob("?*"))
_SOME_ARN = GlobPattern(parse_glob("arn:*:*:*:*:*"), splits_fields=True)


def type_of(key: str) -> str:
    """The type of the key in the reference's words; empty for a key that it does not list."""
    known = find_condition_key(key)
    return known.type if known else ""


def exact_glob(value: str, *, escapes: bool) -> Glob:
    """A text whose `*` and `?` are ordinary characters, though `${...}` means what it means elsewhere."""
    if escapes and "${" in value:
        return parse_glob("".join(map(_escaped, tokenize(value))))
    return glob_from_pieces([(value, True)])


def _escaped(token: Token) -> str:
    plain = token.kind in (TokenKind.LITERAL, TokenKind.MALFORMED)
    return token.text.replace("*", "${*}").replace("?", "${?}") if plain else token.text


def representative_values(key: str, tests: Sequence[Condition], *, escapes: bool) -> tuple[list[str], str]:
    """Values such that any other makes the tests come out as one of these does; and why not, where not.

    The empty value is left out. `escapes`: whether `${*}` and the like stand for a character.
    """
    kind = type_of(key)
    if kind.removeprefix(ARRAY_PREFIX) == "Bool":
        return list(_BOOLEANS), ""
    by_family: dict[str, list[Condition]] = {}
    for test in tests:
        by_family.setdefault(_family(test), []).append(test)
    by_family.pop("Null", None)
    texts: list[str] = []
    gap = ""
    for family, members in by_family.items():
        try:
            texts += _FAMILIES[family](members, escapes)
            # A key of AWS's that is a number, a date or an address never holds anything else.
            texts += [] if family == _TYPES.get(kind, "text") else [_NO_VALUE]
        except TooManyCombinations:
            gap = f"too many combinations of patterns for {key}"
    if len(by_family) > 1:
        gap = gap or f"{key} is compared as {' and as '.join(sorted(by_family))}"
    return texts or [_NO_VALUE], gap


def _family(test: Condition) -> str:
    base = NEGATED_TO_POSITIVE.get(test.operator.base, test.operator.base)
    return next((name for name in ("Numeric", "Date", "IpAddress", "Null") if base.startswith(name)), "text")


def _wanted(tests: Iterable[Condition]) -> list[str]:
    return [value for test in tests for value in test.values]


def _texts(tests: list[Condition], escapes: bool) -> list[str]:
    tracks = [track for test in tests for value in test.values for track in _tracks(test, value, escapes)]
    # AWS does not say what ARN operators make of a text that is no ARN, so texts that are ARNs are looked at besides.
    arns = any(NEGATED_TO_POSITIVE.get(test.operator.base, test.operator.base) in _ARN_OPERATORS for test in tests)
    if not any(track.ignores_case or track.glob.star_bits or ANY_CHARACTER in track.glob.letters for track in tracks):
        literals = [text for text in dict.fromkeys("".join(track.glob.letters) for track in tracks) if text]
        other = next(text for text in _names() if text not in literals and f"arn:aws::::{text}" not in literals)
        return [*literals, other, *([f"arn:aws::::{other}"] if arns else [])]
    told = list(dict.fromkeys(tracks))
    wanted = [(_SOME_TEXT,), *([(_SOME_ARN,)] if arns else [])]
    return [found.text for required in wanted for found in match_combinations(told, *required)]


def _names() -> Iterable[str]:
    yield "other"
    yield from (f"other{at}" for at in range(1_000_000))


def _tracks(test: Condition, value: str, escapes: bool) -> list[GlobPattern]:
    """One policy value as globs; an ARN pattern of fewer than six fields as all that it may be read as."""
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


def _between(read: Callable[[str], object]) -> Callable[[list[Condition], bool], list[str]]:
    def texts(tests: list[Condition], _escapes: bool) -> list[str]:
        points = sorted({found for value in _wanted(tests) if (found := _decimal(read(value))) is not None})
        if not points:
            return []
        middles = [(low + high) / 2 for low, high in pairwise(points)]
        return [f"{at:f}" for at in (points[0] - 1, *points, *middles, points[-1] + 1)]

    return texts


def _decimal(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def _addresses(tests: list[Condition], _escapes: bool) -> list[str]:
    """The first address of each stretch in which no network begins or ends."""
    starts = {4: {0}, 6: {0}}
    for value in _wanted(tests):
        try:
            network = ip_network(value, strict=False)
        except ValueError:
            continue
        starts[network.version] |= {int(network.network_address), int(network.broadcast_address) + 1}
    texts = []
    for version, limit in ((4, 1 << 32), (6, 1 << 128)):
        for at in sorted(starts[version]):
            if at < limit:
                # The IPv6 address 0 and the like are written in full, so that they are not read as IPv4.
                address = ip_address(at if version == 4 else at.to_bytes(16, "big"))
                texts.append(str(address))
    return texts


_FAMILIES: dict[str, Callable[[list[Condition], bool], list[str]]] = {
    "text": _texts,
    "Numeric": _between(parse_number),
    "Date": _between(parse_timestamp),
    "IpAddress": _addresses,
}
