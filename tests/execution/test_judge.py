"""The judge itself, case by case from AWS's documentation."""

import ast
import sys
from pathlib import Path

import pytest
from support import judge
from support.judge import ALLOWED, DENIED, NOT_ALLOWED, Request, verdict
from support.rows import every_row

OBJECT = "arn:aws:s3:::images/cat.jpg"
GET = Request("s3:GetObject", OBJECT)


def allow(**changes):
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": OBJECT} | changes
    return {"Version": "2012-10-17", "Statement": [{key: value for key, value in statement.items() if value}]}


def under(condition, **context):
    keys = {key.replace("__", ":").replace("_", "/"): values for key, values in context.items()}
    return verdict([allow(Condition=condition)], Request("s3:GetObject", OBJECT, keys))


def test_the_judge_imports_nothing_but_the_standard_library_and_is_at_most_150_lines_long():
    source = Path(judge.__file__).read_text(encoding="utf-8")
    imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {getattr(node, "module", None) or node.names[0].name for node in imports}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names
    assert len(source.splitlines()) <= 150


def test_nothing_is_allowed_without_a_statement():
    assert verdict([], GET) == NOT_ALLOWED


def test_an_explicit_deny_wins_in_any_order_and_from_any_policy():
    deny = allow(Effect="Deny", Action="s3:*")
    assert verdict([allow()], GET) == ALLOWED
    assert verdict([allow(), deny], GET) == verdict([deny, allow()], GET) == DENIED


def test_a_statement_may_stand_without_a_list():
    assert verdict([{"Statement": allow()["Statement"][0]}], GET) == ALLOWED


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("s3:getobject", ALLOWED),
        ("S3:Get*", ALLOWED),
        ("s3:Get?bject", ALLOWED),
        ("*", ALLOWED),
        (["s3:PutObject", "s3:GetObject"], ALLOWED),
        ("s3:GetObjectAcl", NOT_ALLOWED),
        ("s3:GetObjec", NOT_ALLOWED),
        ("s3:Get.bject", NOT_ALLOWED),
    ],
)
def test_actions_match_without_case_and_with_wildcards(pattern, expected):
    assert verdict([allow(Action=pattern)], GET) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*", ALLOWED),
        ("arn:aws:s3:::images/*", ALLOWED),
        ("arn:aws:s3:::*", ALLOWED),
        ("arn:*:s3:*:*:images/c?t.jpg", ALLOWED),
        ("arn:aws:s3:::images/CAT.jpg", NOT_ALLOWED),
        ("arn:aws:s3:::images", NOT_ALLOWED),
        ("arn:aws:s3:*", NOT_ALLOWED),
        ("arn:aws:*/cat.jpg", NOT_ALLOWED),
    ],
)
def test_resources_match_segment_by_segment_and_with_case(pattern, expected):
    assert verdict([allow(Resource=pattern)], GET) == expected


def test_the_last_segment_of_an_arn_holds_colons():
    request = Request("s3:GetObject", "arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/f:log-stream:x")
    assert verdict([allow(Resource="arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/f:*")], request) == ALLOWED
    assert verdict([allow(Resource="arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/g:*")], request) == NOT_ALLOWED


def test_an_action_without_resources_needs_the_star():
    request = Request("s3:GetObject", "*")
    assert verdict([allow(Resource="*")], request) == ALLOWED
    assert verdict([allow(Resource="arn:aws:s3:::*")], request) == NOT_ALLOWED


def test_not_action_and_not_resource_match_what_they_do_not_name():
    assert verdict([allow(Action=None, NotAction="s3:Put*")], GET) == ALLOWED
    assert verdict([allow(Action=None, NotAction="s3:Get*")], GET) == NOT_ALLOWED
    assert verdict([allow(Resource=None, NotResource="arn:aws:s3:::other/*")], GET) == ALLOWED
    assert verdict([allow(Resource=None, NotResource="arn:aws:s3:::images/*")], GET) == NOT_ALLOWED


