"""What one statement's condition says of another's: covered, plainly not, or not to be told by a look."""

from __future__ import annotations

import json

from support.rows import every_row

from iamglue.lint.analysis.condition_cover import condition_covers
from iamglue.policy.document import read_nodes
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

NAME, KEY = "aws:username", "AWS:UserName"


def _covers(general: tuple, specific: dict) -> bool | None:
    operator, values = general
    statements = [{"Condition": {operator: {NAME: values}}}, {"Condition": specific}]
    node = read_nodes(json.dumps({"Statement": statements}), "policy.json").documents[0]
    one, two = ParsedPolicy(node, PolicyType.IDENTITY).statements
    return condition_covers(one.conditions[0], two)


@every_row(
    "general, specific, covered",
    [
        # the same operator
        (("StringLike", ["a*", "b"]), {"StringLike": {KEY: ["ab", "b", "a?"]}}, True),
        (("StringLike", "a*"), {"StringLike": {KEY: ["ab", "b"]}}, False),
        (("StringLike", "ab"), {"StringLike": {KEY: "a*"}}, False),
        (("StringEquals", ["a*", "b"]), {"StringEquals": {KEY: "a*"}}, True),
        (("StringEquals", "a*"), {"StringEquals": {KEY: "ab"}}, False),
        (("StringEquals", "a"), {"StringEquals": {KEY: []}}, False),
        (("Bool", "true"), {"Bool": {KEY: "true"}}, True),
        (("StringLikeIfExists", "a*"), {"StringLikeIfExists": {KEY: "ab"}}, True),
        (("NumericEquals", "1"), {"NumericEquals": {KEY: "1"}}, None),
        # another one
        (("StringLike", "a*"), {"StringEquals": {KEY: "ab"}}, None),
        (("StringLike", "a*"), {"StringEquals": {KEY: ["ab", "b"]}}, False),
        (("StringLike", "a*"), {"StringEquals": {KEY: ["b*"]}}, None),
        (("StringLike", "a*"), {"StringEquals": {KEY: ["b?"]}}, None),
        (("StringEquals", "a*"), {"StringLike": {KEY: "a*"}}, None),
        (("StringEquals", "a*"), {"StringLike": {KEY: "ab"}}, False),
        (("StringEquals", "a*"), {"StringLike": {KEY: "b*"}}, False),
        (("StringEquals", "a"), {"StringLike": {KEY: "${aws:a}"}}, None),
        (("StringLike", "${aws:a}"), {"StringEquals": {KEY: "a"}}, None),
        (("StringEquals", "a"), {"StringEqualsIfExists": {KEY: "b"}}, False),
        (("StringEquals", "a"), {"StringEqualsIfExists": {KEY: "a"}}, None),
        (("StringEquals", "a"), {"ForAnyValue:StringEquals": {KEY: "b"}}, None),
        (("ForAllValues:StringEquals", "a"), {"StringEquals": {KEY: "b"}}, None),
        (("StringEquals", "a"), {"StringNotEquals": {KEY: "b"}}, None),
        (("StringNotEquals", "a"), {"StringEquals": {KEY: ["a", "b"]}}, False),
        (("StringNotEquals", "a"), {"StringEquals": {KEY: "b"}}, None),
        (("StringNotEquals", "a"), {"StringLike": {KEY: "a"}}, None),
        (("StringNotLike", "a"), {"StringEquals": {KEY: "a"}}, None),
        (("StringEquals", "a"), {"ArnEquals": {KEY: "b"}}, None),
        (("StringEquals", []), {"StringLike": {KEY: "b"}}, None),
        (("StringEquals", "a"), {"Nonsense": {KEY: "b"}}, None),
        (("Nonsense", "a"), {"StringEquals": {KEY: "b"}}, None),
        # the key there or not
        (("Null", "true"), {"Null": {KEY: "false"}}, False),
        (("Null", "False"), {"Null": {KEY: "TRUE"}}, False),
        (("Null", "True"), {"Null": {KEY: "true"}}, None),
        (("Null", ["true", "false"]), {"Null": {KEY: "true"}}, None),
        (("Null", "true"), {"Null": {KEY: ["false", "true"]}}, None),
        (("Null", "TRUE"), {"StringLike": {KEY: "a"}}, False),
        (("Null", "true"), {"ArnLike": {KEY: "a"}}, False),
        (("Null", "true"), {"StringLikeIfExists": {KEY: "a"}}, None),
        (("Null", "true"), {"StringNotEquals": {KEY: "a"}}, None),
        (("Null", "false"), {"StringLike": {KEY: "a"}}, None),
        (("Null", "true"), {"Nonsense": {KEY: "a"}}, None),
        # other keys, and several conditions on one
        (("StringEquals", "a"), {"StringEquals": {"aws:userid": "b"}}, None),
        (("StringEquals", "a"), {"StringEquals": {"aws:userid": "b", KEY: "a"}}, True),
        (("StringEquals", "a"), {"StringLike": {KEY: "b"}, "StringNotEquals": {KEY: "c"}}, None),
        (("StringEquals", "a"), {"StringLike": {KEY: "b"}, "StringEquals": {KEY: "a"}}, True),
    ],
)
def test_whether_one_condition_covers_others(general, specific, covered):
    assert _covers(general, specific) is covered
