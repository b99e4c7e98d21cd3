"""Requests at the edges of what policies name: empty values, short ARN patterns, principals of every kind.

Each was once taken for a request that nobody can send, so a policy that allows it was said to allow nothing new.
"""

import json

import pytest

from iamglue.engine.evaluate.callers import parse_caller
from iamglue.engine.evaluate.identity_evaluation import evaluate
from iamglue.engine.solve.access import access_of
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.policy.document import read_policy

BUCKET, OBJECTS = "arn:aws:s3:::b", "arn:aws:s3:::b/*"
ACCOUNT = {"AWS": "111122223333"}
EVERYONE = {"AWS": "*"}
CANONICAL = {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}
OTHER_CANONICAL = {"CanonicalUser": "0123456789abcdef" * 4}


def statement(action="s3:ListBucket", resource=BUCKET, effect="Allow", principal=None, condition=None):
    made = {"Effect": effect, "Action": action, "Resource": resource}
    made |= {"Condition": condition} if condition else {}
    return made | ({"Principal": principal} if principal else {})


def policy(*statements):
    return read_policy(json.dumps({"Version": "2012-10-17", "Statement": statements}), "p.json")


def compared(old, new):
    return compare(access_of([policy(*new)]), access_of([policy(*old)]))


def condition(operator, key, *values):
    return [statement(condition={operator: {key: list(values)}})]


def for_whom(principal, **conditions):
    return [statement("s3:GetObject", OBJECTS, principal=principal, condition=conditions)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (condition("StringEquals", "s3:prefix", "home/"), condition("StringEquals", "s3:prefix", "", "home/")),
        (condition("StringLike", "s3:prefix", "?*"), condition("StringLike", "s3:prefix", "*")),
        (condition("StringLike", "aws:PrincipalTag/team", "?*"), condition("Null", "aws:PrincipalTag/team", "false")),
        (condition("StringNotEquals", "s3:prefix", ""), condition("Null", "s3:prefix", "false")),
        (
            [statement(), statement(effect="Deny", condition={"StringEquals": {"s3:prefix": ["", "a"]}})],
            [statement(), statement(effect="Deny", condition={"StringEquals": {"s3:prefix": ["a"]}})],
        ),
        (
            condition("ForAnyValue:StringEquals", "aws:TagKeys", "a"),
            condition("ForAllValues:StringLike", "aws:TagKeys", "a"),
        ),
    ],
)
def test_an_empty_value_is_a_value(old, new):
    found = compared(old, new)
    assert found.answer is ComparisonAnswer.NEW_ACCESS
    assert evaluate([policy(*new)], found.witness).allowed
    assert not evaluate([policy(*old)], found.witness).allowed


@pytest.mark.parametrize(
    ("written", "value"), [("x${*}", "x*"), ("${?}", "?"), ("${*}${$}*", "*$*"), ("${a*}?", "${a*}?")]
)
def test_an_escaped_wildcard_is_the_character(written, value):
    old, new = condition("StringEquals", "s3:prefix", "a"), condition("StringEquals", "s3:prefix", "a", written)
    assert compared(old, new).witness.lowercase_context == {"s3:prefix": (value,)}


def test_a_key_whose_type_has_no_empty_value_is_never_empty():
    has_key, is_true_or_false = condition("Null", "aws:SecureTransport", "false"), ["true", "false"]
    assert (
        compared(condition("Bool", "aws:SecureTransport", *is_true_or_false), has_key).answer
        is ComparisonAnswer.NO_NEW_ACCESS
    )


def test_whether_a_key_that_is_an_arn_may_be_empty_is_not_known():
    old, new = condition("StringLike", "aws:SourceArn", "?*"), condition("StringLike", "aws:SourceArn", "*")
    assert compared(old, new).answer is ComparisonAnswer.UNKNOWN


def test_an_empty_value_beside_others_counts_for_set_operators():
    old = condition("ForAllValues:StringEquals", "aws:TagKeys", "a")
    new = condition("ForAllValues:StringEquals", "aws:TagKeys", "a", "")
    assert compared(old, new).witness.lowercase_context["aws:tagkeys"] == ("a", "")


@pytest.mark.parametrize("short", ["*", "arn:aws:iam::*", "arn:aws:iam", "arn:aws:iam::?*"])
def test_whether_a_short_arn_pattern_matches_an_arn_is_not_known(short):
    old = condition("ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/a")
    assert compared(old, condition("ArnLike", "aws:PrincipalArn", short)).answer is ComparisonAnswer.UNKNOWN
    assert compared(condition("ArnLike", "aws:PrincipalArn", short), old).answer is ComparisonAnswer.UNKNOWN


def test_a_short_arn_pattern_allows_what_it_allows():
    same = condition("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*")
    assert compared(same, same).answer is ComparisonAnswer.NO_NEW_ACCESS


def test_a_value_added_to_a_multivalued_key_without_a_set_operator_is_not_known_to_be_nothing():
    old, new = condition("StringEquals", "aws:TagKeys", "a"), condition("StringEquals", "aws:TagKeys", "a", "b")
    assert compared(old, new).answer is ComparisonAnswer.UNKNOWN


