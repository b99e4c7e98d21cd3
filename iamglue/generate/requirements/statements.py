"""Needs as the statements of a policy, each with the lines of the spec that ask for it."""

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
    """The statements of a policy in canonical order, `raw` ones (each with its reason) last and as they stand."""
    asked = tuple(needs)
    labels: ResourceLabels = {}
    for need in sorted(asked, key=lambda need: need.label):
        for resource in need.resources:
            labels.setdefault((resource, need.conditions), need.label)
    found = [
        ExplainedStatement(_statement(group, labels), _reasons(group, asked))
        for group in group_grants(minimal_grants(asked))
    ]
    found += [ExplainedStatement(_raw(item), (reason,)) for item, reason in raw]
    names = unique_sids(each.statement.sid or "" for each in found)
    return tuple(
        each if each.statement.sid == name else replace(each, statement=replace(each.statement, sid=name))
        for each, name in zip(found, names, strict=True)
    )


def _statement(group: GrantGroup, labels: ResourceLabels) -> Statement:
    return allow_statement(group.actions, group.resources, conditions=group.conditions, sid=group_sid(group, labels))


def _raw(item: RawStatement) -> Statement:
    service = item.actions[0].partition(":")[0]
    group = GrantGroup(service, tuple(sorted(set(item.actions))), tuple(sorted(set(item.resources))), item.conditions)
    statement = _statement(group, {})
    return replace(statement, actions=MatchList(group.actions), sid=f"Raw{statement.sid or ''}")


def _reasons(group: GrantGroup, needs: tuple[RequiredAccess, ...]) -> tuple[Reason, ...]:
    own = [AtomicGrant(action, resource, group.conditions) for action in group.actions for resource in group.resources]
    asking = (
        need.reason
        for need in needs
        if any(
            grant_covers(grant, AtomicGrant(action, resource, need.conditions))
            for grant in own
            for action in need.actions
            if grant.action == action
            for resource in need.resources
        )
    )
    return tuple(dict.fromkeys(asking))
