"""Requests for a pattern: all, none or some of them, held against single requests."""

from __future__ import annotations

import random

import pytest
from support.layered import (
    ALL,
    AWAY,
    EVERYONE,
    HOME,
    KEY,
    NONE,
    ROLE,
    ROOT,
    SESSION,
    TARGET,
    UNDECIDABLE,
    USER,
    Case,
    policy,
    statement,
    to,
)

from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.request_evaluation import evaluate_request
from iamglue.engine.solve.request_patterns import PatternAnswer, evaluate_pattern
from iamglue.policy.patterns.wildcards import matches, matches_action

ALL_OF, NONE_OF, SOME_OF, UNDECIDED = PatternAnswer
OBJECTS = "arn:aws:s3:::b/*"
QUEUES = f"arn:aws:sqs:eu-west-1:{HOME}:*"
GET = policy(statement(Action="s3:Get*", Resource=OBJECTS))
BUT_SECRETS = policy(
    statement(Action="s3:Get*", Resource=OBJECTS), statement("Deny", Action="*", Resource="arn:aws:s3:::b/secret/*")
)
HOMES = policy(statement(Action="s3:GetObject", Resource="arn:aws:s3:::b/${aws:username}/*"))


def answer(action, on, who=None, account=None, **layers):
    case = Case("", **layers)
    return evaluate_pattern(case.layers(), Request(action, on, case.context or {}, who), account)


@pytest.mark.parametrize(
    ("expected", "action", "resource", "options"),
    [
        (ALL_OF, "s3:GetObject", OBJECTS, {"identity": GET}),
        (ALL_OF, "s3:Get*", OBJECTS, {"identity": GET}),
        (ALL_OF, "s3:GetObject", "arn:aws:s3:::b/public/*", {"identity": BUT_SECRETS}),
        (SOME_OF, "s3:GetObject", OBJECTS, {"identity": BUT_SECRETS}),
        (NONE_OF, "s3:GetObject", "arn:aws:s3:::b/secret/*", {"identity": BUT_SECRETS}),
        (NONE_OF, "s3:PutObject", OBJECTS, {"identity": GET}),
        (SOME_OF, "s3:*Object", OBJECTS, {"identity": GET}),
        (SOME_OF, "s3:GetObject", "arn:aws:s3:::*", {"identity": GET}),
        (SOME_OF, "s3:Get*", "*", {"identity": GET}),
        (ALL_OF, "s3:Get*", "*", {"identity": ALL}),
        # policy variables have the values of the context
        (ALL_OF, "s3:GetObject", "arn:aws:s3:::b/bob/*", {"identity": HOMES, "who": USER}),
        (NONE_OF, "s3:GetObject", "arn:aws:s3:::b/alice/*", {"identity": HOMES, "who": USER}),
        (NONE_OF, "s3:GetObject", "arn:aws:s3:::b/bob/*", {"identity": HOMES}),
        (
            NONE_OF,
            "s3:GetObject",
            "arn:aws:s3:::b/bob/*",
            {"identity": HOMES, "context": {"aws:username": ("*",)}},
        ),
        # conditions are those of one context
        (
            NONE_OF,
            "s3:GetObject",
            OBJECTS,
            {"identity": policy(statement(Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}))},
        ),
        (
            ALL_OF,
            "s3:GetObject",
            OBJECTS,
            {
                "identity": policy(statement(Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}})),
                "context": {"aws:SourceVpce": ("vpce-1",)},
            },
        ),
        (
            UNDECIDED,
            "s3:GetObject",
            OBJECTS,
            {"identity": policy(statement(Condition=UNDECIDABLE)), "context": {"aws:PrincipalTag/x": ("v",)}},
        ),
        (UNDECIDED, "s3:GetObject", OBJECTS, {"resource": to(USER)}),
        # layers
        (ALL_OF, "sqs:*", QUEUES, {"identity": ALL, "boundary": ALL, "scps": (ALL, ALL), "who": USER}),
        (NONE_OF, "sqs:*", QUEUES, {"identity": ALL, "boundary": NONE, "who": USER}),
        (NONE_OF, "sqs:*", QUEUES, {"identity": ALL, "scps": (ALL, NONE), "who": USER}),
        (ALL_OF, "sqs:*", QUEUES, {"boundary": NONE, "resource": to(USER), "who": USER}),
        (NONE_OF, "sqs:*", QUEUES, {"boundary": NONE, "resource": to(ROLE), "who": SESSION}),
        (SOME_OF, "sqs:*", QUEUES, {"identity": ALL, "endpoint": to("*", Action="sqs:SendMessage"), "who": USER}),
        (SOME_OF, "sqs:*", QUEUES, {"identity": ALL, "rcps": (to("*", effect="Deny", Action="sqs:Send*"),)}),
        (NONE_OF, "s3:Get*", OBJECTS, {"resource": EVERYONE, "who": "*", "block_public_access": True}),
        (ALL_OF, "s3:Get*", OBJECTS, {"resource": EVERYONE, "who": "*"}),
        # accounts
        (SOME_OF, "sqs:*", "arn:aws:sqs:eu-west-1:*:q", {"identity": ALL, "who": USER}),
        (NONE_OF, "sqs:*", f"arn:aws:sqs:eu-west-1:{AWAY}:*", {"identity": ALL, "who": USER}),
        (ALL_OF, "sqs:*", f"arn:aws:sqs:eu-west-1:{AWAY}:*", {"identity": ALL, "who": USER, "resource": to(HOME)}),
        (ALL_OF, "sqs:*", "*", {"identity": ALL, "who": USER, "account": HOME}),
        (NONE_OF, "s3:GetObject", OBJECTS, {"identity": ALL, "who": USER, "account": AWAY}),
        (
            UNDECIDED,
            "sqs:*",
            "arn:aws:sqs:eu-west-1:*:q",
            {"identity": policy(statement(Condition={"StringEquals": {"aws:ResourceAccount": HOME}}))},
        ),
        # keys and roles need their own policy, other resources of the service do not
        (SOME_OF, "kms:*", "*", {"identity": ALL, "who": USER, "account": HOME}),
        (NONE_OF, "kms:*", KEY[:-1] + "*", {"identity": ALL, "who": USER}),
        (ALL_OF, "kms:*", KEY[:-1] + "*", {"identity": ALL, "resource": to(ROOT), "who": USER}),
        (NONE_OF, "sts:Assume*", TARGET[:-1] + "*", {"identity": ALL, "who": USER}),
        (
            SOME_OF,
            "kms:R*Grant",
            KEY[:-1] + "*",
            {"identity": ALL, "resource": to(ROOT), "who": USER, "rcps": (to("*", effect="Deny"),)},
        ),
    ],
)
def test_a_pattern_is_answered_by_all_none_or_some(expected, action, resource, options):
    result = answer(action, resource, **options)
    assert result.answer is expected, (result.reasons, result.allowed, result.denied)


