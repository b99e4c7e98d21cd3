"""Rules about principals on random resource-based policies: no caller who is not listed is missed."""

from __future__ import annotations

import json
import random
from fnmatch import fnmatchcase

from support.linting import read

from iamglue.engine.evaluate.callers import parse_caller
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import access_of
from iamglue.lint.own_rules.policy_check import check_policy
from iamglue.lint.rule import RuleViolation
from iamglue.policy.parsed_policy import PolicyType
from iamglue.readers.own_rules.reader import parse_own_rules

_COUNT = 150
_OURS, _THEIRS = "111122223333", "444455556666"
_QUEUE = f"arn:aws:sqs:eu-west-1:{_OURS}:q"
_ROLES = [f"arn:aws:iam::{account}:role/{name}" for account in (_OURS, _THEIRS) for name in ("data-a", "web")]
_SESSIONS = [f"arn:aws:sts::{_THEIRS}:assumed-role/{name}/s" for name in ("data-a", "x")]
_NAMED = [*_ROLES, *_SESSIONS, f"arn:aws:iam::{_THEIRS}:root", _OURS, f"arn:aws:iam::{_THEIRS}:user/data-u"]
_SERVICES = ["lambda.amazonaws.com", "ec2.amazonaws.com"]
_LISTED = ["arn:aws:iam::*:role/data-*", _ROLES[1], _OURS, _SERVICES[0], f"arn:aws:iam::{_THEIRS}:user/*"]
_CALLERS = [
    *(
        f"arn:aws:sts::{account}:assumed-role/{name}/s"
        for account in (_OURS, _THEIRS)
        for name in ("data-a", "web", "x")
    ),
    *(f"arn:aws:iam::{_THEIRS}:user/{name}" for name in ("data-u", "x")),
    *_SERVICES,
    "arn:aws:iam::999999999999:user/x",
]
_CONDITIONS = [
    {"StringEquals": {"aws:PrincipalAccount": _THEIRS}},
    {"StringNotEquals": {"aws:PrincipalAccount": _OURS}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/data-*"}},
    {"Bool": {"aws:PrincipalIsAWSService": "true"}},
]


def _statement(chance: random.Random) -> dict:
    principal: object = "*"
    if chance.random() < 0.75:
        services = {"Service": chance.sample(_SERVICES, 1)} if chance.random() < 0.4 else {}
        principal = {"AWS": chance.sample(_NAMED, chance.randint(1, 2)), **services}
    effect = "Allow" if chance.random() < 0.7 else "Deny"
    statement = {"Effect": effect, "Principal": principal, "Action": "sqs:SendMessage", "Resource": _QUEUE}
    return {**statement, "Condition": chance.choice(_CONDITIONS)} if chance.random() < 0.4 else statement


def _is_listed(caller: str, listed: list[str]) -> bool:
    known = parse_caller(caller)
    (arn,) = known.known_keys.get("aws:PrincipalArn", (caller,))
    return known.account in listed or any(fnmatchcase(arn, pattern) for pattern in listed)


def test_a_policy_that_lets_in_a_caller_who_is_not_listed_is_never_clean():
    chance = random.Random(4)
    clean = broken = 0
    for _ in range(_COUNT):
        listed = chance.sample(_LISTED, chance.randint(1, 3))
        statements = [_statement(chance) for _ in range(chance.randint(1, 3))]
        document = {"Version": "2012-10-17", "Statement": statements}
        (policy,) = read(json.dumps(document), type=PolicyType.RESOURCE).policies
        data = {"id": "o", "kind": "allowed-principals", "message": "m", "principals": listed}
        (rule,) = parse_own_rules(json.dumps({"version": 1, "rules": [data]}), "rules.yaml")
        results = list(check_policy(rule, policy))
        access = access_of([policy.value])
        let_in = [
            caller
            for caller in _CALLERS
            if not _is_listed(caller, listed)
            and access.contains(Request("sqs:SendMessage", _QUEUE, parse_caller(caller).known_keys, caller))
        ]
        assert results or not let_in, (statements, listed, let_in)
        clean += not results
        broken += any(isinstance(result, RuleViolation) for result in results)
    assert min(clean, broken) > _COUNT // 5
