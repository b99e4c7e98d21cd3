"""Policies, accesses and requests over a small vocabulary, so that random ones often have to do with each other."""

from __future__ import annotations

import random

from hypothesis import strategies as st

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import access_of
from iamglue.policy.conditions import Condition, Operator
from iamglue.policy.model import VERSION_2008, VERSION_2012, Effect, MatchList, Policy, Statement

ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:ListAllMyBuckets", "sqs:SendMessage", "sqs:ListQueues"]
ACTION_PATTERNS = [*ACTIONS, "*", "s3:*", "S3:get*", "s3:*Object", "sqs:?end*", "*:List*", "s3:NoSuchThing", "s*:*"]
RESOURCES = [
    "*",
    "arn:aws:s3:::a",
    "arn:aws:s3:::a/k",
    "arn:aws:s3:::a/in/k",
    "arn:aws:s3:::someone/k",
    "arn:aws:s3:::b/in",
    "arn:aws-cn:s3:::a/k",
    "arn:aws:sqs:us-east-1:111122223333:q",
    "arn:aws:sqs:eu-west-1:111122223333:a/k",
]
RESOURCE_PATTERNS = [
    *RESOURCES,
    "arn:aws:s3:::*",
    "arn:aws:s3:::a/*",
    "arn:aws:s3:::a/in/*",
    "arn:aws:s3:::?/*k",
    "arn:*:s3:::a/*",
    "arn:aws:sqs:*:111122223333:*",
    "arn:aws:*",
]
WITH_VARIABLES = [
    "arn:aws:s3:::${aws:username}/*",
    "arn:aws:s3:::${aws:username, 'a'}/k",
    "arn:aws:s3:::a/${*}",
    "arn:aws:s3:::${aws:PrincipalTag/team}/k",
]
TEXTS = ["a", "b", "ab", "A", "someone", "a*", "?", "*", "", "${aws:username}", "x${*}"]
NUMBERS = ["1", "2", "2.5", "10", "no number"]
DATES = ["2024-01-01", "2024-01-01T00:00:00Z", "2025-06-30T12:00:00Z", "1700000000", "someday"]
NETWORKS = ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "2001:db8::/32", "0.0.0.0/0", "::/0", "300.1.1.1"]
ADDRESSES = ["10.0.0.1", "10.1.2.3", "11.0.0.1", "2001:db8::1", "::1", "nowhere"]
ARNS = ["arn:aws:s3:::a", "arn:aws:s3:::a*", "arn:aws:*:*:*:*", "arn:aws:sns:*:111122223333:t", "no arn"]
# key -> base operators, policy values, request values. The keys' types are AWS's; the last one AWS does not know.
KEYS = {
    "aws:PrincipalTag/team": (
        ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"),
        TEXTS,
        TEXTS,
    ),
    "aws:username": (("StringEquals", "StringLike", "StringNotLike"), TEXTS, ["a", "someone", "b"]),
    "aws:TagKeys": (("StringEquals", "StringNotEquals", "StringLike", "StringNotLike"), TEXTS, ["a", "b", "ab", "x"]),
    "aws:SourceIp": (("IpAddress", "NotIpAddress"), NETWORKS, ADDRESSES),
    "aws:CurrentTime": (("DateLessThan", "DateGreaterThanEquals", "DateEquals", "DateNotEquals"), DATES, DATES),
    "s3:max-keys": (("NumericLessThan", "NumericEquals", "NumericNotEquals", "NumericGreaterThan"), NUMBERS, NUMBERS),
    "aws:SecureTransport": (("Bool",), ["true", "false", "True"], ["true", "false"]),
    "aws:SourceArn": (
        ("ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"),
        ARNS,
        [*ARNS[:1], "arn:aws:s3:::ab", "x"],
    ),
    "custom:key": (
        ("StringLike", "BinaryEquals", "StringNotEqualsIgnoreCase"),
        ["YQ==", "a*", "b"],
        ["YQ==", "A", "b"],
    ),
}


