"""Edge cases of requests: empty values, short ARN patterns, and principals of every kind.

An early version of the solver ignored these requests and reported no new access for policies that allow them.
"""

import json

import pytest
from support.rows import every_row

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
    document = {"Effect": effect, "Action": action, "Resource": resource}
    document |= {"Condition": condition} if condition else {}
    return document | ({"Principal": principal} if principal else {})


def policy(*statements):
    return read_policy(json.dumps({"Version": "2012-10-17", "Statement": statements}), "p.json")


def comparison(old, new):
    return compare(access_of([policy(*new)]), access_of([policy(*old)]))


def condition(operator, key, *values):
    return [statement(condition={operator: {key: list(values)}})]


def grant_to(principal, **conditions):
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
    result = comparison(old, new)
    assert result.answer is ComparisonAnswer.NEW_ACCESS
    assert evaluate([policy(*new)], result.witness).allowed
    assert not evaluate([policy(*old)], result.witness).allowed


@pytest.mark.parametrize(
    ("written", "value"), [("x${*}", "x*"), ("${?}", "?"), ("${*}${$}*", "*$*"), ("${a*}?", "${a*}?")]
)
def test_an_escaped_wildcard_is_the_character(written, value):
    old, new = condition("StringEquals", "s3:prefix", "a"), condition("StringEquals", "s3:prefix", "a", written)
    assert comparison(old, new).witness.lowercase_context == {"s3:prefix": (value,)}


def test_a_key_whose_type_has_no_empty_value_is_never_empty():
    has_key, is_true_or_false = condition("Null", "aws:SecureTransport", "false"), ["true", "false"]
    assert (
        comparison(condition("Bool", "aws:SecureTransport", *is_true_or_false), has_key).answer
        is ComparisonAnswer.NO_NEW_ACCESS
    )


def test_an_empty_value_of_an_arn_key_is_undecided():
    old, new = condition("StringLike", "aws:SourceArn", "?*"), condition("StringLike", "aws:SourceArn", "*")
    assert comparison(old, new).answer is ComparisonAnswer.UNKNOWN


def test_an_empty_value_among_others_counts_for_set_operators():
    old = condition("ForAllValues:StringEquals", "aws:TagKeys", "a")
    new = condition("ForAllValues:StringEquals", "aws:TagKeys", "a", "")
    assert comparison(old, new).witness.lowercase_context["aws:tagkeys"] == ("a", "")


def test_null_reads_only_empty_values_of_a_multivalued_key_as_missing():
    old = condition("ForAnyValue:StringEquals", "aws:TagKeys", "a")
    new = [
        statement(condition={"ForAllValues:StringEquals": {"aws:TagKeys": "a"}, "Null": {"aws:TagKeys": "false"}}),
    ]
    assert comparison(old, new).answer is ComparisonAnswer.NO_NEW_ACCESS
    assert comparison(new, old).witness.lowercase_context["aws:tagkeys"] != ("",)


@pytest.mark.parametrize("short", ["*", "arn:aws:iam::*", "arn:aws:iam", "arn:aws:iam::?*"])
def test_a_short_arn_pattern_is_undecided_for_an_arn(short):
    old = condition("ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/a")
    assert comparison(old, condition("ArnLike", "aws:PrincipalArn", short)).answer is ComparisonAnswer.UNKNOWN
    assert comparison(condition("ArnLike", "aws:PrincipalArn", short), old).answer is ComparisonAnswer.UNKNOWN


def test_a_short_arn_pattern_equals_itself():
    same = condition("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*")
    assert comparison(same, same).answer is ComparisonAnswer.NO_NEW_ACCESS


def test_a_value_added_to_a_multivalued_key_without_a_set_operator_is_undecided():
    old, new = condition("StringEquals", "aws:TagKeys", "a"), condition("StringEquals", "aws:TagKeys", "a", "b")
    assert comparison(old, new).answer is ComparisonAnswer.UNKNOWN


