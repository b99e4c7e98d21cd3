"""Converts needs to the statements of a policy, each with the lines of the spec that require it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from iamglue.generate.requirements.grants import AtomicGrant, GrantGroup, grant_covers, group_grants, minimal_grants
from iamglue.generate.requirements.sids import ResourceLabels, group_sid, unique_sids
from iamglue.model.permission_set import ExplainedStatement
from iamglue.model.required_access import Reason, RequiredAccess
from iamglue.model.spec import RawStatement
from iamglue.policy.model import MatchList, Statement, allow_statement


def explained_statements(
    needs: Iterable[RequiredAccess], raw: Iterable[tuple[RawStatement, Reason]]
) -> tuple[ExplainedStatement, ...]:
    """The statements of a policy in canonical order; `raw` statements are last and not merged with others."""
    all_needs = tuple(needs)
    labels: ResourceLabels = {}
    for need in sorted(all_needs, key=lambda need: need.label):
        for resource in need.resources:
            labels.setdefault((resource, need.conditions), need.label)
    explained = [
        ExplainedStatement(_group_statement(group, labels), _group_reasons(group, all_needs))
        for group in group_grants(minimal_grants(all_needs))
    ]
    explained += [ExplainedStatement(_raw_statement(item), (reason,)) for item, reason in raw]
    names = unique_sids(statement.statement.sid or "" for statement in explained)
    return tuple(
        statement
        if statement.statement.sid == name
        else replace(statement, statement=replace(statement.statement, sid=name))
        for statement, name in zip(explained, names, strict=True)
    )


def _group_statement(group: GrantGroup, labels: ResourceLabels) -> Statement:
    return allow_statement(group.actions, group.resources, conditions=group.conditions, sid=group_sid(group, labels))


def _raw_statement(item: RawStatement) -> Statement:
    """A raw statement with its lists sorted, and a Sid that says it is raw."""
    service = item.actions[0].partition(":")[0]
    group = GrantGroup(service, tuple(sorted(set(item.actions))), tuple(sorted(set(item.resources))), item.conditions)
    statement = _group_statement(group, {})
    return replace(statement, actions=MatchList(group.actions), sid=f"Raw{statement.sid or ''}")


def _group_reasons(group: GrantGroup, needs: tuple[RequiredAccess, ...]) -> tuple[Reason, ...]:
    """The reasons of all needs that the group grants."""
    group_grants = [
        AtomicGrant(action, resource, group.conditions) for action in group.actions for resource in group.resources
    ]
    reasons = (
        need.reason
        for need in needs
        if any(
            grant_covers(grant, AtomicGrant(action, resource, need.conditions))
            for grant in group_grants
            for action in need.actions
            if grant.action == action
            for resource in need.resources
        )
    )
    return tuple(dict.fromkeys(reasons))
