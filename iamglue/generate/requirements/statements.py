"""Needs as the statements of a policy, each with the lines of the spec that ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from iamglue.generate.requirements.grants import Grant, Group, covers, grants_of, groups
from iamglue.generate.requirements.sids import Labels, distinct, sid
from iamglue.model.need import Need, Reason
from iamglue.model.permission_set import Explained
from iamglue.model.spec import RawStatement
from iamglue.policy.model import Patterns, Statement, allow


def explained_statements(needs: Iterable[Need], raw: Iterable[tuple[RawStatement, Reason]]) -> tuple[Explained, ...]:
    """The statements of a policy in canonical order, `raw` ones (each with its reason) last and as they stand."""
    asked = tuple(needs)
    labels: Labels = {}
    for need in sorted(asked, key=lambda need: need.label):
        for resource in need.resources:
            labels.setdefault((resource, need.conditions), need.label)
    found = [Explained(_statement(group, labels), _reasons(group, asked)) for group in groups(grants_of(asked))]
    found += [Explained(_raw(item), (reason,)) for item, reason in raw]
    names = distinct(each.statement.sid or "" for each in found)
    return tuple(
        each if each.statement.sid == name else replace(each, statement=replace(each.statement, sid=name))
        for each, name in zip(found, names, strict=True)
    )


def _statement(group: Group, labels: Labels) -> Statement:
    return allow(group.actions, group.resources, conditions=group.conditions, sid=sid(group, labels))


def _raw(item: RawStatement) -> Statement:
    service = item.actions[0].partition(":")[0]
    group = Group(service, tuple(sorted(set(item.actions))), tuple(sorted(set(item.resources))), item.conditions)
    statement = _statement(group, {})
    return replace(statement, actions=Patterns(group.actions), sid=f"Raw{statement.sid or ''}")


def _reasons(group: Group, needs: tuple[Need, ...]) -> tuple[Reason, ...]:
    own = [Grant(action, resource, group.conditions) for action in group.actions for resource in group.resources]
    asking = (
        need.reason
        for need in needs
        if any(
            covers(grant, Grant(action, resource, need.conditions))
            for grant in own
            for action in need.actions
            if grant.action == action
            for resource in need.resources
        )
    )
    return tuple(dict.fromkeys(asking))
