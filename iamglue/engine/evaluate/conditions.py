"""Conditions as tests of requests, with missing keys, multivalued keys and negated operators.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html (missing keys),
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from collections.abc import Callable

from iamglue.catalog.condition_key_types import is_multivalued_key
from iamglue.engine.evaluate.operators import NEGATED_TO_POSITIVE, parse_boolean, value_test
from iamglue.engine.evaluate.request import RequestContext
from iamglue.engine.evaluate.truth import Truth, all_of, any_of, opposite
from iamglue.policy.conditions import Condition, Operator

# Its argument is the context with key names in lower case.
ContextTest = Callable[[RequestContext], Truth]


def condition_test(condition: Condition, *, variables: bool) -> ContextTest:
    """The test of a condition. It returns None (undecided) for an unknown operator."""
    operator, key = condition.operator, condition.key.lower()
    if operator.base == "Null":
        return _null_test(operator, key, condition.values)
    passes = _values_test(condition, variables=variables)
    if passes is None:
        return lambda _context: None
    if not condition.values:
        return _empty_list_test(operator, key)
    if_missing = _missing_key_result(operator)
    if not operator.quantifier and is_multivalued_key(key):
        return _undefined_test(key, if_missing)
    if _is_membership(condition):
        return _membership_test(condition, if_missing)

    def test(context: RequestContext) -> Truth:
        request_values = context.get(key)
        if not request_values:
            return if_missing
        if len(request_values) == 1 and not operator.quantifier:
            return passes(request_values[0], context)
        return _multivalue_result(operator, request_values, lambda value: passes(value, context))

    return test


def _undefined_test(key: str, if_missing: Truth) -> ContextTest:
    """The test of a multivalued key without a set operator: undecided if the request has the key.

    AWS requires a set operator for such a key, but does not document the result without one.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    """
    return lambda context: None if context.get(key) else if_missing


def _is_membership(condition: Condition) -> bool:
    """Whether a set lookup decides the condition: StringEquals or StringNotEquals without variables."""
    plain = condition.operator.base in ("StringEquals", "StringNotEquals") and not condition.operator.quantifier
    return plain and not any("${" in value for value in condition.values)


def _membership_test(condition: Condition, if_missing: Truth) -> ContextTest:
    """A faster test for conditions that a set lookup decides."""
    key, values = condition.key.lower(), frozenset(condition.values)
    negated = condition.operator.base == "StringNotEquals"

    def test(context: RequestContext) -> Truth:
        request_values = context.get(key)
        if not request_values:
            return if_missing
        return (request_values[0] in values) is not negated if len(request_values) == 1 else None

    return test


def _multivalue_result(operator: Operator, request_values: tuple[str, ...], passes: Callable[[str], Truth]) -> Truth:
    """The result for several values of a key, or for one value under a set operator."""
    if not operator.quantifier:
        # AWS does not document the result for several values without a set operator.
        return None
    if operator.quantifier == "ForAllValues":
        # AWS treats the key as missing "if the context key value resolves to a null dataset, such as an empty string".
        return not any(request_values) or all_of(passes(value) for value in request_values)
    is_any_passing = any_of(passes(value) for value in request_values)
    # ForAnyValue returns false for "a null dataset". AWS does not document whether this holds for an empty string that
    # the policy itself lists.
    return is_any_passing if any(request_values) or is_any_passing is False else None


def _missing_key_result(operator: Operator) -> Truth:
    """The result for a key that the request does not have."""
    if operator.quantifier == "ForAllValues":
        return True
    if operator.quantifier == "ForAnyValue":
        # AWS's rules for `ForAnyValue` and for `...IfExists` contradict each other here.
        return None if operator.if_exists else False
    return operator.if_exists or operator.base in NEGATED_TO_POSITIVE


def _values_test(condition: Condition, *, variables: bool) -> Callable[[str, RequestContext], Truth] | None:
    """A test of one request value against all values of the condition; None for an unknown operator."""
    base = condition.operator.base
    negated = base in NEGATED_TO_POSITIVE
    # A null policy value never matches. For a negated operator the result is undecided: AWS's page describes a match,
    # but a policy simulator does not match.
    null_result = None if negated else False
    tests = []
    for value in condition.values:
        test = value_test(NEGATED_TO_POSITIVE.get(base, base), value, variables=variables, null_result=null_result)
        if test is None:
            return None
        tests.append(test)
    if negated:
        return lambda value, context: opposite(any_of(test(value, context) for test in tests))
    if len(tests) == 1:
        return tests[0]
    return lambda value, context: any_of(test(value, context) for test in tests)


def _empty_list_test(operator: Operator, key: str) -> ContextTest:
    """The test of a condition with `[]` as its value.

    Whether `ForAllValues` then holds for a key with nothing but an empty value is not documented.

    Access Analyzer's reference documents the results in its checks of empty arrays:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """
    if operator.quantifier == "ForAnyValue":
        return lambda _context: False
    if operator.quantifier == "ForAllValues":
        return lambda context: not context.get(key) or (False if any(context[key]) else None)
    if operator.if_exists:
        return lambda context: not context.get(key)
    return lambda _context: True


def _null_test(operator: Operator, key: str, values: tuple[str, ...]) -> ContextTest:
    """The test of a `Null` condition, which compares whether the key is missing.

    A multivalued key with nothing but empty values counts as missing, as it does for set operators: AWS's page on
    multivalued keys recommends `Null` with `false` against "missing context keys or context keys with empty values".
    """
    if operator.quantifier:
        # Access Analyzer's reference: ForAllValues:Null is always true, ForAnyValue:Null is always false.
        always = operator.quantifier == "ForAllValues"
        return lambda _context: always
    if not values:
        return lambda _context: None  # Access Analyzer's reference does not say whether `Null` is like other operators
    expected_absences = [parse_boolean(value) for value in values]
    may_be_null = is_multivalued_key(key)

    def test(context: RequestContext) -> Truth:
        request_values = context.get(key)
        if_missing = not request_values or (may_be_null and not any(request_values))
        return any_of(None if expected is None else expected is if_missing for expected in expected_absences)

    return test
