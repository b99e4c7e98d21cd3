"""The cases of a condition key: sets of values, one for each combination of test results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from iamglue.catalog.services import ARRAY_PREFIX
from iamglue.engine.evaluate.conditions import condition_test
from iamglue.engine.evaluate.substitution import has_variables
from iamglue.engine.evaluate.truth import Truth, all_of, any_of
from iamglue.engine.solve.automaton import TooManyCombinations
from iamglue.engine.solve.budget import Exhausted, budgeted_cache, spend
from iamglue.engine.solve.key_values import NEVER_EMPTY, exact_glob, representative_values, type_of
from iamglue.policy.conditions import Condition
from iamglue.policy.patterns.globs import Glob, parse_glob
from iamglue.policy.patterns.inclusion import glob_includes

# The limit of sets of values for one key.
_MAX_SETS = 20_000
# The limit of steps for one key.
_MAX_STEPS = 300_000
# The number of tests that are evaluated in one step.
_TESTS_PER_STEP = 4
_EXTRA_LETTER = "~"
_EMPTY = ""
_TruthRows = dict[tuple[str, ...], tuple[Truth, ...]]
_POSSIBLE_TRUTHS: dict[Truth, tuple[bool, ...]] = {True: (True,), False: (False,), None: (False, True)}


@dataclass(frozen=True, slots=True)
class KeyCase:
    """`values` of a key (empty if the request does not have it), and the result of each test.

    `is_certain` is False if AWS does not document a result, or if it depends on the value of a variable.
    """

    values: tuple[str, ...]
    truths: tuple[bool, ...]
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class KeyCases:
    """The cases of a key. `incomplete_reason` explains why there may be others; it is empty if there are none."""

    cases: tuple[KeyCase, ...]
    incomplete_reason: str = ""


@budgeted_cache(_MAX_STEPS)
def key_cases(key: str, tests: tuple[Condition, ...], *, variables: bool) -> KeyCases:
    """The cases of `key` (in lower case) for the conditions on it. `variables` is whether `${...}` is a variable."""
    try:
        return _compute_key_cases(key, tests, variables=variables)
    except Exhausted:
        return KeyCases((), f"too many values of {key} to distinguish")


def _compute_key_cases(key: str, tests: tuple[Condition, ...], *, variables: bool) -> KeyCases:
    """`key_cases` without a budget. May raise Exhausted."""
    variable_tests = [index for index, test in enumerate(tests) if variables and any(map(has_variables, test.values))]
    if variable_tests:
        return _cases_with_variables(key, tests, variable_tests)
    test_functions = [condition_test(test, variables=variables) for test in tests]
    texts, incomplete_reason = representative_values(key, tests, escapes=variables)

    value_count = sum(len(test.values) for test in tests)

    def row(*values: str) -> tuple[Truth, ...]:
        spend(1 + value_count)
        return tuple(test_function({key: values} if values else {}) for test_function in test_functions)

    rows: _TruthRows = {(): row()}
    rows.update({(text,): row(text) for text in texts})
    if _may_have_several_values(key, tests):
        singles = {truths: values[0] for values, truths in reversed(rows.items()) if values}
        # Two values with equal test results are still two values: a test without a set operator is then undecided.
        similar = (
            next((similar_text for similar_text in _similar_texts(text) if row(similar_text) == truths), "")
            for truths, text in singles.items()
        )
        pairs = {
            (text, similar_text): row(text, similar_text)
            for text, similar_text in zip(singles.values(), similar, strict=True)
            if similar_text
        }
        try:
            rows.update(pairs | _value_sets(tests, singles))
        except TooManyCombinations:
            incomplete_reason = incomplete_reason or f"too many sets of values of {key}"
    rows.update(_empty_value_rows(key, rows, row))
    return KeyCases(_cases_of_rows(key, rows), incomplete_reason)


def _empty_value_rows(key: str, rows: _TruthRows, row: Callable[..., tuple[Truth, ...]]) -> _TruthRows:
    """The rows with an empty value: alone, and together with other values if there are such rows.

    An empty value is a value: `s3:prefix` is empty in a request for the root of a bucket. Among other values it is
    compared like them; alone, set operators treat it as a missing key.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/walkthrough1.html
    """
    if type_of(key).removeprefix(ARRAY_PREFIX) in NEVER_EMPTY:
        return {}
    has_several = any(len(values) > 1 for values in rows)
    non_empty = [values for values in rows if values and has_several]
    return {values: row(*values) for values in [(_EMPTY,), *((*values, _EMPTY) for values in non_empty)]}


def _similar_texts(text: str) -> list[str]:
    """Texts that differ from `text` by one letter."""
    return [
        f"{text}{_EXTRA_LETTER}",
        f"{_EXTRA_LETTER}{text}",
        f"{text[:-1]}{_EXTRA_LETTER}",
        f"{_EXTRA_LETTER}{text[1:]}",
    ]


def _cases_of_rows(key: str, rows: _TruthRows) -> tuple[KeyCase, ...]:
    """One case for each row of truths. An undecided result may be either, but the same for equal tests."""
    cases: dict[tuple[bool, ...], KeyCase] = {}
    certain = {values: None not in truths and _is_documented(key, values) for values, truths in rows.items()}
    for values, truths in sorted(rows.items(), key=lambda row: not certain[row[0]]):
        for choice in product(*(_POSSIBLE_TRUTHS[truth] for truth in truths)):
            spend(1 + len(truths) // _TESTS_PER_STEP)
            cases.setdefault(choice, KeyCase(values, choice, certain[values]))
    return tuple(cases.values())


def _is_documented(key: str, values: tuple[str, ...]) -> bool:
    """Whether, by AWS's reference, requests can certainly have these values under the key.

    It is undecided for an empty value of a key that is an ARN, and for several values of a key that a service's
    reference calls single-valued, because the reference is wrong about some of these keys.
    """
    key_type = type_of(key)
    if _EMPTY in values and key_type.endswith("ARN"):
        return False
    return len(values) < 2 or not key_type or key_type.startswith(ARRAY_PREFIX)


def _may_have_several_values(key: str, tests: tuple[Condition, ...]) -> bool:
    """Whether requests may have several values under the key."""
    key_type = type_of(key)
    if key_type.startswith(ARRAY_PREFIX):
        return True
    with_set_operator = any(test.operator.quantifier for test in tests)
    return with_set_operator and not (key_type and key.startswith("aws:"))


def _value_sets(tests: tuple[Condition, ...], singles: dict[tuple[Truth, ...], str]) -> _TruthRows:
    """Sets of two or more values, one for each combination of results, built by adding values until no result is new.

    Under ForAnyValue one value decides, under ForAllValues every value must pass, and without a set operator the result
    is undecided.
    """
    combine = [_combination_of(test) for test in tests]
    values_by_truths: dict[tuple[Truth, ...], tuple[str, ...]] = {}
    latest: dict[tuple[Truth, ...], tuple[str, ...]] = {truths: (value,) for truths, value in singles.items()}
    while latest:
        larger: dict[tuple[Truth, ...], tuple[str, ...]] = {}
        for truths, values in latest.items():
            for value_truths, value in singles.items():
                if value in values:
                    continue
                spend(1 + len(tests))
                combined = tuple(
                    combine_pair((truth, value_truth))
                    for combine_pair, truth, value_truth in zip(combine, truths, value_truths, strict=True)
                )
                if combined not in values_by_truths:
                    values_by_truths[combined] = larger[combined] = (*values, value)
        latest = larger
        if len(values_by_truths) > _MAX_SETS:
            raise TooManyCombinations
    return {values: truths for truths, values in values_by_truths.items()}


def _combination_of(test: Condition) -> Callable[[Iterable[Truth]], Truth]:
    """How the results for single values combine to the result for all of them."""
    if test.operator.base == "Null" or not test.values or test.operator.quantifier == "ForAnyValue":
        return any_of
    return all_of if test.operator.quantifier == "ForAllValues" else _unknown


def _unknown(_truths: Iterable[Truth]) -> Truth:
    """Undecided, whatever the single results are."""
    return None


def _cases_with_variables(key: str, tests: tuple[Condition, ...], variable_tests: list[int]) -> KeyCases:
    """Cases if some tests compare with a variable: those tests may have any result, whatever the value of the key."""
    other_tests = tuple(test for index, test in enumerate(tests) if index not in variable_tests)
    other_cases = key_cases(key, other_tests, variables=True)
    cases: dict[tuple[bool, ...], KeyCase] = {}
    for case in other_cases.cases:
        for choice in range(1 << len(variable_tests)):
            spend(len(tests) * len(variable_tests))
            truths = iter(case.truths)
            row = [
                bool(choice >> variable_tests.index(index) & 1) if index in variable_tests else next(truths)
                for index in range(len(tests))
            ]
            if _is_possible(tests, row, variable_tests):
                cases.setdefault(tuple(row), KeyCase(case.values, tuple(row), is_certain=False))
    return KeyCases(tuple(cases.values()), other_cases.incomplete_reason)


def _is_possible(tests: tuple[Condition, ...], row: Sequence[bool], variable_tests: list[int]) -> bool:
    """False if one test holds and another one that it implies does not."""
    return not any(
        row[index] and not row[other_index] and _implies(tests[index], tests[other_index])
        for index in range(len(tests))
        for other_index in range(len(tests))
        if index != other_index and (index in variable_tests or other_index in variable_tests)
    )


def _implies(test: Condition, general_test: Condition) -> bool:
    """Whether `test` holding means that `general_test` holds, for conditions on the same key."""
    operators = {"StringEquals", "StringLike"}
    if test.operator.base not in operators or general_test.operator.base not in operators:
        return False
    if (
        test.operator.quantifier != general_test.operator.quantifier
        or test.operator.if_exists != general_test.operator.if_exists
    ):
        return False
    if not test.values or not general_test.values:
        # `[]` does not mean that no value matches: without a set operator it matches every request.
        return False
    globs = [_text_glob(general_test.operator.base, value) for value in general_test.values]
    return all(
        any(glob_includes(glob, _text_glob(test.operator.base, value)) for glob in globs) for value in test.values
    )


def _text_glob(base: str, value: str) -> Glob:
    """A policy value of StringLike or StringEquals as a glob."""
    return parse_glob(value) if base == "StringLike" else exact_glob(value, escapes=True)
