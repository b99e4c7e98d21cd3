"""Writes policies as canonical text: equal policies give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from iamglue.policy.conditions import Condition
from iamglue.policy.model import EVERYONE, MatchList, Policy, Principals, Statement


def canonical_policy(policy: Policy) -> Policy:
    """The policy with every list sorted and without duplicates; statements keep their order."""
    return replace(policy, statements=tuple(_canonical_statement(statement) for statement in policy.statements))


def policy_data(policy: Policy) -> dict[str, Any]:
    """The plain data of a canonical policy document: Action and Resource are always lists.

    Raises ValueError if a statement has the same operator and key twice: no document can express that.
    """
    parts: dict[str, Any] = {"Version": policy.version, "Id": policy.id}
    present = {name: part for name, part in parts.items() if part is not None}
    return present | {"Statement": [_statement_data(statement) for statement in canonical_policy(policy).statements]}


def policy_json(policy: Policy) -> str:
    """Canonical JSON text, indented by two spaces, with a final line end. Raises ValueError as `policy_data` does."""
    return json.dumps(policy_data(policy), indent=2) + "\n"


def policy_size(policy: Policy) -> int:
    """The number of characters that count against a quota for `policy` as we write it: IAM ignores white space.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html does not say whether spaces inside
    strings count; here they do, which gives the larger number.
    """
    return len(json.dumps(policy_data(policy), separators=(",", ":")))


def _statement_data(statement: Statement) -> dict[str, Any]:
    """The elements of a statement, in the order of AWS's documentation, without those that it does not have."""
    parts: dict[str, Any] = {"Sid": statement.sid, "Effect": statement.effect.value}
    if statement.principals is not None:
        parts[_element_name("Principal", negated=statement.principals.negated)] = _principal_data(statement.principals)
    parts[_element_name("Action", negated=statement.actions.negated)] = list(statement.actions.values)
    if statement.resources is not None:
        parts[_element_name("Resource", negated=statement.resources.negated)] = list(statement.resources.values)
    if statement.conditions:
        parts["Condition"] = _condition_data(statement.conditions)
    return {name: part for name, part in parts.items() if part is not None}


def _element_name(element: str, *, negated: bool) -> str:
    return f"Not{element}" if negated else element


def _principal_data(principals: Principals) -> str | dict[str, Any]:
    """The principals by kind; everyone alone is `*`, and next to others `{"AWS": "*"}`, which means the same."""
    if principals.values == (EVERYONE,):
        return "*"
    kinds = sorted({"AWS" if principal == EVERYONE else principal.kind for principal in principals.values})
    return {
        kind: _one_or_list(
            principal.value
            for principal in principals.values
            if (principal == EVERYONE and kind == "AWS") or principal.kind == kind
        )
        for kind in kinds
    }


def _condition_data(conditions: tuple[Condition, ...]) -> dict[str, dict[str, Any]]:
    """The values by operator and key. Raises ValueError if a key is listed twice under one operator."""
    written: dict[str, dict[str, Any]] = {}
    for condition in conditions:
        keys = written.setdefault(str(condition.operator), {})
        if condition.key in keys:
            raise ValueError(f"{condition.operator} on {condition.key} is listed twice in a statement")
        keys[condition.key] = _one_or_list(condition.values)
    return written


def _one_or_list(values: Iterable[str]) -> str | list[str]:
    """The sorted values without duplicates; a single value as a string."""
    distinct = sorted(set(values))
    return distinct[0] if len(distinct) == 1 else distinct


def _canonical_statement(statement: Statement) -> Statement:
    """The statement with sorted lists; conditions that differ only in the order of their values are one."""
    principals = statement.principals
    return replace(
        statement,
        actions=_sorted_match_list(statement.actions),
        resources=None if statement.resources is None else _sorted_match_list(statement.resources),
        conditions=tuple(
            sorted({replace(condition, values=_sorted_unique(condition.values)) for condition in statement.conditions})
        ),
        principals=principals and replace(principals, values=tuple(sorted(set(principals.values)))),
    )


def _sorted_match_list(element: MatchList) -> MatchList:
    values = _sorted_unique(element.values)
    return element if values == element.values else replace(element, values=values)


def _sorted_unique(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))
