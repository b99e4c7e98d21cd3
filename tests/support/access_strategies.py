"""Policies, accesses and requests over a small vocabulary, so that random ones often have to do with each other."""

from __future__ import annotations

import random

from hypothesis import strategies as st
from support.seeded import seeded, some

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


def random_condition(chance: random.Random) -> Condition:
    """A condition on one of the keys; one in four says whether the request has the key."""
    key = chance.choice(sorted(KEYS))
    bases, values, _ = KEYS[key]
    if chance.random() < 0.25:
        return Condition(Operator("Null"), key, chance.choice([("true",), ("false",), ("true", "false")]))
    quantifier = chance.choice(["", "", "", "ForAllValues", "ForAnyValue"])
    operator = Operator(chance.choice(bases), quantifier, chance.choice([False, True]))
    spellings = [key, key.upper()] if ":" in key and "/" not in key else [key]
    return Condition(operator, chance.choice(spellings), some(chance, values, 3))


def random_statement(chance: random.Random, *, conditions=(0, 3), variables=True) -> Statement:
    """A statement with so many conditions, all different; `variables` are those of policies, in its resources."""
    resources = [*RESOURCE_PATTERNS, *(WITH_VARIABLES if variables else [])]
    chosen: dict[tuple[str, str], Condition] = {}
    wanted = chance.randint(*conditions)
    while len(chosen) < wanted:
        condition = random_condition(chance)
        chosen.setdefault((str(condition.operator), condition.key.lower()), condition)
    return Statement(
        chance.choice([Effect.ALLOW, Effect.ALLOW, Effect.DENY]),
        MatchList(some(chance, ACTION_PATTERNS, 2), chance.choice([False, False, False, True])),
        MatchList(some(chance, resources, 2), chance.choice([False, False, False, True])),
        tuple(chosen.values()),
    )


def random_policy(chance: random.Random, **kwargs) -> Policy:
    """A policy of one to three statements; the options are those of `random_statement`."""
    return Policy(
        tuple(random_statement(chance, **kwargs) for _ in range(chance.randint(1, 3))),
        chance.choice([VERSION_2012, VERSION_2012, VERSION_2012, VERSION_2008]),
    )


def policies(**kwargs):
    return seeded(lambda chance: random_policy(chance, **kwargs))


def accesses(**kwargs):
    return policies(**kwargs).map(lambda policy: access_of([policy]))


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


def random_request(chance: random.Random) -> Request:
    """One request, each key in it as often as not."""
    action = chance.choice(sorted(_ASKED))
    context = {}
    for key in sorted(KEYS):
        texts = [text for text in KEYS[key][2] if text]
        if chance.random() < 0.5:
            context[key] = some(chance, texts, 3 if key == "aws:TagKeys" else 1)
    return Request(action, chance.choice(_ASKED[action]), context)


_CHANCE = random.Random(7)
POOL = [random_request(_CHANCE) for _ in range(400)]
REQUESTS = seeded(random_request)


def several_requests(least: int, most: int) -> st.SearchStrategy[list[Request]]:
    """Lists of so many requests."""
    return seeded(lambda chance: [random_request(chance) for _ in range(chance.randint(least, most))])
