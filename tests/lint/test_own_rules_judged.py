"""Own rules on random policies: an independent judge confirms every witness, and finds no request in a clean policy."""

from __future__ import annotations

import json
import random
from fnmatch import fnmatchcase

from support.judge import ALLOWED, Request, verdict
from support.linting import read

from iamglue.policy.conditions import build_condition
from iamglue.rules import find_allowed_requests

_COUNT = 120
_ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion")
_ACTION_PATTERNS = (*_ACTIONS, "s3:*", "s3:Delete*", "s3:*Object", "S3:get*", "*")
_KEYS = ("a", "prod", "prod-1", "prod-x/y")
_RESOURCES = tuple(f"arn:aws:s3:::{bucket}/{key}" for bucket in ("prod-a", "prod-b", "dev-a") for key in _KEYS)
_RESOURCE_PATTERNS = (*_RESOURCES[::3], "arn:aws:s3:::prod-*", "arn:aws:s3:::dev-*", "arn:aws:s3:::*/prod*", "*")
_VPCES = ("vpce-1", "vpce-2")
_CONTEXTS = ({}, *({"aws:SourceVpce": [value]} for value in _VPCES))
_REQUIRED = build_condition("StringEquals", "aws:SourceVpce", "vpce-1")


def _some(chance: random.Random, values: tuple[str, ...]) -> list[str]:
    return chance.sample(values, chance.randint(1, 2))


def _statement(chance: random.Random) -> dict:
    effect = "Allow" if chance.random() < 0.6 else "Deny"
    action = "NotAction" if chance.random() < 0.2 else "Action"
    resource = "NotResource" if chance.random() < 0.2 else "Resource"
    statement = {"Effect": effect, action: _some(chance, _ACTION_PATTERNS), resource: _some(chance, _RESOURCE_PATTERNS)}
    if chance.random() < 0.4:
        operator = chance.choice(("StringEquals", "StringEqualsIfExists", "StringLike"))
        statement["Condition"] = {operator: {"aws:SourceVpce": chance.choice((*_VPCES, "vpce-*"))}}
    return statement


def _policy(chance: random.Random) -> dict:
    return {"Version": "2012-10-17", "Statement": [_statement(chance) for _ in range(chance.randint(1, 4))]}


def _forbidden(action: str, resource: str, actions: str, resources: str) -> bool:
    return fnmatchcase(action.lower(), actions.lower()) and fnmatchcase(resource, resources)


def test_a_violation_is_found_if_and_only_if_a_forbidden_request_is_allowed():
    chance = random.Random(18)
    violations = clean = 0
    for _ in range(_COUNT):
        document = _policy(chance)
        actions, resources = chance.choice(_ACTION_PATTERNS), chance.choice(_RESOURCE_PATTERNS)
        unless = (_REQUIRED,) if chance.random() < 0.5 else ()
        (policy,) = read(json.dumps(document)).policies
        allowed = list(find_allowed_requests(policy, [actions], [resources], unless=unless))
        case = (json.dumps(document), actions, resources, unless)
        for item in allowed:
            assert item.request is not None, case
            request = Request(item.request.action, item.request.resource, dict(item.request.context))
            assert verdict([document], request) == ALLOWED, case
            assert _forbidden(request.action, request.resource, actions, resources), case
            assert not (unless and list(request.context.get("aws:SourceVpce", ())) == ["vpce-1"]), case
        if not allowed:
            requests = [
                Request(action, resource, context)
                for action in _ACTIONS
                for resource in _RESOURCES
                for context in _CONTEXTS
                if _forbidden(action, resource, actions, resources)
                and not (unless and context.get("aws:SourceVpce") == ["vpce-1"])
            ]
            assert [request for request in requests if verdict([document], request) == ALLOWED] == [], case
        violations, clean = violations + bool(allowed), clean + (not allowed)
    assert min(violations, clean) > _COUNT // 5


_VALUES = ("prod-a", "dev-a", "*", "prod-*", "prod-a/prod", "", "vpce-1")
_OPEN_RESOURCES = (
    "arn:aws:s3:::${P}",
    "arn:aws:s3:::${P}/*",
    "arn:aws:s3:::prod-${P}/*",
    "arn:aws:s3:::dev-${P}",
    "${P}",
)


def _open_statement(chance: random.Random) -> dict:
    statement = _statement(chance)
    element = "Resource" if "Resource" in statement else "NotResource"
    if chance.random() < 0.7:
        statement[element] = [*statement[element][:1], chance.choice(_OPEN_RESOURCES)][chance.randint(0, 1) :]
    if "Condition" in statement and chance.random() < 0.5:
        statement["Condition"] = {"StringEquals": {"aws:SourceVpce": "${P}"}}
    return statement


def _template(statements: list[dict]) -> str:
    """A template in which `${P}` is a parameter."""
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    for quoted in {part for part in text.split('"') if "${P}" in part}:
        text = text.replace(f'"{quoted}"', json.dumps({"Fn::Sub": quoted}))
    properties = f'{{"PolicyName": "p", "RoleName": "r", "PolicyDocument": {text}}}'
    resource = f'{{"Type": "AWS::IAM::RolePolicy", "Properties": {properties}}}'
    return f'{{"Parameters": {{"P": {{"Type": "String"}}}}, "Resources": {{"R": {resource}}}}}'


def _answer(text: str, actions: str, resources: str, unless: tuple) -> bool | None:
    """Whether the policy breaks the rule; None: undecided."""
    (policy,) = read(text, "template.json").policies
    allowed = list(find_allowed_requests(policy, [actions], [resources], unless=unless))
    if any(item.request is not None for item in allowed):
        return True
    return None if allowed else False


def test_what_is_said_of_a_template_holds_for_each_value_of_its_parameter():
    chance = random.Random(81)
    answers = {True: 0, False: 0, None: 0}
    for _ in range(_COUNT):
        statements = [_open_statement(chance) for _ in range(chance.randint(1, 3))]
        actions, resources = chance.choice(_ACTION_PATTERNS), chance.choice(_RESOURCE_PATTERNS)
        unless = (_REQUIRED,) if chance.random() < 0.3 else ()
        answer = _answer(_template(statements), actions, resources, unless)
        answers[answer] += 1
        for value in _VALUES if answer is not None else ():
            text = json.dumps({"Version": "2012-10-17", "Statement": statements}).replace("${P}", value)
            assert _answer(text, actions, resources, unless) in (answer, None), (text, actions, resources, unless)
    assert min(answers.values()) > _COUNT // 20, answers
