"""What a request may hold under one condition key, as far as the tests on it can tell: one case for each difference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import ip_address, ip_network
from itertools import pairwise, product

from iamglue.access.budget import Exhausted, remembered, spend
from iamglue.access.conditions import condition_test
from iamglue.access.moments import moment, number
from iamglue.access.operators import POSITIVE
from iamglue.access.substitution import has_variables
from iamglue.access.tracks import TooMany, Track, combinations
from iamglue.access.truth import Truth, all_of, any_of
from iamglue.catalog.global_keys import condition_key
from iamglue.iam.conditions import Condition
from iamglue.iam.globs import ANY, Glob, glob, glob_of
from iamglue.iam.inclusion import includes

# More sets of values of one key than this are not looked at.
_SETS = 20_000
# More steps than this are not taken for one key.
_STEPS = 300_000
# So many tests are looked at in a step.
_TESTS = 4
_NO_VALUE = "no such value"
_FRESH = "~"
# The empty text is left out: AWS takes a key with nothing in it for a key that is not there.
_SOME_TEXT = Track(glob("?*"))
_SOME_ARN = Track(glob("arn:*:*:*:*:*"), fields=True)
_Rows = dict[tuple[str, ...], tuple[Truth, ...]]
_POSSIBLE: dict[Truth, tuple[bool, ...]] = {True: (True,), False: (False,), None: (False, True)}


@dataclass(frozen=True, slots=True)
class KeyCase:
    """`values` of a key (none: the request does not carry it), and what each test then says.

    `sure` is False for a guess: AWS does not say what a test comes to, or a variable's value decides.
    """

    values: tuple[str, ...]
    truths: tuple[bool, ...]
    sure: bool = True


@dataclass(frozen=True, slots=True)
class KeyCases:
    """The cases of a key; `gap` says why there may be others, and is empty when there are none."""

    cases: tuple[KeyCase, ...]
    gap: str = ""


@remembered(_STEPS)
def key_cases(key: str, tests: tuple[Condition, ...], *, variables: bool) -> KeyCases:
    """The cases of `key` (in lower case) for conditions on it; `variables`: whether `${...}` is one."""
    try:
        return _key_cases(key, tests, variables=variables)
    except Exhausted:
        return KeyCases((), f"too many values of {key} to tell apart")


def _key_cases(key: str, tests: tuple[Condition, ...], *, variables: bool) -> KeyCases:
    free = [at for at, test in enumerate(tests) if variables and any(map(has_variables, test.values))]
    if free:
        return _with_free(key, tests, free)
    checks = [condition_test(test, variables=variables) for test in tests]
    texts, gap = _values(key, tests, escapes=variables)

    compared = sum(len(test.values) for test in tests)

    def row(*values: str) -> tuple[Truth, ...]:
        spend(1 + compared)
        return tuple(check({key: values} if values else {}) for check in checks)

    rows: _Rows = {(): row()}
    rows.update({(text,): row(text) for text in texts})
    if _takes_several(key, tests):
        singles = {truths: values[0] for values, truths in reversed(rows.items()) if values}
        # Two values that all tests take alike are still two: a test without a set operator then fails.
        again = (
            next((other for other in _alike(text) if row(other) == truths), "") for truths, text in singles.items()
        )
        pairs = {(text, other): row(text, other) for text, other in zip(singles.values(), again, strict=True) if other}
        try:
            rows.update(pairs | _sets(tests, singles))
        except TooMany:
            gap = gap or f"too many sets of values of {key}"
    return KeyCases(_cases(rows), gap)


def _alike(text: str) -> list[str]:
    return [f"{text}{_FRESH}", f"{_FRESH}{text}", f"{text[:-1]}{_FRESH}", f"{_FRESH}{text[1:]}"]


def _cases(rows: _Rows) -> tuple[KeyCase, ...]:
    """One case for each row of truths. What is not known may be either, but the same for all that ask the same."""
    found: dict[tuple[bool, ...], KeyCase] = {}
    for values, truths in sorted(rows.items(), key=lambda row: None in row[1]):
        sure = None not in truths
        for choice in product(*(_POSSIBLE[truth] for truth in truths)):
            spend(1 + len(truths) // _TESTS)
            found.setdefault(choice, KeyCase(values, choice, sure))
    return tuple(found.values())


def _takes_several(key: str, tests: tuple[Condition, ...]) -> bool:
    known = condition_key(key)
    return known.multivalued if known else any(test.operator.quantifier for test in tests)


def _sets(tests: tuple[Condition, ...], singles: dict[tuple[Truth, ...], str]) -> _Rows:
    """Sets of two and more values, one for each outcome: built up a value at a time until nothing new comes out.

    Under ForAnyValue one value decides, under ForAllValues each must pass, and without either nothing does.
    """
    combine = [_combined(test) for test in tests]
    found: dict[tuple[Truth, ...], tuple[str, ...]] = {}
    grown: dict[tuple[Truth, ...], tuple[str, ...]] = {truths: (value,) for truths, value in singles.items()}
    while grown:
        larger: dict[tuple[Truth, ...], tuple[str, ...]] = {}
        for truths, values in grown.items():
            for other, value in singles.items():
                if value in values:
                    continue
                spend(1 + len(tests))
                both = tuple(join((one, two)) for join, one, two in zip(combine, truths, other, strict=True))
                if both not in found:
                    found[both] = larger[both] = (*values, value)
        grown = larger
        if len(found) > _SETS:
            raise TooMany
    return {values: truths for truths, values in found.items()}


def _combined(test: Condition) -> Callable[[Iterable[Truth]], Truth]:
    """What a test says of several values, from what it says of each."""
    if test.operator.base == "Null" or not test.values or test.operator.quantifier == "ForAnyValue":
        return any_of
    return all_of if test.operator.quantifier == "ForAllValues" else _neither


def _neither(_truths: Iterable[Truth]) -> Truth:
    return False


def _with_free(key: str, tests: tuple[Condition, ...], free: list[int]) -> KeyCases:
    """Tests against what a variable stands for may come out either way, whatever the key holds."""
    sure = tuple(test for at, test in enumerate(tests) if at not in free)
    known = key_cases(key, sure, variables=True)
    found: dict[tuple[bool, ...], KeyCase] = {}
    for case in known.cases:
        for choice in range(1 << len(free)):
            spend(len(tests) * len(free))
            truths = iter(case.truths)
            row = [bool(choice >> free.index(at) & 1) if at in free else next(truths) for at in range(len(tests))]
            if _is_possible(tests, row, free):
                found.setdefault(tuple(row), KeyCase(case.values, tuple(row), sure=False))
    return KeyCases(tuple(found.values()), known.gap)


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
    return glob(value) if base == "StringLike" else _exact(value, escapes=True)


def _exact(value: str, *, escapes: bool) -> Glob:
    """A text whose `*` and `?` are ordinary characters, though `${...}` means what it means elsewhere."""
    if escapes and "${" in value:
        return glob(value.replace("*", "${*}").replace("?", "${?}"))
    return glob_of([(value, True)])


def _values(key: str, tests: Sequence[Condition], *, escapes: bool) -> tuple[list[str], str]:
    """Values such that any other makes the tests come out as one of these does; and why not, where not."""
    known = condition_key(key)
    by_family: dict[str, list[Condition]] = {}
    for test in tests:
        by_family.setdefault(_family(test), []).append(test)
    by_family.pop("Null", None)
    texts: list[str] = []
    gap = ""
    for family, members in by_family.items():
        try:
            for text in _FAMILIES[family](members, escapes):
                texts.append(text)  # noqa: PERF402 - what was found stays when the search for more is given up
            # A key of AWS's that is a number, a date or an address never holds anything else.
            texts += [] if family == _TYPES.get(known.type if known else "", "text") else [_NO_VALUE]
        except TooMany:
            gap = f"too many combinations of patterns for {key}"
    if len(by_family) > 1:
        gap = gap or f"{key} is compared as {' and as '.join(sorted(by_family))}"
    return texts or [_NO_VALUE], gap


def _family(test: Condition) -> str:
    base = POSITIVE.get(test.operator.base, test.operator.base)
    return next((name for name in ("Numeric", "Date", "IpAddress", "Null") if base.startswith(name)), "text")


def _wanted(tests: Iterable[Condition]) -> list[str]:
    return [value for test in tests for value in test.values]


def _texts(tests: list[Condition], escapes: bool) -> Iterable[str]:
    tracks = [_track(test, value, escapes) for test in tests for value in test.values]
    # AWS does not say what ARN operators make of a text that is no ARN, so texts that are ARNs are looked at besides.
    arns = any(track.fields for track in tracks)
    if not any(track.folded or track.glob.loops or ANY in track.glob.letters for track in tracks):
        literals = [text for text in dict.fromkeys("".join(track.glob.letters) for track in tracks) if text]
        other = next(text for text in _names() if text not in literals and f"arn:aws::::{text}" not in literals)
        return [*literals, other, *([f"arn:aws::::{other}"] if arns else [])]
    told = list(dict.fromkeys(tracks))
    wanted = [(_SOME_TEXT,), *([(_SOME_ARN,)] if arns else [])]
    return (found.text for required in wanted for found in combinations(told, *required))


def _names() -> Iterable[str]:
    yield "other"
    yield from (f"other{at}" for at in range(1_000_000))


def _track(test: Condition, value: str, escapes: bool) -> Track:
    base = POSITIVE.get(test.operator.base, test.operator.base)
    if base in ("ArnEquals", "ArnLike", "StringLike"):
        return Track(glob(value, escapes=escapes), fields=base != "StringLike")
    return Track(_exact(value, escapes=escapes), folded=base in ("StringEqualsIgnoreCase", "Bool"))


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


_TYPES = {"Numeric": "Numeric", "Date": "Date", "IPAddress": "IpAddress"}
_FAMILIES: dict[str, Callable[[list[Condition], bool], Iterable[str]]] = {
    "text": _texts,
    "Numeric": _between(number),
    "Date": _between(moment),
    "IpAddress": _addresses,
}
