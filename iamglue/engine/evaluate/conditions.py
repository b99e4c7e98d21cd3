"""A condition of a statement as a test of requests: missing keys, several values, negation.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html (missing keys),
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from collections.abc import Callable

from iamglue.catalog.condition_key_types import find_known_key
from iamglue.engine.evaluate.operators import NEGATED_TO_POSITIVE, parse_boolean, value_test
from iamglue.engine.evaluate.request import RequestContext
from iamglue.engine.evaluate.truth import Truth, all_of, any_of, opposite
from iamglue.policy.conditions import Condition, Operator

# Takes the context under lower-case key names.
ContextTest = Callable[[RequestContext], Truth]


def condition_test(condition: Condition, *, variables: bool) -> ContextTest:
    """Whether the condition holds; not known for an operator that is not known here."""
    operator, key = condition.operator, condition.key.lower()
    if operator.base == "Null":
        return _null_test(operator, key, condition.values)
    passes = _value_passes(condition, variables=variables)
    if passes is None:
        return lambda _context: None
    if not condition.values:
        return _without_values(operator, key)
    absent = _absent(operator)
    if not operator.quantifier and _needs_set_operator(key):
        return _undefined_test(key, absent)
    if _is_membership(condition):
        return _membership_test(condition, absent)

    def test(context: RequestContext) -> Truth:
        given = context.get(key)
        if not given:
            return absent
        if len(given) == 1 and not operator.quantifier:
            return passes(given[0], context)
        return _several_values(operator, given, lambda value: passes(value, context))

    return test


def _needs_set_operator(key: str) -> bool:
    """Whether AWS's reference says that requests carry any number of values under a key (in lower case)."""
    known = find_known_key(key)
    return known is not None and known.is_multivalued


def _undefined_test(key: str, absent: Truth) -> ContextTest:
    """The test of a multivalued key without a set operator: AWS says that it needs one, not what happens without.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    """
    return lambda context: None if context.get(key) else absent


def _is_membership(condition: Condition) -> bool:
    """Whether values are just looked up: texts that equal or not, without variables."""
    plain = condition.operator.base in ("StringEquals", "StringNotEquals") and not condition.operator.quantifier
    return plain and not any("${" in value for value in condition.values)


def _membership_test(condition: Condition, absent: Truth) -> ContextTest:
    key, wanted = condition.key.lower(), frozenset(condition.values)
    negated = condition.operator.base == "StringNotEquals"

    def test(context: RequestContext) -> Truth:
        given = context.get(key)
        if not given:
            return absent
        return (given[0] in wanted) is not negated if len(given) == 1 else None

    return test


def _several_values(operator: Operator, given: tuple[str, ...], passes: Callable[[str], Truth]) -> Truth:
    if not operator.quantifier:
        # Several values need a set operator. No page says what happens without one.
        return None
    if operator.quantifier == "ForAllValues":
        # "if the context key value resolves to a null dataset, such as an empty string", it is as if absent.
        return not any(given) or all_of(passes(value) for value in given)
    passed = any_of(passes(value) for value in given)
    # ForAnyValue returns false for "a null dataset". Whether that is so for an empty string that the policy names is
    # not said.
    return passed if any(given) or passed is False else None


def _absent(operator: Operator) -> Truth:
    """The result for a key that the request does not carry."""
    if operator.quantifier == "ForAllValues":
        return True
    if operator.quantifier == "ForAnyValue":
        # For `ForAnyValue:...IfExists` AWS's two rules contradict each other.
        return None if operator.if_exists else False
    return operator.if_exists or operator.base in NEGATED_TO_POSITIVE


def _value_passes(condition: Condition, *, variables: bool) -> Callable[[str, RequestContext], Truth] | None:
    base = condition.operator.base
    negated = base in NEGATED_TO_POSITIVE
    # A policy value that is null never matches. AWS's page lets a negated operator match then, a simulator does
    # not: not known.
    null = None if negated else False
    tests = []
    for value in condition.values:
        test = value_test(NEGATED_TO_POSITIVE.get(base, base), value, variables=variables, null=null)
        if test is None:
            return None
        tests.append(test)
    if negated:
        return lambda value, context: opposite(any_of(test(value, context) for test in tests))
    if len(tests) == 1:
        return tests[0]
    return lambda value, context: any_of(test(value, context) for test in tests)


def _without_values(operator: Operator, key: str) -> ContextTest:
    """`[]` as the policy's value, as Access Analyzer's reference describes its checks of empty arrays.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """
    if operator.quantifier == "ForAnyValue":
        return lambda _context: False
    if operator.quantifier == "ForAllValues" or operator.if_exists:
        return lambda context: not context.get(key)
    return lambda _context: True


def _null_test(operator: Operator, key: str, values: tuple[str, ...]) -> ContextTest:
    if operator.quantifier:
        # Access Analyzer's reference: ForAllValues:Null is always true, ForAnyValue:Null always false.
        always = operator.quantifier == "ForAllValues"
        return lambda _context: always
    wanted = [parse_boolean(value) for value in values]

    def test(context: RequestContext) -> Truth:
        absent = not context.get(key)
        return any_of(None if each is None else each is absent for each in wanted)

    return test
