"""Pairs of policies within IAM's quotas that are hard to compare: what each repeats, it repeats as often as fits.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from support.managed_policies import managed_documents

MANAGED, INLINE, RESOURCE, ATTACHED = 6_144, 10_240, 20_480, 20
_Statement = dict[str, Any]
_Side = list[dict[str, Any]]
Pair = tuple[_Side, _Side]
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def pairs() -> dict[str, Callable[[], Pair]]:
    """What makes each pair, by name: OLD and NEW, each one policy document or several that are attached together."""
    return {make.__name__.strip("_").replace("_", " "): make for make in _PAIRS}


def statement(**elements: Any) -> _Statement:
    """A statement, by default one that allows s3:GetObject on everything."""
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **elements}


def document(*statements: _Statement) -> dict[str, Any]:
    """A policy document of some statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def size(data: Any) -> int:
    """The characters of a document as IAM counts them: without white space."""
    return len(json.dumps(data, separators=(",", ":")))


def filled(make: Callable[[int], _Statement], limit: int) -> dict[str, Any]:
    """As many statements as fit into a policy."""
    statements: list[_Statement] = []
    left = limit - size(document())
    for at in count():
        added = make(at)
        left -= size(added) + 1
        if left < 0:
            return document(*statements)
        statements.append(added)
    raise AssertionError


def listed(make: Callable[[int], str], room: int) -> list[str]:
    """As many texts as fit into `room` characters of a list."""
    texts = []
    for at in count():
        text = make(at)
        room -= len(text) + 3
        if room < 0:
            break
        texts.append(text)
    return texts


def _one_less(make: Callable[[int], _Statement], limit: int) -> Pair:
    """A policy without its last statement, and with it."""
    new = filled(make, limit)
    return [document(*new["Statement"][:-1])], [new]


def _shifted(make: Callable[[int], _Statement], limit: int) -> Pair:
    """Two policies that share no statement, each full."""
    return [filled(lambda at: make(2 * at), limit)], [filled(lambda at: make(2 * at + 1), limit)]


def _managed_of_aws(name: str) -> dict[str, Any]:
    return copy.deepcopy(managed_documents()[name])


def _read_only_access() -> Pair:
    old = _managed_of_aws("ReadOnlyAccess")
    new = copy.deepcopy(old)
    actions = max((item["Action"] for item in new["Statement"]), key=len)
    for at, action in zip((10, 200, 500), ("s3:PutObject", "iam:CreateUser", "lambda:Update*"), strict=True):
        actions[at] = action
    return [old], [new]


def _twenty_of_aws() -> Pair:
    known = managed_documents()
    names = random.Random(3).sample(sorted(name for name in known if size(known[name]) < MANAGED), 21)
    return [_managed_of_aws(name) for name in names[:20]], [_managed_of_aws(name) for name in names[1:]]


def _glob(chance: random.Random, stars: int) -> str:
    return "*" + "".join(f"{chance.choice(_LETTERS)}*" for _ in range(stars))


def _four_globs(at: int) -> _Statement:
    chance = random.Random(at)
    return statement(Resource=[f"arn:aws:s3:::{_glob(chance, 2)}/{_glob(chance, 2)}" for _ in range(4)])


def _statements_of_four_globs() -> Pair:
    return _one_less(_four_globs, MANAGED)


def _other_statements_of_four_globs() -> Pair:
    return _shifted(_four_globs, MANAGED)


def _twenty_policies_of_globs() -> Pair:
    def policy(number: int) -> dict[str, Any]:
        return filled(lambda at: _four_globs(1000 * number + at), MANAGED)

    old = [policy(number) for number in range(ATTACHED)]
    return old, [*old[:-1], policy(99)]


def _twenty_policies_of_other_globs() -> Pair:
    def policy(number: int) -> dict[str, Any]:
        return filled(lambda at: _four_globs(1000 * number + at), MANAGED)

    return [policy(number) for number in range(ATTACHED)], [policy(number + 50) for number in range(ATTACHED)]


def _question_marks() -> Pair:
    def globs(*lengths: int) -> list[str]:
        return [f"arn:aws:s3:::*a{'?' * length}" for length in lengths]

    old, new = globs(*range(5, 24)), globs(*range(6, 25))
    return [document(statement(Resource=old))], [document(statement(Resource=new))]


def _question_marks_against_a_few() -> Pair:
    old = [f"arn:aws:s3:::*a{'?' * length}" for length in range(5, 25)]
    return [document(statement(Resource=old))], [document(statement(Resource="arn:aws:s3:::*b*/*a*"))]


