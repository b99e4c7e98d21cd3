"""What a request may hold under one condition key, as far as the tests on it can tell: one case for each difference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from ipaddress import ip_address, ip_network
from itertools import combinations as subsets
from itertools import pairwise, product
from math import comb

from iamglue.access.conditions import condition_test
from iamglue.access.moments import moment, number
from iamglue.access.operators import POSITIVE
from iamglue.access.substitution import has_variables
from iamglue.access.tracks import TooMany, Track, combinations
from iamglue.access.truth import Truth
from iamglue.catalog.global_keys import condition_key
from iamglue.iam.conditions import Condition
from iamglue.iam.globs import ANY, Glob, glob, glob_of
from iamglue.iam.inclusion import includes

# More sets of values of one key than this are not looked at.
_SETS = 20_000
_NO_VALUE = "no such value"
_POSSIBLE: dict[Truth, tuple[bool, ...]] = {True: (True,), False: (False,), None: (False, True)}


@dataclass(frozen=True, slots=True)
class KeyCase:
    """`values` of a key (none: the request does not carry it), and what each test then says."""

    values: tuple[str, ...]
    truths: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class KeyCases:
    """The cases of a key; `gap` says why there may be others, and is empty when there are none."""

    cases: tuple[KeyCase, ...]
    gap: str = ""


@lru_cache(maxsize=16384)
def key_cases(key: str, tests: tuple[Condition, ...], *, variables: bool) -> KeyCases:
    """The cases of `key` (in lower case) for conditions on it; `variables`: whether `${...}` is one."""
    free = [at for at, test in enumerate(tests) if variables and any(map(has_variables, test.values))]
    if free:
        return _with_free(key, tests, free)
    checks = [condition_test(test, variables=variables) for test in tests]
    texts, gap = _values(tests, escapes=variables)
    found: dict[tuple[bool, ...], tuple[str, ...]] = {}

    def add(values: tuple[str, ...]) -> None:
        context = {key: values} if values else {}
        # What is not known may be either, but it is the same for all that ask the same.
        for truths in product(*(_POSSIBLE[check(context)] for check in checks)):
            found.setdefault(truths, values)

    add(())
    singles: dict[tuple[Truth, ...], str] = {}
    for text in texts:
        singles.setdefault(tuple(check({key: (text,)}) for check in checks), text)
    for text in singles.values():
        add((text,))
    sizes = range(2, _largest_set(key, tests) + 1)
    if sum(comb(len(singles), size) for size in sizes) > _SETS:
        return KeyCases(_cases(found), f"too many sets of values of {key}")
    for size in sizes:
        for chosen in subsets(singles.values(), size):
            add(chosen)
    return KeyCases(_cases(found), gap)


def _cases(found: dict[tuple[bool, ...], tuple[str, ...]]) -> tuple[KeyCase, ...]:
    return tuple(KeyCase(values, truths) for truths, values in found.items())


def _with_free(key: str, tests: tuple[Condition, ...], free: list[int]) -> KeyCases:
    """Tests against what a variable stands for may come out either way, whatever the key holds."""
    sure = tuple(test for at, test in enumerate(tests) if at not in free)
    known = key_cases(key, sure, variables=True)
    found: dict[tuple[bool, ...], tuple[str, ...]] = {}
    for case in known.cases:
        for choice in range(1 << len(free)):
            truths = iter(case.truths)
            row = [bool(choice >> free.index(at) & 1) if at in free else next(truths) for at in range(len(tests))]
            if _is_possible(tests, row, free):
                found.setdefault(tuple(row), case.values)
    return KeyCases(_cases(found), known.gap)


def _is_possible(tests: tuple[Condition, ...], row: Sequence[bool], free: list[int]) -> bool:
    """Not where one test holds and another, of the same kind, that covers it does not."""
    return not any(
        row[at] and not row[other] and _implies(tests[at], tests[other])
        for at in range(len(tests))
        for other in range(len(tests))
        if at != other and (at in free or other in free)
    )


def _implies(one: Condition, other: Condition) -> bool:
    kinds = {"StringEquals", "StringLike"}
    if one.operator.base not in kinds or other.operator.base not in kinds:
        return False
    if one.operator.quantifier != other.operator.quantifier or one.operator.if_exists != other.operator.if_exists:
        return False
    general = [_text_glob(other.operator.base, value) for value in other.values]
    return all(any(includes(each, _text_glob(one.operator.base, value)) for each in general) for value in one.values)


def _text_glob(base: str, value: str) -> Glob:
    return glob(value) if base == "StringLike" else glob(value.replace("*", "${*}").replace("?", "${?}"))


def _largest_set(key: str, tests: tuple[Condition, ...]) -> int:
    """How many values at once can make a difference: one for each test that looks at several."""
    known = condition_key(key)
    if known is not None and not known.multivalued:
        return 1
    quantified = sum(bool(test.operator.quantifier) for test in tests)
    return max(2, quantified) if quantified else 1


def _values(tests: Sequence[Condition], *, escapes: bool) -> tuple[list[str], str]:
    """Values such that any other makes the tests come out as one of these does; and why not, where not."""
    by_family: dict[str, list[Condition]] = {}
    for test in tests:
        by_family.setdefault(_family(test), []).append(test)
    by_family.pop("Null", None)
    texts: list[str] = []
    gap = ""
    for family, members in by_family.items():
        try:
            texts += _FAMILIES[family](members, escapes)
        except TooMany:
            gap = f"too many combinations of patterns for {tests[0].key}"
    if len(by_family) > 1:
        gap = gap or f"{tests[0].key} is compared as {' and as '.join(sorted(by_family))}"
    return texts or [_NO_VALUE], gap


def _family(test: Condition) -> str:
    base = POSITIVE.get(test.operator.base, test.operator.base)
    return next((name for name in ("Numeric", "Date", "IpAddress", "Null") if base.startswith(name)), "text")


def _wanted(tests: Iterable[Condition]) -> list[str]:
    return [value for test in tests for value in test.values]


def _texts(tests: list[Condition], escapes: bool) -> list[str]:
    tracks = [_track(test, value, escapes) for test in tests for value in test.values]
    if not any(track.folded or track.glob.loops or ANY in track.glob.letters for track in tracks):
        literals = list(dict.fromkeys("".join(track.glob.letters) for track in tracks))
        return [*literals, next(text for text in _names() if text not in literals)]
    return [found.text for found in combinations(list(dict.fromkeys(tracks))) if found.text] or [_NO_VALUE]


def _names() -> Iterable[str]:
    yield "other"
    yield from (f"other{at}" for at in range(1_000_000))


def _track(test: Condition, value: str, escapes: bool) -> Track:
    base = POSITIVE.get(test.operator.base, test.operator.base)
    if base in ("ArnEquals", "ArnLike", "StringLike"):
        return Track(glob(value, escapes=escapes), fields=base != "StringLike")
    plain = glob(value.replace("*", "${*}").replace("?", "${?}")) if escapes and "${" in value else None
    return Track(plain or glob_of([(value, True)]), folded=base in ("StringEqualsIgnoreCase", "Bool"))


def _between(read: Callable[[str], object]) -> Callable[[list[Condition], bool], list[str]]:
    def texts(tests: list[Condition], _escapes: bool) -> list[str]:
        points = sorted({found for value in _wanted(tests) if (found := _decimal(read(value))) is not None})
        if not points:
            return [_NO_VALUE]
        middles = [(low + high) / 2 for low, high in pairwise(points)]
        return [_NO_VALUE, *(f"{at:f}" for at in (points[0] - 1, *points, *middles, points[-1] + 1))]

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
    texts = [_NO_VALUE]
    for version, limit in ((4, 1 << 32), (6, 1 << 128)):
        for at in sorted(starts[version]):
            if at < limit:
                # The IPv6 address 0 and the like are written in full, so that they are not read as IPv4.
                address = ip_address(at if version == 4 else at.to_bytes(16, "big"))
                texts.append(str(address))
    return texts


_FAMILIES: dict[str, Callable[[list[Condition], bool], list[str]]] = {
    "text": _texts,
    "Numeric": _between(number),
    "Date": _between(moment),
    "IpAddress": _addresses,
}
