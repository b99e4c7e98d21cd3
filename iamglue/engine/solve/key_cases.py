"""What a request may hold under one condition key, as far as the tests on it can tell: one case for each difference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from iamglue.catalog.condition_key_types import ARRAY_PREFIX
from iamglue.engine.evaluate.conditions import condition_test
from iamglue.engine.evaluate.substitution import has_variables
from iamglue.engine.evaluate.truth import Truth, all_of, any_of
from iamglue.engine.solve.automaton import TooManyCombinations
from iamglue.engine.solve.budget import Exhausted, budgeted_cache, spend
from iamglue.engine.solve.key_values import NEVER_EMPTY, exact_glob, representative_values, type_of
from iamglue.policy.conditions import Condition
from iamglue.policy.patterns.globs import Glob, parse_glob
from iamglue.policy.patterns.inclusion import glob_includes

# More sets of values of one key than this are not looked at.
_SETS = 20_000
# More steps than this are not taken for one key.
_STEPS = 300_000
# So many tests are looked at in a step.
_TESTS = 4
_FRESH = "~"
_EMPTY = ""
_Rows = dict[tuple[str, ...], tuple[Truth, ...]]
_POSSIBLE: dict[Truth, tuple[bool, ...]] = {True: (True,), False: (False,), None: (False, True)}


@dataclass(frozen=True, slots=True)
class KeyCase:
    """`values` of a key (none: the request does not carry it), and what each test then says.

    `sure` is False for a guess: AWS does not say what a test comes to, or a variable's value decides.
    """

    values: tuple[str, ...]
    truths: tuple[bool, ...]
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class KeyCases:
    """The cases of a key; `gap` says why there may be others, and is empty when there are none."""

    cases: tuple[KeyCase, ...]
    incomplete_reason: str = ""


@budgeted_cache(_STEPS)
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
    texts, gap = representative_values(key, tests, escapes=variables)

    compared = sum(len(test.values) for test in tests)

    def row(*values: str) -> tuple[Truth, ...]:
        spend(1 + compared)
        return tuple(check({key: values} if values else {}) for check in checks)

    rows: _Rows = {(): row()}
    rows.update({(text,): row(text) for text in texts})
    if _takes_several(key, tests):
        singles = {truths: values[0] for values, truths in reversed(rows.items()) if values}
        # Two values that all tests take alike are still two: a test without a set operator is then not known.
        again = (
            next((other for other in _alike(text) if row(other) == truths), "") for truths, text in singles.items()
        )
        pairs = {(text, other): row(text, other) for text, other in zip(singles.values(), again, strict=True) if other}
        try:
            rows.update(pairs | _sets(tests, singles))
        except TooManyCombinations:
            gap = gap or f"too many sets of values of {key}"
    rows.update(_with_empty_value(key, rows, row))
    return KeyCases(_cases(key, rows), gap)


def _with_empty_value(key: str, rows: _Rows, row: Callable[..., tuple[Truth, ...]]) -> _Rows:
    """The rows with an empty value: alone, and beside other values where there are any.

    An empty value is a value: `s3:prefix` is empty in a request for the root of a bucket. Beside others it is compared
    as they are; alone, set operators take it for no value at all.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/walkthrough1.html
    """
    if type_of(key).removeprefix(ARRAY_PREFIX) in NEVER_EMPTY:
        return {}
    several = any(len(values) > 1 for values in rows)
    others = [values for values in rows if values and several]
    return {values: row(*values) for values in [(_EMPTY,), *((*values, _EMPTY) for values in others)]}


def _alike(text: str) -> list[str]:
    return [f"{text}{_FRESH}", f"{_FRESH}{text}", f"{text[:-1]}{_FRESH}", f"{_FRESH}{text[1:]}"]


def _cases(key: str, rows: _Rows) -> tuple[KeyCase, ...]:
    """One case for each row of truths. What is not known may be either, but the same for all that ask the same."""
    cases: dict[tuple[bool, ...], KeyCase] = {}
    sure = {values: None not in truths and _may_hold(key, values) for values, truths in rows.items()}
    for values, truths in sorted(rows.items(), key=lambda row: not sure[row[0]]):
        for choice in product(*(_POSSIBLE[truth] for truth in truths)):
            spend(1 + len(truths) // _TESTS)
            cases.setdefault(choice, KeyCase(values, choice, sure[values]))
    return tuple(cases.values())


def _may_hold(key: str, values: tuple[str, ...]) -> bool:
    """Whether requests surely may hold these values under the key, as far as AWS's reference says.

    Not known: an empty value of a key that is an ARN; several values of a key that a service's reference calls
    single-valued, as the reference is wrong about some of them.
    """
    kind = type_of(key)
    if _EMPTY in values and kind.endswith("ARN"):
        return False
    return len(values) < 2 or not kind or kind.startswith(ARRAY_PREFIX)


def _takes_several(key: str, tests: tuple[Condition, ...]) -> bool:
    kind = type_of(key)
    if kind.startswith(ARRAY_PREFIX):
        return True
    with_set_operator = any(test.operator.quantifier for test in tests)
    return with_set_operator and not (kind and key.startswith("aws:"))


def _sets(tests: tuple[Condition, ...], singles: dict[tuple[Truth, ...], str]) -> _Rows:
    """Sets of two and more values, one for each outcome: built up a value at a time until nothing new comes out.

    Under ForAnyValue one value decides, under ForAllValues each must pass, and without either it is not known.
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
            raise TooManyCombinations
    return {values: truths for truths, values in found.items()}


def _combined(test: Condition) -> Callable[[Iterable[Truth]], Truth]:
    """What a test says of several values, from what it says of each."""
    if test.operator.base == "Null" or not test.values or test.operator.quantifier == "ForAnyValue":
        return any_of
    return all_of if test.operator.quantifier == "ForAllValues" else _unknown


def _unknown(_truths: Iterable[Truth]) -> Truth:
    return None


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
                found.setdefault(tuple(row), KeyCase(case.values, tuple(row), is_certain=False))
    return KeyCases(tuple(found.values()), known.incomplete_reason)


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
    return all(
        any(glob_includes(each, _text_glob(one.operator.base, value)) for each in general) for value in one.values
    )


def _text_glob(base: str, value: str) -> Glob:
    return parse_glob(value) if base == "StringLike" else exact_glob(value, escapes=True)