def _denies_with_not_principal() -> Pair:
    def deny(at: int) -> _Statement:
        users = [f"arn:aws:iam::{100000000000 + at}:user/u{at}", f"arn:aws:iam::{100000000000 + at}:root"]
        denied = statement(Effect="Deny", Resource=f"arn:aws:s3:::b/{_LETTERS[at % 26]}*")
        return {**denied, "NotPrincipal": {"AWS": users}}

    allow = statement(Action="s3:*", Resource="arn:aws:s3:::b/*", Principal="*")
    old = document(allow, *(deny(at) for at in range(48)))
    new = document(allow, *(deny(at) for at in range(1, 49)))
    return [old], [new]


def _many_principals() -> Pair:
    def make(at: int) -> _Statement:
        arns = [f"arn:aws:iam::{100000000000 + at * 7 + offset}:role/r{offset}" for offset in range(4)]
        return statement(Resource=f"arn:aws:s3:::b/*{_LETTERS[at % 26]}*", Principal={"AWS": arns})

    return _one_less(make, RESOURCE)


def _many_condition_keys() -> Pair:
    def make(at: int) -> _Statement:
        keys = {f"aws:RequestTag/{_LETTERS[at % 26]}{tag}": f"*{tag}?*" for tag in range(3)}
        return statement(Condition={"StringLike": keys})

    return _one_less(make, INLINE)


def _many_keys_in_every_statement() -> Pair:
    def make(at: int) -> _Statement:
        keys = {f"aws:RequestTag/k{bit}": f"v{(at >> bit) & 1}" for bit in range(8)}
        return statement(Condition={"StringEquals": keys})

    return _one_less(make, INLINE)


def _other_keys_in_every_statement() -> Pair:
    def make(at: int) -> _Statement:
        chance = random.Random(at)
        keys = {f"aws:RequestTag/k{tag}": f"v{chance.randint(0, 3)}" for tag in chance.sample(range(20), 5)}
        return statement(Condition={chance.choice(["StringEquals", "StringNotEquals"]): keys})

    return _shifted(make, INLINE)


def _denies_on_many_keys() -> Pair:
    def make(at: int) -> _Statement:
        chance = random.Random(at)
        keys = {f"aws:RequestTag/k{tag}": f"v{chance.randint(0, 3)}*" for tag in chance.sample(range(30), 4)}
        return statement(Effect="Deny", Condition={"StringNotLike": keys})

    new = filled(make, INLINE - 100)["Statement"]
    return [document(statement(), *new)], [document(statement(), *new[1:])]


def _many_globs_of_one_key() -> Pair:
    def make(at: int) -> _Statement:
        chance = random.Random(at)
        return statement(Condition={"StringLike": {"aws:userid": [_glob(chance, 3) for _ in range(6)]}})

    return _one_less(make, INLINE)


def _other_globs_of_one_key() -> Pair:
    def make(at: int) -> _Statement:
        chance = random.Random(at)
        return statement(Condition={"StringLike": {"aws:userid": [_glob(chance, 3) for _ in range(6)]}})

    return _shifted(make, INLINE)


def _sets_of_tag_keys() -> Pair:
    def make(at: int) -> _Statement:
        chance = random.Random(at)
        operator = chance.choice(["ForAllValues:StringEquals", "ForAnyValue:StringEquals"])
        return statement(Condition={operator: {"aws:TagKeys": [f"k{chance.randint(0, 40)}" for _ in range(4)]}})

    return _shifted(make, INLINE)


def _networks() -> Pair:
    def make(at: int) -> _Statement:
        chance = random.Random(at)
        networks = [f"{chance.randint(0, 255)}.{chance.randint(0, 255)}.0.0/{chance.randint(4, 20)}" for _ in range(12)]
        operator = chance.choice(["IpAddress", "NotIpAddress"])
        return statement(Condition={operator: {"aws:SourceIp": networks}})

    return _shifted(make, INLINE)


def _numbers() -> Pair:
    def make(at: int) -> _Statement:
        chance = random.Random(at)
        low, high = sorted((chance.randint(0, 10**6), chance.randint(0, 10**6)))
        key = chance.choice(["s3:max-keys", "aws:MultiFactorAuthAge", "s3:TlsVersion"])
        return statement(Condition={"NumericGreaterThan": {key: low}, "NumericLessThan": {key: high}})

    return _shifted(make, INLINE)


def _variables() -> Pair:
    names = ["aws:username", "aws:userid", "aws:PrincipalTag/a", "aws:PrincipalTag/b", "aws:PrincipalAccount"]

    def make(at: int) -> _Statement:
        chance = random.Random(at)
        one, other = chance.sample(names, 2)
        return statement(
            Resource=f"arn:aws:s3:::b/{_glob(chance, 1)}/${{{one}}}/{chance.choice(_LETTERS)}*/${{{other}}}",
            Condition={"StringLike": {"aws:userid": f"*{chance.choice(_LETTERS)}*${{{other}}}"}},
        )

    return _shifted(make, MANAGED)