def _operator(base):
    return st.builds(
        Operator, st.just(base), st.sampled_from(["", "", "", "ForAllValues", "ForAnyValue"]), st.booleans()
    )


def _condition(key):
    bases, values, _ = KEYS[key]
    own = st.sampled_from(bases).flatmap(
        lambda base: st.builds(
            Condition,
            _operator(base),
            st.sampled_from([key, key.upper()] if ":" in key and "/" not in key else [key]),
            st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple),
        )
    )
    null = st.builds(
        Condition, st.just(Operator("Null")), st.just(key), st.sampled_from([("true",), ("false",), ("true", "false")])
    )
    return st.one_of(own, own, own, null)


CONDITIONS = st.sampled_from(sorted(KEYS)).flatmap(_condition)


def statements(*, conditions=(0, 3), variables=True):
    low, high = conditions
    resources = [*RESOURCE_PATTERNS, *(WITH_VARIABLES if variables else [])]
    return st.builds(
        Statement,
        st.sampled_from([Effect.ALLOW, Effect.ALLOW, Effect.DENY]),
        st.builds(
            MatchList,
            st.lists(st.sampled_from(ACTION_PATTERNS), min_size=1, max_size=2, unique=True).map(tuple),
            st.sampled_from([False, False, False, True]),
        ),
        st.builds(
            MatchList,
            st.lists(st.sampled_from(resources), min_size=1, max_size=2, unique=True).map(tuple),
            st.sampled_from([False, False, False, True]),
        ),
        st.lists(
            CONDITIONS,
            min_size=low,
            max_size=high,
            unique_by=lambda c: (str(c.operator), c.key.lower()),
        ).map(tuple),
    )


def policies(**kwargs):
    return st.builds(
        Policy,
        st.lists(statements(**kwargs), min_size=1, max_size=3).map(tuple),
        st.sampled_from([VERSION_2012, VERSION_2012, VERSION_2012, VERSION_2008]),
    )


def accesses(**kwargs):
    return policies(**kwargs).map(lambda policy: access_of([policy]))


def _values(key):
    texts = [text for text in KEYS[key][2] if text]
    several = key == "aws:TagKeys"
    return st.lists(st.sampled_from(texts), min_size=1, max_size=3 if several else 1, unique=True).map(tuple)


# The algebra speaks of requests that AWS can see: for an action, ARNs of the forms that it takes.
_OBJECTS = [text for text in RESOURCES if "s3:::" in text and "/" in text]
_ASKED = {
    "s3:GetObject": _OBJECTS,
    "s3:getobject": _OBJECTS,
    "s3:PutObject": _OBJECTS,
    "s3:ListBucket": ["arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws-cn:s3:::a"],
    "s3:ListAllMyBuckets": ["*"],
    "sqs:SendMessage": [text for text in RESOURCES if ":sqs:" in text],
    "sqs:ListQueues": ["*"],
    "s3:NoSuchThing": ["*", *_OBJECTS],
}


def _drawn(chance):
    """One request, each key in it as often as not."""
    action = chance.choice(sorted(_ASKED))
    context = {}
    for key in sorted(KEYS):
        texts = [text for text in KEYS[key][2] if text]
        if chance.random() < 0.5:
            context[key] = tuple(chance.sample(texts, chance.randint(1, 3 if key == "aws:TagKeys" else 1)))
    return Request(action, chance.choice(_ASKED[action]), context)


# Drawn once: a request costs hypothesis far more to draw than a policy costs to be asked.
_CHANCE = random.Random(7)
POOL = [_drawn(_CHANCE) for _ in range(400)]
REQUESTS = st.sampled_from(sorted(_ASKED)).flatmap(
    lambda action: st.builds(
        Request,
        st.just(action),
        st.sampled_from(_ASKED[action]),
        st.fixed_dictionaries({}, optional={key: _values(key) for key in KEYS}),
    )
)
