"""Condition operators: each case tests one sentence of AWS's pages.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.floors import counts, floor
from support.rows import every_row

from iamglue.engine.evaluate.conditions import condition_test
from iamglue.policy.conditions import OPERATORS, Condition, Operator, build_condition

KEY = "aws:Key"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:orders"
NEGATED = [name for name in OPERATORS if "Not" in name]
# A value that each operator can compare.
SAMPLE = {
    "Numeric": "5",
    "Date": "2020-01-01T00:00:00Z",
    "Bool": "true",
    "Binary": "YQ==",
    "IpAddress": "203.0.113.0/24",
    "NotIpAddress": "203.0.113.0/24",
    "Arn": QUEUE,
    "String": "a",
    "Null": "true",
}


def _sample(operator: str) -> str:
    return next(value for prefix, value in SAMPLE.items() if operator.startswith(prefix))


def _sample_value(operator: str) -> str:
    return _sample(operator).removesuffix("/24")


def result_of(
    operator: str, policy_values: tuple[str, ...], request_values: tuple[str, ...] | None, *, variables: bool = True
):
    context = {} if request_values is None else {KEY.lower(): request_values}
    return condition_test(build_condition(operator, KEY, *policy_values), variables=variables)(context)


@every_row("operator", [name for name in OPERATORS if name != "Null"])
def test_without_the_key_a_negated_operator_holds_and_another_does_not(operator):
    assert result_of(operator, (_sample(operator),), None) is (operator in NEGATED)
    assert result_of(operator, (_sample(operator),), ()) is (operator in NEGATED)


@every_row("operator", [name for name in OPERATORS if name != "Null"])
def test_if_exists_holds_without_the_key_and_is_the_operator_itself_with_it(operator):
    policy_values = (_sample(operator),)
    assert result_of(f"{operator}IfExists", policy_values, None) is True
    assert result_of(f"{operator}IfExists", policy_values, (_sample_value(operator),)) is result_of(
        operator, policy_values, (_sample_value(operator),)
    )


@every_row("operator", [name for name in OPERATORS if name != "Null"])
def test_without_the_key_for_all_values_holds_and_for_any_value_does_not(operator):
    policy_values = (_sample(operator),)
    assert result_of(f"ForAllValues:{operator}", policy_values, None) is True
    assert result_of(f"ForAllValues:{operator}", policy_values, ()) is True
    assert result_of(f"ForAllValues:{operator}", policy_values, ("",)) is True
    assert result_of(f"ForAnyValue:{operator}", policy_values, None) is False


def test_for_any_value_if_exists_without_the_key_is_undecided():
    assert result_of("ForAnyValue:StringEqualsIfExists", ("a",), None) is None


@pytest.mark.parametrize(
    ("policy_values", "request_values", "expected"),
    [
        (("true",), None, True),
        (("true",), ("x",), False),
        (("false",), None, False),
        (("false",), ("x",), True),
        (("TRUE",), None, True),
        (("true", "false"), None, True),
        (("true", "false"), ("x",), True),
        (("maybe",), None, None),
        ((), None, None),
        ((), ("x",), None),
    ],
)
def test_null_tests_whether_the_key_is_there(policy_values, request_values, expected):
    assert result_of("Null", policy_values, request_values) is expected


def test_an_empty_list_under_for_all_values_is_undecided_for_an_empty_value():
    assert result_of("ForAllValues:StringEquals", (), ("",)) is None


@pytest.mark.parametrize("request_values", [None, ("a",), ("a", "b")])
def test_null_with_a_set_operator_is_always_the_same(request_values):
    assert result_of("ForAllValues:Null", ("true",), request_values) is True
    assert result_of("ForAnyValue:Null", ("true",), request_values) is False


@every_row(
    "operator, policy_values, request_value, expected",
    [
        ("StringEquals", ("a", "b"), "b", True),
        ("StringEquals", ("a",), "A", False),
        ("StringEquals", ("a*",), "ab", False),
        ("StringEquals", ("a*",), "a*", True),
        ("StringEquals", ("a${*}",), "a*", True),
        ("StringNotEquals", ("a", "b"), "b", False),
        ("StringNotEquals", ("a", "b"), "c", True),
        ("StringEqualsIgnoreCase", ("Ab",), "aB", True),
        ("StringNotEqualsIgnoreCase", ("Ab",), "aB", False),
        ("StringLike", ("a*", "?b"), "cb", True),
        ("StringLike", ("a*",), "Ab", False),
        ("StringLike", ("a${*}",), "ab", False),
        ("StringLike", ("a[b]",), "ab", False),
        ("StringNotLike", ("a*", "b*"), "bx", False),
        ("StringNotLike", ("a*", "b*"), "cx", True),
        ("NumericEquals", ("5",), "5.0", True),
        ("NumericEquals", ("5*",), "5", False),
        ("NumericNotEquals", ("5",), "6", True),
        ("NumericLessThan", ("10",), "9", True),
        ("NumericLessThan", ("10",), "10", False),
        ("NumericLessThanEquals", ("10",), "10", True),
        ("NumericGreaterThan", ("10",), "9", False),
        ("NumericGreaterThan", ("-1.5",), "-1", True),
        ("NumericGreaterThanEquals", ("10",), "1e1", True),
        ("NumericEquals", ("5",), "five", False),
        ("NumericEquals", ("five",), "five", False),
        ("NumericNotEquals", ("five",), "5", None),
        ("NumericNotEquals", ("5",), "five", None),
        ("DateEquals", ("2020-01-01",), "2020-01-01T00:00:00Z", True),
        ("DateEquals", ("2020-01-01T02:00:00+02:00",), "2020-01-01T00:00:00Z", True),
        ("DateEquals", ("1577836800",), "2020-01-01T00:00:00Z", True),
        ("DateNotEquals", ("2020-01-01",), "2020-01-02", True),
        ("DateLessThan", ("2020-06-30T23:59:59Z",), "2020-06-30T23:59:58.999Z", True),
        ("DateLessThanEquals", ("2020",), "2020-01-01T00:00Z", True),
        ("DateGreaterThan", ("2020-02",), "2020-01-31", False),
        ("DateGreaterThanEquals", ("2020-02",), "2020-02-01", True),
        ("DateLessThan", ("soon",), "2020-01-01", False),
        ("DateNotEquals", ("soon",), "2020-01-01", None),
        ("Bool", ("true",), "True", True),
        ("Bool", ("FALSE",), "false", True),
        ("Bool", ("true",), "false", False),
        ("Bool", ("yes",), "yes", False),
        ("BinaryEquals", ("QmluYXJ5",), "QmluYXJ5", True),
        ("BinaryEquals", ("QmluYXJ5",), "qmluyxj5", False),
        ("BinaryEquals", ("not base64!",), "not base64!", False),
        ("IpAddress", ("203.0.113.0/24",), "203.0.113.255", True),
        ("IpAddress", ("203.0.113.0/24",), "203.0.114.0", False),
        ("IpAddress", ("203.0.113.7",), "203.0.113.7", True),
        ("IpAddress", ("203.0.113.7/24",), "203.0.113.99", True),
        ("IpAddress", ("2001:DB8:1234:5678::/64",), "2001:db8:1234:5678::1", True),
        ("IpAddress", ("0.0.0.0/0",), "2001:db8::1", False),
        ("IpAddress", ("203.0.113.*",), "203.0.113.1", False),
        ("NotIpAddress", ("203.0.113.0/24", "10.0.0.0/8"), "10.1.2.3", False),
        ("NotIpAddress", ("203.0.113.0/24", "10.0.0.0/8"), "11.1.2.3", True),
        ("NotIpAddress", ("nowhere",), "11.1.2.3", None),
        ("ArnLike", ("arn:aws:sqs:*:*:ord*",), QUEUE, True),
        ("ArnLike", ("arn:aws:sqs:*:orders",), QUEUE, None),
        ("ArnLike", ("*",), QUEUE, None),
        ("ArnLike", ("arn:aws:sqs",), QUEUE, None),
        ("ArnEquals", ("orders",), "orders", None),
        ("ArnLike", ("arn:aws:sns:*",), QUEUE, False),
        ("ArnNotLike", ("*",), QUEUE, None),
        ("ArnEquals", ("arn:aws:sqs:*:*:ord*",), QUEUE, True),
        ("ArnNotLike", ("arn:aws:sqs:*:*:ord*",), QUEUE, False),
        ("ArnNotEquals", ("arn:aws:sns:*:*:*",), QUEUE, True),
        ("ArnNotLike", ("arn:aws:sqs",), QUEUE, None),
        ("ArnLike", ("arn:aws:sqs:*:*:*",), "orders", False),
    ],
)
def test_an_operator_compares_one_value_with_the_policys_values(operator, policy_values, request_value, expected):
    assert result_of(operator, policy_values, (request_value,)) is expected


@pytest.mark.parametrize(
    ("operator", "request_values", "expected"),
    [
        ("ForAllValues:StringEquals", ("a", "b"), True),
        ("ForAllValues:StringEquals", ("a", "c"), False),
        ("ForAnyValue:StringEquals", ("a", "c"), True),
        ("ForAnyValue:StringEquals", ("c", "d"), False),
        ("ForAllValues:StringNotEquals", ("c", "d"), True),
        ("ForAllValues:StringNotEquals", ("c", "a"), False),
        ("ForAnyValue:StringNotEquals", ("c", "a"), True),
        ("ForAnyValue:StringNotEquals", ("a", "b"), False),
    ],
)
def test_a_set_operator_tests_each_value_of_the_request(operator, request_values, expected):
    assert result_of(operator, ("a", "b"), request_values) is expected


@pytest.mark.parametrize("operator", ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"])
def test_several_values_without_a_set_operator_are_undecided(operator):
    assert result_of(operator, ("a",), ("a", "b")) is None


@pytest.mark.parametrize("values", [("a",), ("b",), ("a", "b"), ("",)])
@pytest.mark.parametrize("operator", ["StringEquals", "StringNotEquals", "StringLike", "StringNotLikeIfExists"])
def test_a_multivalued_key_without_a_set_operator_is_undecided(operator, values):
    test = condition_test(build_condition(operator, "aws:TagKeys", "a"), variables=True)
    assert test({"aws:tagkeys": values}) is None


def test_a_multivalued_key_that_is_absent_is_decided_without_a_set_operator():
    assert condition_test(build_condition("StringEquals", "aws:TagKeys", "a"), variables=True)({}) is False


def test_for_any_value_does_not_match_an_empty_string_that_the_policy_does_not_list():
    assert result_of("ForAnyValue:StringEquals", ("a",), ("",)) is False


def test_for_any_value_with_only_an_empty_string_that_the_policy_lists_is_undecided():
    assert result_of("ForAnyValue:StringEquals", ("", "a"), ("",)) is None
    assert result_of("ForAnyValue:StringEquals", ("", "a"), ("", "b")) is True


@pytest.mark.parametrize(
    ("operator", "with_key", "without_key"),
    [
        ("StringEquals", True, True),
        ("StringEqualsIfExists", False, True),
        ("ForAllValues:StringEquals", False, True),
        ("ForAllValues:StringNotEquals", False, True),
        ("ForAnyValue:StringEquals", False, False),
    ],
)
def test_an_empty_list_in_the_policy_as_access_analyzer_documents_it(operator, with_key, without_key):
    assert result_of(operator, (), ("a",)) is with_key
    assert result_of(operator, (), None) is without_key


def test_an_unknown_operator_is_undecided():
    unknown = Condition(Operator("StringSortsBefore"), KEY, ("a",))
    assert condition_test(unknown, variables=True)({KEY.lower(): ("a",)}) is None


@floor(0.01)
@given(st.sampled_from(NEGATED), st.text("ab*", max_size=3), st.text("ab", max_size=3))
def test_a_negated_operator_is_the_opposite_of_its_positive_one_when_the_key_is_there(
    operator, policy_values, request_value
):
    positive = operator.replace("Not", "")
    if counts(result_of(operator, (policy_values,), (request_value,)) is not None):
        assert result_of(operator, (policy_values,), (request_value,)) is not result_of(
            positive, (policy_values,), (request_value,)
        )


@given(st.sampled_from(OPERATORS), st.sampled_from(["", "ForAllValues", "ForAnyValue"]), st.booleans(), st.data())
def test_no_operator_fails_on_any_text(base, quantifier, if_exists, data):
    texts = st.lists(st.text(max_size=12) | st.text("0123456789-+.:/TZe*?${}", max_size=25), max_size=3).map(tuple)
    condition = Condition(Operator(base, quantifier, if_exists and base != "Null"), KEY, data.draw(texts))
    context = {KEY.lower(): data.draw(texts)}
    assert condition_test(condition, variables=data.draw(st.booleans()))(context) in (True, False, None)


@pytest.mark.parametrize("operator", ["Bool", "IpAddress", "NotIpAddress", "NumericLessThan", "DateGreaterThan"])
def test_a_deployment_parameter_of_another_type_than_text_is_undecided(operator):
    assert result_of(operator, ("${Value}",), (_sample_value(operator),)) is None
    assert result_of(operator, ("${Value}",), None) is (operator in NEGATED)
