"""A policy as text: canonical, so that equal policies give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from iamglue.policy.conditions import Condition
from iamglue.policy.model import EVERYONE, MatchList, Policy, Principals, Statement


def canonical_policy(policy: Policy) -> Policy:
    """`policy` with every list sorted and without repeats; statements keep their order."""
    return replace(policy, statements=tuple(_canonical_statement(statement) for statement in policy.statements))


def policy_data(policy: Policy) -> dict[str, Any]:
    """The plain data of a canonical policy document: Action and Resource are always lists.

    Raises ValueError when a statement has the same operator and key twice: no document can say that.
    """
    parts: dict[str, Any] = {"Version": policy.version, "Id": policy.id}
    written = {name: part for name, part in parts.items() if part is not None}
    return written | {"Statement": [_statement(each) for each in canonical_policy(policy).statements]}


def policy_json(policy: Policy) -> str:
    """Canonical JSON text, indented by two, with a line end. Raises ValueError as `document` does."""
    return json.dumps(policy_data(policy), indent=2) + "\n"


def policy_size(policy: Policy) -> int:
    """The characters that count against a quota for `policy` as we write it: IAM leaves white space out.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html does not say whether blanks inside
    strings count; here they do, which is the larger number.
    """
    return len(json.dumps(policy_data(policy), separators=(",", ":")))


def _statement(statement: Statement) -> dict[str, Any]:
    parts: dict[str, Any] = {"Sid": statement.sid, "Effect": statement.effect.value}
    if statement.principals is not None:
        parts[_name("Principal", negated=statement.principals.negated)] = _principals(statement.principals)
    parts[_name("Action", negated=statement.actions.negated)] = list(statement.actions.values)
    if statement.resources is not None:
        parts[_name("Resource", negated=statement.resources.negated)] = list(statement.resources.values)
    if statement.conditions:
        parts["Condition"] = _conditions(statement.conditions)
    return {name: part for name, part in parts.items() if part is not None}


def _name(element: str, *, negated: bool) -> str:
    return f"Not{element}" if negated else element


def _principals(principals: Principals) -> str | dict[str, Any]:
    if principals.values == (EVERYONE,):
        return "*"
    kinds = sorted({"AWS" if each == EVERYONE else each.kind for each in principals.values})
    return {
        kind: _values(p.value for p in principals.values if (p == EVERYONE and kind == "AWS") or p.kind == kind)
        for kind in kinds
    }


def _conditions(conditions: tuple[Condition, ...]) -> dict[str, dict[str, Any]]:
    written: dict[str, dict[str, Any]] = {}
    for condition in conditions:
        keys = written.setdefault(str(condition.operator), {})
        if condition.key in keys:
            raise ValueError(f"{condition.operator} on {condition.key} stands twice in a statement")
        keys[condition.key] = _values(condition.values)
    return written


def _values(values: Iterable[str]) -> str | list[str]:
    listed = sorted(set(values))
    return listed[0] if len(listed) == 1 else listed


def _canonical_statement(statement: Statement) -> Statement:
    principals = statement.principals
    return replace(
        statement,
        actions=_sorted(statement.actions),
        resources=None if statement.resources is None else _sorted(statement.resources),
        conditions=tuple(sorted({replace(each, values=_unique(each.values)) for each in statement.conditions})),
        principals=principals and replace(principals, values=tuple(sorted(set(principals.values)))),
    )


def _sorted(element: MatchList) -> MatchList:
    values = _unique(element.values)
    return element if values == element.values else replace(element, values=values)


def _unique(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))
