"""Statements put together where nothing is gained or lost, for any action that is or may come to be."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from iamglue.policy.arns import resource_covers
from iamglue.policy.model import VERSION_2012, MatchList, Policy, Principals, Statement
from iamglue.policy.patterns.wildcards import covers_action, literal_prefix
from iamglue.policy.source.policy_writer import canonical_policy

_Key = tuple[object, ...]
_Way = Callable[[Statement], _Key | None]
_NUMBERED = re.compile(r"(.+?)And([0-9]+)More")


def merge_statements(policy: Policy) -> Policy:
    """The policy with statements that are equal but for Action, Resource or Principal made one, again and again."""
    statements = [remove_covered_values(each, policy.version) for each in canonical_policy(policy).statements]
    while True:
        found = min((_merged_once(statements, ways) for ways in (_WAYS, _WAYS[::-1])), key=len)
        if len(found) == len(statements):
            return replace(policy, statements=tuple(statements))
        statements = [remove_covered_values(each, policy.version) for each in found]


def remove_covered_values(statement: Statement, version: str | None) -> Statement:
    """Without the actions and resources that others of the same list cover."""
    resources = statement.resources
    # Before 2012-10-17 `${` is no variable, which the globs of resources are not told.
    if resources is not None and (version == VERSION_2012 or not any("${" in value for value in resources.values)):
        resources = _slim(resources, resource_covers, str)
    return replace(statement, actions=_slim(statement.actions, covers_action, str.lower), resources=resources)


def _slim(element: MatchList, covers: Callable[[str, str], bool], folded: Callable[[str], str]) -> MatchList:
    kept = sorted(set(element.values))
    heads: dict[str, list[str]] = {}
    for value in kept:
        heads.setdefault(literal_prefix(folded(value)), []).append(value)
    for value in tuple(kept):
        # What covers it begins as it does, up to its own first wildcard.
        begins = (folded(value)[:size] for size in range(len(value) + 1))
        others = [each for begin in begins for each in heads.get(begin, ()) if each != value]
        if any(covers(each, value) for each in others):
            kept.remove(value)
            heads[literal_prefix(folded(value))].remove(value)
    return replace(element, values=tuple(kept))


def _merged_once(statements: Sequence[Statement], ways: Sequence[_Way]) -> list[Statement]:
    found = list(statements)
    for way in ways:
        groups: dict[_Key, list[Statement]] = {}
        for at, statement in enumerate(found):
            key = way(statement)
            groups.setdefault((at,) if key is None else key, []).append(statement)
        taken = {each.sid for each in found}
        found = [_joined(group, taken) for group in groups.values()]
    return found


def _joined(group: list[Statement], taken: set[str | None]) -> Statement:
    first = group[0]
    if len(group) == 1:
        return first
    principals = first.principals
    return replace(
        first,
        actions=_union([each.actions for each in group]),
        resources=None if first.resources is None else _union([each.resources for each in group if each.resources]),
        principals=principals
        and replace(principals, values=tuple(sorted({p for s in group if s.principals for p in s.principals.values}))),
        sid=_name([each.sid for each in group], taken),
    )


def _name(sids: list[str | None], taken: set[str | None]) -> str | None:
    """The first Sid, with the number of statements that it now stands for besides; never one of another statement."""
    first = next((sid for sid in sids if sid), None)
    if first is None:
        return None
    count = len(sids) - 1 + sum(int(found[2]) for sid in sids if (found := _NUMBERED.fullmatch(sid or "")))
    plain = _NUMBERED.sub(r"\1", first)
    several = f"{plain}And{count}More"
    return first if several in taken else several


def _union(elements: list[MatchList]) -> MatchList:
    return replace(elements[0], values=tuple(sorted({value for each in elements for value in each.values})))


def _but_actions(statement: Statement) -> _Key | None:
    own = (statement.resources, statement.conditions, statement.principals)
    return None if statement.actions.negated else (statement.effect, *own)


def _but_resources(statement: Statement) -> _Key | None:
    own = (_folded(statement.actions), statement.conditions, statement.principals)
    return None if statement.resources is None or statement.resources.negated else (statement.effect, *own)


def _but_principals(statement: Statement) -> _Key | None:
    own = (_folded(statement.actions), statement.resources, statement.conditions)
    return None if _is_negated(statement.principals) else (statement.effect, *own)


_WAYS: tuple[_Way, ...] = (_but_actions, _but_resources, _but_principals)


def _is_negated(principals: Principals | None) -> bool:
    return principals is None or principals.negated


def _folded(actions: MatchList) -> _Key:
    return (actions.negated, tuple(sorted({value.lower() for value in actions.values})))