@every_row(
    "old, new, answer",
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
def test_each_kind_of_principal_counts(old, new, answer):
    assert comparison(grant_to(old), grant_to(new)).answer is answer


@every_row(
    "new",
    [
        grant_to(EVERYONE, StringEquals={"aws:PrincipalType": "AssumedRole"}),
        grant_to(EVERYONE, StringEquals={"aws:PrincipalType": "User"}),
        grant_to(EVERYONE, StringEquals={"aws:PrincipalType": "Account"}),
        grant_to(EVERYONE, StringEquals={"aws:PrincipalType": "Anonymous"}),
        grant_to(EVERYONE, StringEquals={"aws:username": "ann"}),
        grant_to(EVERYONE, Bool={"aws:PrincipalIsAWSService": "true"}),
        grant_to(EVERYONE, StringEquals={"aws:PrincipalServiceName": "sns.amazonaws.com"}),
        grant_to(EVERYONE, StringEquals={"aws:PrincipalAccount": "222233334444"}),
        grant_to(EVERYONE, ArnLike={"aws:PrincipalArn": "arn:aws:iam::222233334444:role/*"}),
        grant_to(EVERYONE, ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:user/team/*"}),
        grant_to(ACCOUNT, StringEquals={"aws:PrincipalType": "AssumedRole"}),
        grant_to(ACCOUNT, ArnEquals={"aws:PrincipalArn": "arn:aws:iam::111122223333:role/path/a"}),
    ],
)
def test_the_principal_of_a_witness_fits_its_context(new):
    witness = comparison(grant_to({"AWS": "999988887777"}), new).witness
    known = {key.lower(): values for key, values in parse_caller(witness.principal).known_keys.items()}
    role_path = parse_caller(witness.principal).role_path_unknown
    for key, values in witness.lowercase_context.items():
        if key == "aws:principalarn" and role_path:
            assert values[0].rpartition("/")[2] == known[key][0].rpartition("/")[2]
        else:
            assert known.get(key, values) == values
    assert evaluate([policy(*new)], witness).allowed


def by_key(operator, key, *values):
    return grant_to(EVERYONE, **{operator: {key: list(values)}})


ROLE_A, ROLE_B = "arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/b"


@pytest.mark.parametrize(
    ("old", "new", "answer"),
    [
        (
            grant_to(ACCOUNT),
            by_key("StringEquals", "aws:PrincipalAccount", "111122223333"),
            ComparisonAnswer.NO_NEW_ACCESS,
        ),
        (
            by_key("StringEquals", "aws:PrincipalAccount", "111122223333"),
            grant_to(ACCOUNT),
            ComparisonAnswer.NO_NEW_ACCESS,
        ),
        (
            grant_to(ACCOUNT),
            by_key("StringEquals", "aws:PrincipalAccount", "111122223333", "222233334444"),
            ComparisonAnswer.NEW_ACCESS,
        ),
        (grant_to(ACCOUNT), by_key("StringLike", "aws:PrincipalAccount", "1111*"), ComparisonAnswer.NEW_ACCESS),
        (
            grant_to(ACCOUNT),
            by_key("ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:*"),
            ComparisonAnswer.NO_NEW_ACCESS,
        ),
        (grant_to({"AWS": ROLE_A}), by_key("ArnEquals", "aws:PrincipalArn", ROLE_A), ComparisonAnswer.NO_NEW_ACCESS),
        (
            grant_to({"AWS": ROLE_A}),
            by_key("ArnEquals", "aws:PrincipalArn", ROLE_A, ROLE_B),
            ComparisonAnswer.NEW_ACCESS,
        ),
        (
            grant_to({"Service": "sns.amazonaws.com"}),
            by_key("StringEquals", "aws:PrincipalServiceName", "sns.amazonaws.com"),
            ComparisonAnswer.NO_NEW_ACCESS,
        ),
        (by_key("Bool", "aws:PrincipalIsAWSService", "false"), grant_to(ACCOUNT), ComparisonAnswer.NO_NEW_ACCESS),
    ],
)
def test_a_principal_named_by_a_condition_key_is_the_one_that_a_principal_element_names(old, new, answer):
    assert comparison(old, new).answer is answer


def test_the_arn_in_requests_of_a_service_is_undecided():
    service = {"Service": "sns.amazonaws.com"}
    old = grant_to(service, ArnNotLike={"aws:PrincipalArn": ["arn:aws:iam::*:role/*"]})
    assert comparison(old, grant_to(service)).answer is ComparisonAnswer.UNKNOWN


def test_an_impossible_request_is_not_a_witness():
    nobody = grant_to({"AWS": "arn:aws:iam::111122223333:user/ann"}, StringEquals={"aws:PrincipalType": "AssumedRole"})
    assert comparison(grant_to({"AWS": "999988887777"}), nobody).witness is None
