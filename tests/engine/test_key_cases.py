"""The cases of a condition key, against requests drawn at random."""

import pytest
from hypothesis import given, settings
from support.access_strategies import KEYS
from support.floors import counts, floor
from support.seeded import seeded, some

from iamglue.engine.evaluate.conditions import condition_test
from iamglue.engine.solve.key_cases import key_cases
from iamglue.policy.conditions import Condition, Operator, build_condition


def random_condition(chance, key):
    bases, values, _ = KEYS[key]
    if chance.random() < 0.3:
        return build_condition("Null", key, "true")
    operator = Operator(chance.choice(bases), chance.choice(["", "ForAllValues", "ForAnyValue"]), chance.random() < 0.5)
    return Condition(operator, key, some(chance, [value for value in values if "${aws" not in value], 3))


def random_conditions(chance, key):
    return tuple(dict.fromkeys(random_condition(chance, key) for _ in range(chance.randint(1, 4))))


def random_request_values(chance, key):
    texts = [text for text in KEYS[key][2] if text]
    return tuple(chance.sample(texts, chance.randint(0, 3 if key in ("aws:TagKeys", "custom:key") else 1)))


def random_case(chance):
    """A key, conditions on it, and the values that some requests have of it."""
    key = chance.choice(sorted(set(KEYS) - {"aws:CurrentTime", "s3:max-keys", "aws:SourceIp"}))
    requests = [random_request_values(chance, key) for _ in range(chance.randint(5, 15))]
    return key, random_conditions(chance, key), requests


def random_conditions_on_a_key(chance):
    key = chance.choice(sorted(KEYS))
    return key, random_conditions(chance, key)


@floor(0.01)
@settings(deadline=None, max_examples=300)
@given(seeded(random_case))
def test_the_values_of_every_request_have_a_case(drawn):
    key, tests, requests = drawn
    lower = key.lower()
    cases = key_cases(lower, tests, variables=True)
    known_truths = {case.truths for case in cases.cases}
    test_functions = [condition_test(test, variables=True) for test in tests]
    for values in requests:
        context = {lower: values} if values else {}
        truths = tuple(test_function(context) for test_function in test_functions)
        if counts(None not in truths and not cases.incomplete_reason):
            assert truths in known_truths, values


@floor(0.01)
@settings(deadline=None)
@given(seeded(random_conditions_on_a_key))
def test_a_certain_case_has_the_results_of_its_values(drawn):
    key, tests = drawn
    test_functions = [condition_test(test, variables=True) for test in tests]
    for case in key_cases(key.lower(), tests, variables=True).cases:
        if counts(case.is_certain):
            context = {key.lower(): case.values} if case.values else {}
            assert tuple(test_function(context) for test_function in test_functions) == case.truths


@pytest.mark.parametrize(
    ("low", "high", "count"),
    [("10.0.0.0/8", "10.1.0.0/16", 3), ("10.0.0.0/8", "11.0.0.0/8", 3), ("0.0.0.0/0", "10.0.0.0/8", 3)],
)
def test_networks_divide_the_addresses(low, high, count):
    tests = (build_condition("IpAddress", "aws:SourceIp", low), build_condition("IpAddress", "aws:SourceIp", high))
    assert len(key_cases("aws:sourceip", tests, variables=True).cases) == count


def test_numbers_between_two_limits_are_a_case_of_their_own():
    tests = (
        build_condition("NumericGreaterThan", "s3:max-keys", "5"),
        build_condition("NumericLessThan", "s3:max-keys", "6"),
    )
    assert (True, True) in {case.truths for case in key_cases("s3:max-keys", tests, variables=True).cases}


@pytest.mark.parametrize("limit", ["1970-01-01T01:00:00Z", "3599.5", "999", "10000"])
def test_seconds_of_four_digits_divide_the_dates(limit):
    tests = (build_condition("DateLessThan", "custom:date", limit), build_condition("DateEquals", "custom:date", limit))
    truths = {case.truths for case in key_cases("custom:date", tests, variables=True).cases}
    assert truths == {(True, False), (False, True), (False, False)}


@pytest.mark.parametrize("number", ["1e30", "1e60", "-1e999", "1.00000000000000000000000000000000000001"])
def test_numbers_that_are_too_long_to_compute_with_are_incomplete(number):
    tests = (build_condition("NumericGreaterThanEquals", "s3:max-keys", number),)
    cases = key_cases("s3:max-keys", tests, variables=True)
    assert cases.incomplete_reason or {(True,), (False,)} == {case.truths for case in cases.cases}


def test_a_condition_without_values_holds_although_one_with_a_variable_does_not():
    tests = (
        build_condition("StringEquals", "custom:key"),
        build_condition("StringEquals", "custom:key", "${aws:userid}"),
    )
    assert (True, False) in {case.truths for case in key_cases("custom:key", tests, variables=True).cases}


@pytest.mark.parametrize("named", ["arn:aws:s3:::a", "arn:aws:s3:::a*", "arn:aws:*:*:*:*"])
def test_a_value_that_no_pattern_matches_is_a_certain_case(named):
    tests = (build_condition("Null", "aws:SourceArn", "false"), build_condition("ArnNotLike", "aws:SourceArn", named))
    assert (True, True) in {
        case.truths for case in key_cases("aws:sourcearn", tests, variables=True).cases if case.is_certain
    }


def test_a_single_valued_key_never_has_two_values():
    tests = (
        build_condition("ForAnyValue:StringEquals", "aws:username", "a"),
        build_condition("ForAnyValue:StringEquals", "aws:username", "b"),
    )
    assert (True, True) not in {case.truths for case in key_cases("aws:username", tests, variables=True).cases}


def test_a_key_with_several_values_may_have_both():
    tests = (
        build_condition("ForAnyValue:StringEquals", "aws:TagKeys", "a"),
        build_condition("ForAnyValue:StringEquals", "aws:TagKeys", "b"),
    )
    assert (True, True) in {case.truths for case in key_cases("aws:tagkeys", tests, variables=True).cases}


def test_different_kinds_of_comparison_are_incomplete():
    tests = (
        build_condition("StringLike", "aws:PrincipalTag/a", "1*"),
        build_condition("NumericLessThan", "aws:PrincipalTag/a", "5"),
    )
    assert key_cases("aws:principaltag/a", tests, variables=True).incomplete_reason
