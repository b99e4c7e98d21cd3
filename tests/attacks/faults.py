"""Policies with the faults that people make and `lint --fix` mends. It imports nothing from iamglue."""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

Policy = dict[str, Any]


def with_faults(policy: Policy, random: Random) -> Policy:
    """The policy with a few faults: things said twice, odd case, no Version, lists and texts of other forms."""
    new = copy.deepcopy(policy)
    for _ in range(random.choice((1, 2, 3))):
        random.choice(_FAULTS)(new, random)
    return new


def _double_value(policy: Policy, random: Random) -> None:
    statement = random.choice(policy["Statement"])
    name = random.choice([key for key in statement if key.endswith(("Action", "Resource"))])
    if isinstance(statement[name], list):
        statement[name].append(random.choice(statement[name]))


def _covered_value(policy: Policy, random: Random) -> None:
    statement = random.choice(policy["Statement"])
    if isinstance(statement.get("Action"), list):
        statement["Action"].append(
            random.choice(("s3:GetObject", "s3:Get*", "s3:*", "S3:GETOBJECT", "ssm:GetParameter"))
        )


def _double_statement(policy: Policy, random: Random) -> None:
    policy["Statement"].append(copy.deepcopy(random.choice(policy["Statement"])))


def _no_version(policy: Policy, random: Random) -> None:
    policy.pop("Version", None)


def _no_list(policy: Policy, random: Random) -> None:
    statement = random.choice(policy["Statement"])
    for name in ("Action", "Resource"):
        if isinstance(statement.get(name), list) and len(statement[name]) == 1:
            statement[name] = statement[name][0]


def _double_condition_value(policy: Policy, random: Random) -> None:
    for statement in policy["Statement"]:
        for keys in statement.get("Condition", {}).values():
            for key, values in keys.items():
                if isinstance(values, list) and values:
                    keys[key] = [*values, random.choice(values)]


def _other_case(policy: Policy, random: Random) -> None:
    statement = random.choice(policy["Statement"])
    conditions = statement.get("Condition", {})
    for keys in conditions.values():
        for key in list(keys):
            keys[random.choice((key.lower(), key.upper(), key))] = keys.pop(key)


def _same_sids(policy: Policy, random: Random) -> None:
    for statement in policy["Statement"]:
        statement["Sid"] = random.choice(("One", "One", "with space", ""))


_FAULTS: tuple[Callable[[Policy, Random], None], ...] = (
    _double_value,
    _covered_value,
    _double_statement,
    _no_version,
    _no_list,
    _double_condition_value,
    _other_case,
    _same_sids,
)