@every_row(
    "condition, context, expected",
    [
        ({"StringEquals": {"kms:ViaService": "s3"}}, {"kms__ViaService": ["s3"]}, ALLOWED),
        ({"StringEquals": {"KMS:viaservice": ["a", "s3"]}}, {"kms__ViaService": ["s3"]}, ALLOWED),
        ({"StringEquals": {"kms:ViaService": "s*"}}, {"kms__ViaService": ["s3"]}, NOT_ALLOWED),
        ({"StringEquals": {"kms:ViaService": "s3"}}, {}, NOT_ALLOWED),
        ({"StringEqualsIfExists": {"kms:ViaService": "s3"}}, {}, ALLOWED),
        ({"StringEqualsIfExists": {"kms:ViaService": "s3"}}, {"kms__ViaService": ["sqs"]}, NOT_ALLOWED),
        ({"StringLike": {"kms:ViaService": "s?"}}, {"kms__ViaService": ["s3"]}, ALLOWED),
        ({"StringLike": {"kms:ViaService": "S?"}}, {"kms__ViaService": ["s3"]}, NOT_ALLOWED),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::b*"}}, {"aws__SourceArn": ["arn:aws:s3:::bk"]}, ALLOWED),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:*:bk"}}, {"aws__SourceArn": ["arn:aws:s3:::bk"]}, NOT_ALLOWED),
        ({"Bool": {"aws:SecureTransport": True}}, {"aws__SecureTransport": ["true"]}, ALLOWED),
        ({"Bool": {"aws:SecureTransport": "true"}}, {"aws__SecureTransport": ["false"]}, NOT_ALLOWED),
        ({"Null": {"kms:ViaService": "true"}}, {}, ALLOWED),
        ({"Null": {"kms:ViaService": "true"}}, {"kms__ViaService": ["s3"]}, NOT_ALLOWED),
        ({"Null": {"kms:ViaService": False}}, {"kms__ViaService": ["s3"]}, ALLOWED),
        ({"ForAllValues:StringEquals": {"k:k": ["a", "b"]}}, {"k__k": ["a", "b"]}, ALLOWED),
        ({"ForAllValues:StringEquals": {"k:k": ["a"]}}, {"k__k": ["a", "b"]}, NOT_ALLOWED),
        ({"ForAllValues:StringEquals": {"k:k": ["a"]}}, {}, ALLOWED),
        ({"ForAnyValue:StringEquals": {"k:k": ["a"]}}, {"k__k": ["a", "b"]}, ALLOWED),
        ({"ForAnyValue:StringEquals": {"k:k": ["a"]}}, {"k__k": ["b"]}, NOT_ALLOWED),
        ({"ForAnyValue:StringEquals": {"k:k": ["a"]}}, {}, NOT_ALLOWED),
    ],
)
def test_condition_operators(condition, context, expected):
    assert under(condition, **context) == expected


def test_every_operator_and_every_key_of_a_condition_must_hold():
    condition = {"StringEquals": {"k:a": "1", "k:b": "2"}, "StringLike": {"k:c": "3*"}}
    assert under(condition, k__a=["1"], k__b=["2"], k__c=["33"]) == ALLOWED
    assert under(condition, k__a=["1"], k__b=["0"], k__c=["33"]) == NOT_ALLOWED
    assert under(condition, k__a=["1"], k__b=["2"], k__c=["4"]) == NOT_ALLOWED


def test_a_variable_is_the_requests_value_letter_by_letter():
    policy = allow(Resource="arn:aws:s3:::images/${aws:PrincipalTag/tenant}")
    assert verdict([policy], Request("s3:GetObject", OBJECT, {"aws:PrincipalTag/tenant": ["cat.jpg"]})) == ALLOWED
    assert verdict([policy], Request("s3:GetObject", OBJECT, {"aws:PrincipalTag/tenant": ["*"]})) == NOT_ALLOWED
    assert verdict([policy], GET) == NOT_ALLOWED
    condition = {"ForAllValues:StringEquals": {"k:k": ["${aws:PrincipalTag/tenant}"]}}
    assert under(condition, k__k=["acme"], aws__PrincipalTag_tenant=["acme"]) == ALLOWED
    assert under(condition, k__k=["other"], aws__PrincipalTag_tenant=["acme"]) == NOT_ALLOWED


def test_an_escaped_star_is_a_star():
    assert verdict([allow(Resource="arn:aws:s3:::images/${*}")], GET) == NOT_ALLOWED
    assert (
        verdict([allow(Resource="arn:aws:s3:::images/${*}")], Request("s3:GetObject", "arn:aws:s3:::images/*"))
        == ALLOWED
    )


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Principal": "*"},
        {"Effect": "Allow", "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:*", "NotAction": "s3:*", "Resource": "*"},
        {"Effect": "allow", "Action": "s3:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"NumericEquals": {"k:k": "1"}}},
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"ForSome:StringEquals": {"k:k": "1"}}},
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"k:two": "1"}}},
    ],
)
def test_what_the_judge_does_not_know_it_refuses(statement):
    with pytest.raises(ValueError):
        verdict([{"Statement": [statement]}], Request("s3:GetObject", OBJECT, {"k:k": ["1"], "k:two": ["1", "2"]}))