def _not_actions() -> Pair:
    def make(at: int) -> _Statement:
        chance = random.Random(at)
        names = [f"{chance.choice(['s3', 'ec2', 'iam', '*'])}:*{chance.choice(_LETTERS)}*{chance.choice(_LETTERS)}*"]
        allowed = statement(NotAction=names * 1 + [f"sqs:*{chance.choice(_LETTERS)}*"])
        del allowed["Action"]
        return allowed

    return _shifted(make, MANAGED)


def _not_resources() -> Pair:
    def make(at: int) -> _Statement:
        chance = random.Random(at)
        allowed = statement(NotResource=[f"arn:aws:s3:::{_glob(chance, 2)}" for _ in range(3)])
        del allowed["Resource"]
        return allowed

    return _shifted(make, MANAGED)


def _action_globs(at: int) -> _Statement:
    chance = random.Random(at)
    return statement(Action=[f"{chance.choice(['s3', 'ec2', 'iam', '*'])}:{_glob(chance, 2)}" for _ in range(4)])


def _globs_of_actions() -> Pair:
    return _shifted(_action_globs, MANAGED)


def _twenty_policies_of_action_globs() -> Pair:
    def policy(number: int) -> dict[str, Any]:
        return filled(lambda at: _action_globs(1000 * number + at), MANAGED)

    return [policy(number) for number in range(ATTACHED)], [policy(number + 50) for number in range(ATTACHED)]


def _long_globs() -> Pair:
    chance = random.Random(4)
    one, other = (f"arn:aws:s3:::{_glob(chance, 1500)}" for _ in range(2))
    return [document(statement(Resource=one))], [document(statement(Resource=[one[:2000] + "*", other]))]


def _long_lists_of_actions() -> Pair:
    chance = random.Random(5)
    known = _managed_of_aws("ReadOnlyAccess")["Statement"]
    names = [name for item in known for name in item["Action"]]
    chance.shuffle(names)
    half = len(names) // 2

    def policies(chosen: list[str]) -> _Side:
        parts = [chosen[at : at + 120] for at in range(0, len(chosen), 120)]
        return [document(statement(Action=part)) for part in parts]

    return policies(names[:half]), policies(names[half // 3 :])


def _globs_denied() -> Pair:
    """Everything allowed, and Denies of globs, all others on the other side."""

    def deny(at: int) -> _Statement:
        return {**_four_globs(at), "Effect": "Deny"}

    old = filled(lambda at: deny(2 * at), MANAGED - 100)["Statement"]
    new = filled(lambda at: deny(2 * at + 1), MANAGED - 100)["Statement"]
    allow = statement(Action="*")
    return [document(allow, *old)], [document(allow, *new)]


def _everything_at_once() -> Pair:
    def make(at: int) -> _Statement:
        chance = random.Random(at)
        return {
            **_action_globs(at),
            "Effect": chance.choice(["Allow", "Allow", "Deny"]),
            "Resource": [f"arn:aws:{chance.choice(['s3', 'ec2', '*'])}:*:*:{_glob(chance, 2)}" for _ in range(2)],
            "Condition": {
                "StringLike": {"aws:userid": [_glob(chance, 2), "a${aws:username}*"]},
                "IpAddress": {"aws:SourceIp": f"{chance.randint(1, 200)}.0.0.0/{chance.randint(3, 9)}"},
                "ForAnyValue:StringLike": {"aws:TagKeys": [_glob(chance, 1), _glob(chance, 1)]},
            },
        }

    return _shifted(make, INLINE)


_PAIRS: tuple[Callable[[], Pair], ...] = (
    _read_only_access,
    _twenty_of_aws,
    _statements_of_four_globs,
    _other_statements_of_four_globs,
    _twenty_policies_of_globs,
    _twenty_policies_of_other_globs,
    _question_marks,
    _question_marks_against_a_few,
    _denies_with_not_principal,
    _many_principals,
    _many_condition_keys,
    _many_keys_in_every_statement,
    _other_keys_in_every_statement,
    _denies_on_many_keys,
    _many_globs_of_one_key,
    _other_globs_of_one_key,
    _sets_of_tag_keys,
    _networks,
    _numbers,
    _variables,
    _not_actions,
    _not_resources,
    _globs_of_actions,
    _twenty_policies_of_action_globs,
    _long_globs,
    _long_lists_of_actions,
    _globs_denied,
    _everything_at_once,
)


def named(pair: Pair) -> Iterator[tuple[str, str]]:
    """The files of a pair: a name that begins with `old` or `new`, and the text."""
    for side, documents in zip(("old", "new"), pair, strict=True):
        for at, policy in enumerate(documents):
            yield f"{side}{at}.json", json.dumps(policy, separators=(",", ":"))
