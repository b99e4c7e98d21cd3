"""Merging of statements without a change of meaning, for existing and future actions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from iamglue.policy.arns import resource_covers
from iamglue.policy.model import VERSION_2012, MatchList, Policy, Principals, Statement
from iamglue.policy.patterns.wildcards import covers_action, literal_prefix
from iamglue.policy.source.policy_writer import canonical_policy

_Key = tuple[object, ...]
_KeyFunction = Callable[[Statement], _Key | None]
_NUMBERED_SID = re.compile(r"(.+?)And([0-9]+)More")


def merge_statements(policy: Policy) -> Policy:
    """The policy with statements merged that are equal except for Action, Resource or Principal, repeatedly."""
    statements = [remove_covered_values(statement, policy.version) for statement in canonical_policy(policy).statements]
    while True:
        merged = min(
            (_merge_once(statements, key_functions) for key_functions in (_KEY_FUNCTIONS, _KEY_FUNCTIONS[::-1])),
            key=len,
        )
        if len(merged) == len(statements):
            return replace(policy, statements=tuple(statements))
        statements = [remove_covered_values(statement, policy.version) for statement in merged]


def remove_covered_values(statement: Statement, version: str | None) -> Statement:
    """The statement without actions and resources that other values of the same list cover."""
    resources = statement.resources
    # Before version 2012-10-17, `${` is not a variable, but `resource_covers` would treat it as one.
    if resources is not None and (version == VERSION_2012 or not any("${" in value for value in resources.values)):
        resources = _remove_covered(resources, resource_covers, str)
    return replace(statement, actions=_remove_covered(statement.actions, covers_action, str.lower), resources=resources)


def _remove_covered(
    element: MatchList, covers: Callable[[str, str], bool], normalize: Callable[[str], str]
) -> MatchList:
    """The element without values that another value covers."""
    remaining = sorted(set(element.values))
    by_prefix: dict[str, list[str]] = {}
    for value in remaining:
        by_prefix.setdefault(literal_prefix(normalize(value)), []).append(value)
    for value in tuple(remaining):
        # A covering value has the same beginning, up to its first wildcard.
        prefixes = (normalize(value)[:size] for size in range(len(value) + 1))
        candidates = [candidate for prefix in prefixes for candidate in by_prefix.get(prefix, ()) if candidate != value]
        if any(covers(candidate, value) for candidate in candidates):
            remaining.remove(value)
            by_prefix[literal_prefix(normalize(value))].remove(value)
    return replace(element, values=tuple(remaining))


def _merge_once(statements: Sequence[Statement], key_functions: Sequence[_KeyFunction]) -> list[Statement]:
    """The statements merged by each key in turn."""
    merged = list(statements)
    for key_function in key_functions:
        groups: dict[_Key, list[Statement]] = {}
        for index, statement in enumerate(merged):
            key = key_function(statement)
            groups.setdefault((index,) if key is None else key, []).append(statement)
        used_sids = {merged_statement.sid for merged_statement in merged}
        merged = [_merge_group(group, used_sids) for group in groups.values()]
    return merged


def _merge_group(group: list[Statement], used_sids: set[str | None]) -> Statement:
    """One statement for a group with the same key."""
    first = group[0]
    if len(group) == 1:
        return first
    principals = first.principals
    return replace(
        first,
        actions=_union_of_elements([statement.actions for statement in group]),
        resources=None
        if first.resources is None
        else _union_of_elements([statement.resources for statement in group if statement.resources]),
        principals=principals
        and replace(
            principals,
            values=tuple(
                sorted(
                    {
                        principal
                        for statement in group
                        if statement.principals
                        for principal in statement.principals.values
                    }
                )
            ),
        ),
        sid=_merged_sid([statement.sid for statement in group], used_sids),
    )


def _merged_sid(sids: list[str | None], used_sids: set[str | None]) -> str | None:
    """The first Sid with the number of other merged statements; the first Sid itself if that is already in use."""
    first = next((sid for sid in sids if sid), None)
    if first is None:
        return None
    count = len(sids) - 1 + sum(int(numbered[2]) for sid in sids if (numbered := _NUMBERED_SID.fullmatch(sid or "")))
    base_sid = _NUMBERED_SID.sub(r"\1", first)
    numbered_sid = f"{base_sid}And{count}More"
    return first if numbered_sid in used_sids else numbered_sid


def _union_of_elements(elements: list[MatchList]) -> MatchList:
    return replace(elements[0], values=tuple(sorted({value for element in elements for value in element.values})))


def _key_without_actions(statement: Statement) -> _Key | None:
    """What statements must share to merge their actions; None if they cannot be merged."""
    key = (statement.resources, statement.conditions, statement.principals)
    return None if statement.actions.negated else (statement.effect, *key)


def _key_without_resources(statement: Statement) -> _Key | None:
    """What statements must share to merge their resources; None if they cannot be merged."""
    key = (_normalized_actions(statement.actions), statement.conditions, statement.principals)
    return None if statement.resources is None or statement.resources.negated else (statement.effect, *key)


def _key_without_principals(statement: Statement) -> _Key | None:
    """What statements must share to merge their principals; None if they cannot be merged."""
    key = (_normalized_actions(statement.actions), statement.resources, statement.conditions)
    return None if _is_negated(statement.principals) else (statement.effect, *key)


_KEY_FUNCTIONS: tuple[_KeyFunction, ...] = (_key_without_actions, _key_without_resources, _key_without_principals)


def _is_negated(principals: Principals | None) -> bool:
    """Whether there is no Principal element, or a NotPrincipal."""
    return principals is None or principals.negated


def _normalized_actions(actions: MatchList) -> _Key:
    """The actions for comparison: in lower case, sorted and without duplicates."""
    return (actions.negated, tuple(sorted({value.lower() for value in actions.values})))