@pytest.mark.parametrize(
    ("old", "new", "answer"),
    [
        ({"Service": "lambda.amazonaws.com"}, CANONICAL, ComparisonAnswer.NEW_ACCESS),
        (CANONICAL, OTHER_CANONICAL, ComparisonAnswer.NEW_ACCESS),
        (CANONICAL, CANONICAL, ComparisonAnswer.NO_NEW_ACCESS),
        (CANONICAL, EVERYONE, ComparisonAnswer.NEW_ACCESS),
        (EVERYONE, CANONICAL, ComparisonAnswer.NO_NEW_ACCESS),
        (ACCOUNT, CANONICAL, ComparisonAnswer.UNKNOWN),
        (CANONICAL, ACCOUNT, ComparisonAnswer.UNKNOWN),
        ({"Federated": "accounts.google.com"}, {"Federated": "*"}, ComparisonAnswer.NEW_ACCESS),
        (ACCOUNT, {"Federated": "*"}, ComparisonAnswer.NEW_ACCESS),
        ({"Federated": "*"}, {"Federated": "accounts.google.com"}, ComparisonAnswer.NO_NEW_ACCESS),
        ({"Federated": "*"}, EVERYONE, ComparisonAnswer.UNKNOWN),
        (EVERYONE, {"Federated": "*"}, ComparisonAnswer.NO_NEW_ACCESS),
        ({"Service": "lambda.amazonaws.com"}, {"Service": "*"}, ComparisonAnswer.NEW_ACCESS),
    ],
)
def test_each_kind_of_principal_is_somebody(old, new, answer):
    assert compared(for_whom(old), for_whom(new)).answer is answer


@pytest.mark.parametrize(
    "new",
    [
        for_whom(EVERYONE, StringEquals={"aws:PrincipalType": "AssumedRole"}),
        for_whom(EVERYONE, StringEquals={"aws:PrincipalType": "User"}),
        for_whom(EVERYONE, StringEquals={"aws:PrincipalType": "Account"}),
        for_whom(EVERYONE, StringEquals={"aws:PrincipalType": "Anonymous"}),
        for_whom(EVERYONE, StringEquals={"aws:username": "ann"}),
        for_whom(EVERYONE, Bool={"aws:PrincipalIsAWSService": "true"}),
        for_whom(EVERYONE, StringEquals={"aws:PrincipalServiceName": "sns.amazonaws.com"}),
        for_whom(EVERYONE, StringEquals={"aws:PrincipalAccount": "222233334444"}),
        for_whom(EVERYONE, ArnLike={"aws:PrincipalArn": "arn:aws:iam::222233334444:role/*"}),
        for_whom(EVERYONE, ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:user/team/*"}),
        for_whom(ACCOUNT, StringEquals={"aws:PrincipalType": "AssumedRole"}),
        for_whom(ACCOUNT, ArnEquals={"aws:PrincipalArn": "arn:aws:iam::111122223333:role/path/a"}),
    ],
)
def test_the_principal_of_a_witness_fits_its_context(new):
    witness = compared(for_whom({"AWS": "999988887777"}), new).witness
    known = {key.lower(): values for key, values in parse_caller(witness.principal).known_keys.items()}
    role_path = parse_caller(witness.principal).role_path_unknown
    for key, values in witness.lowercase_context.items():
        if key == "aws:principalarn" and role_path:
            assert values[0].rpartition("/")[2] == known[key][0].rpartition("/")[2]
        else:
            assert known.get(key, values) == values
    assert evaluate([policy(*new)], witness).allowed


def by_key(operator, key, *values):
    return for_whom(EVERYONE, **{operator: {key: list(values)}})


ROLE_A, ROLE_B = "arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/b"


@pytest.mark.parametrize(
    ("old", "new", "answer"),
    [
        (
            for_whom(ACCOUNT),
            by_key("StringEquals", "aws:PrincipalAccount", "111122223333"),
            ComparisonAnswer.NO_NEW_ACCESS,
        ),
        (
            by_key("StringEquals", "aws:PrincipalAccount", "111122223333"),
            for_whom(ACCOUNT),
            ComparisonAnswer.NO_NEW_ACCESS,
        ),
        (
            for_whom(ACCOUNT),
            by_key("StringEquals", "aws:PrincipalAccount", "111122223333", "222233334444"),
            ComparisonAnswer.NEW_ACCESS,
        ),
        (for_whom(ACCOUNT), by_key("StringLike", "aws:PrincipalAccount", "1111*"), ComparisonAnswer.NEW_ACCESS),
        (
            for_whom(ACCOUNT),
            by_key("ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:*"),
            ComparisonAnswer.NO_NEW_ACCESS,
        ),
        (for_whom({"AWS": ROLE_A}), by_key("ArnEquals", "aws:PrincipalArn", ROLE_A), ComparisonAnswer.NO_NEW_ACCESS),
        (
            for_whom({"AWS": ROLE_A}),
            by_key("ArnEquals", "aws:PrincipalArn", ROLE_A, ROLE_B),
            ComparisonAnswer.NEW_ACCESS,
        ),
        (
            for_whom({"Service": "sns.amazonaws.com"}),
            by_key("StringEquals", "aws:PrincipalServiceName", "sns.amazonaws.com"),
            ComparisonAnswer.NO_NEW_ACCESS,
        ),
        (by_key("Bool", "aws:PrincipalIsAWSService", "false"), for_whom(ACCOUNT), ComparisonAnswer.NO_NEW_ACCESS),
    ],
)
def test_a_principal_named_by_a_condition_key_is_the_one_that_a_principal_element_names(old, new, answer):
    assert compared(old, new).answer is answer


def test_the_arn_in_requests_of_a_service_is_not_known():
    service = {"Service": "sns.amazonaws.com"}
    old = for_whom(service, ArnNotLike={"aws:PrincipalArn": ["arn:aws:iam::*:role/*"]})
    assert compared(old, for_whom(service)).answer is ComparisonAnswer.UNKNOWN


def test_what_only_nobody_can_send_is_no_new_access_that_is_shown():
    nobody = for_whom({"AWS": "arn:aws:iam::111122223333:user/ann"}, StringEquals={"aws:PrincipalType": "AssumedRole"})
    assert compared(for_whom({"AWS": "999988887777"}), nobody).witness is None