@pytest.mark.parametrize("expected", [ALL_OF, NONE_OF, SOME_OF])
def test_the_examples_are_of_the_pattern_and_decided_as_single_requests(expected):
    resource = {ALL_OF: "arn:aws:s3:::b/a*", NONE_OF: "arn:aws:s3:::b/secret/*", SOME_OF: OBJECTS}[expected]
    result = answer("s3:GetObject*", resource, identity=BUT_SECRETS)
    assert result.answer is expected
    assert (result.allowed is None, result.denied is None) == (expected is NONE_OF, expected is ALL_OF)
    for example in (result.allowed, result.denied):
        if example is not None:
            assert matches(resource, example.request.resource)
            assert matches_action("s3:GetObject*", example.request.action)
            assert example.decided_by


def test_an_action_that_aws_may_add_is_noted():
    result = answer("sqs:Send*", QUEUES, identity=policy(statement(Action="sqs:SendMessage")))
    assert result.answer is ALL_OF
    (note,) = result.notes
    assert note.startswith("for an action that AWS may add")
    assert note.endswith("is not allowed")


def test_a_pattern_without_a_request_is_noted():
    result = answer("sqs:Send*", "arn:aws:s3:::b/*", identity=ALL)
    assert result.answer is NONE_OF
    assert result.notes == ("AWS's reference has no request that matches the pattern",)


def test_a_pattern_of_a_resource_type_that_the_reference_does_not_list_for_the_action_is_undecided():
    result = answer("glue:GetTable", f"arn:aws:glue:eu-west-1:{HOME}:crawler/*", identity=ALL)
    assert result.answer is UNDECIDED
    assert result.reasons[0].startswith("AWS's reference lists glue:GetTable only for the resource types catalog,")


def test_an_action_that_is_allowed_on_a_resource_type_that_the_reference_does_not_list_for_it_is_noted():
    crawlers = f"arn:aws:glue:eu-west-1:{HOME}:crawler/*"
    result = answer("glue:Get*", crawlers, identity=policy(statement(Action="glue:GetTable", Resource=crawlers)))
    assert result.answer is NONE_OF
    assert f"policies may allow `glue:GetTable` on `{crawlers[:-1]}" in " ".join(result.notes)


ACTIONS = ("sqs:SendMessage", "sqs:ReceiveMessage", "s3:GetObject", "s3:PutObject", "kms:Decrypt", "sts:AssumeRole")
RESOURCES = (
    f"arn:aws:sqs:eu-west-1:{HOME}:qa",
    f"arn:aws:sqs:eu-west-1:{HOME}:qb",
    f"arn:aws:sqs:us-east-1:{HOME}:qa",
    f"arn:aws:sqs:eu-west-1:{AWAY}:qa",
    "arn:aws:s3:::b/a",
    "arn:aws:s3:::b/bob/a",
    "arn:aws:s3:::c/a",
    KEY,
    f"arn:aws:kms:eu-west-1:{AWAY}:key/1",
    TARGET,
    f"arn:aws:iam::{HOME}:role/other",
)
RESOURCE_PATTERNS = (
    "*",
    "arn:aws:sqs:*:*:q*",
    f"arn:aws:sqs:eu-west-1:{HOME}:*",
    "arn:aws:sqs:*:*:qa",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::*/a",
    "arn:aws:s3:::b/${aws:username}/*",
    "arn:aws:kms:*:*:key/*",
    f"arn:aws:iam::{HOME}:role/*",
    "arn:aws:s3:::*",
)
ACTION_PATTERNS = ("*", "sqs:*", "sqs:S*", "s3:*", "s3:Get*", "kms:*", "sts:*")
PATTERNS = (
    *(
        (action, resource)
        for action in ("sqs:*", "sqs:S*", "sqs:SendMessage")
        for resource in ("arn:aws:sqs:*:*:q*", f"arn:aws:sqs:eu-west-1:{HOME}:*", "arn:aws:sqs:*:*:qa")
    ),
    *(
        (action, resource)
        for action in ("s3:*Object", "s3:GetObject", "s3:Get*")
        for resource in ("arn:aws:s3:::b/*", "arn:aws:s3:::*/a", "arn:aws:s3:::b/bob/*", "arn:aws:s3:::?/a")
    ),
    ("kms:*crypt", "arn:aws:kms:*:*:key/*"),
    ("sts:Assume*", f"arn:aws:iam::{HOME}:role/*"),
)
CALLERS = (None, USER, SESSION, ROOT, "*", f"arn:aws:iam::{AWAY}:user/eve", "sns.amazonaws.com")


def _statement(chance, named=()):
    elements = {
        "Action": chance.choice(ACTION_PATTERNS),
        chance.choice(("Resource", "Resource", "Resource", "NotResource")): chance.choice(RESOURCE_PATTERNS),
    }
    if "NotResource" in elements:
        elements["Resource"] = None
    if named:
        elements["Principal"] = chance.choice(named)
    if chance.random() < 0.2:
        elements["Condition"] = chance.choice(
            ({"StringEquals": {"aws:username": "bob"}}, {"Bool": {"aws:SecureTransport": "true"}})
        )
    return statement(chance.choice(("Allow", "Allow", "Allow", "Deny")), **elements)


def _policy(chance, named=()):
    return policy(*(_statement(chance, named) for _ in range(chance.randint(1, 4))))


def _layers(chance):
    named = ("*", {"AWS": USER}, {"AWS": ROLE}, {"AWS": HOME}, {"AWS": AWAY}, {"Service": "sns.amazonaws.com"})
    optional = {
        "identity": lambda: _policy(chance),
        "boundary": lambda: _policy(chance),
        "session": lambda: _policy(chance),
        "scps": lambda: (ALL, _policy(chance)),
        "rcps": lambda: (_policy(chance, ("*",)),),
        "resource": lambda: _policy(chance, named),
        "endpoint": lambda: _policy(chance, named),
    }
    layers = {name: make() for name, make in optional.items() if chance.random() < 0.15}
    identity = ALL if chance.random() < 0.5 else _policy(chance)
    return {"identity": identity, **layers, "block_public_access": chance.random() < 0.2}


@pytest.mark.parametrize("seed", range(6))
def test_all_and_none_agree_with_every_single_request(seed):
    chance, answers = random.Random(seed), []
    for _ in range(20):
        case = Case("", **_layers(chance))
        layers, who, account = case.layers(), chance.choice(CALLERS), chance.choice((None, None, HOME))
        action, resource = chance.choice(PATTERNS)
        result = evaluate_pattern(layers, Request(action, resource, {}, who), account)
        answers.append(result.answer)
        for single_action in ACTIONS:
            for single in RESOURCES:
                is_elsewhere = account and AWAY in single
                if is_elsewhere or not (matches_action(action, single_action) and matches(resource, single)):
                    continue
                decision = evaluate_request(layers, Request(single_action, single, {}, who), account)
                if result.answer is ALL_OF:
                    assert decision.allowed, (case, who, action, resource, decision)
                if result.answer is NONE_OF:
                    assert not decision.allowed, (case, who, action, resource, decision)
    assert answers.count(UNDECIDED) <= 5
    assert len(set(answers) - {UNDECIDED}) >= 2
