"""A role whose policies together lead to more access than they say.

Whoever may write any role's policies, or pass a role to a function of their own, may in the end do whatever that role
may. The paths are those of a table with sources. They are looked for in all policies of the role together: a Deny, a
condition, the permissions boundary or an SCP may close a path that one policy alone seems to open, and two harmless
policies may open one together. A role that is passed or assumed by name is looked at: passing one that may do no more
than the role itself is no escalation. A condition counts if it limits what can be done, as `iam:PassedToService` does,
and not if whoever asks can meet it; a second factor is nothing that a function's role can show.

https://github.com/DataDog/pathfinding.cloud
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamglue.audit.access.statement_location import statement_list_text, statement_span
from iamglue.audit.escalation.paths import SELF_MODIFYING_PATHS, OpenEscalationPath
from iamglue.audit.escalation.targets import PrivilegeLevel
from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation
from iamglue.findings import Severity
from iamglue.lint.analysis.open_grants import format_first_names
from iamglue.policy.model import Effect
from iamglue.policy.patterns.wildcards import matches_action

RULE = RoleRule(Severity.SECURITY_WARNING, risk=100, breadth=True)

_SEVERITY = {
    PrivilegeLevel.ADMINISTRATOR: (Severity.SECURITY_WARNING, 100),
    PrivilegeLevel.MORE: (Severity.WARNING, 60),
    PrivilegeLevel.UNREAD: (Severity.SUGGESTION, 20),
}
_WORDS = {
    PrivilegeLevel.ADMINISTRATOR: "who may do everything",
    PrivilegeLevel.MORE: "who may do more than this role",
    PrivilegeLevel.UNREAD: "which was not read, so that it is not known whether it may do more",
}


def check(case: RoleContext, audit: AuditContext) -> Iterator[RoleViolation]:
    """The paths that are open, those with the same cause as one."""
    access = audit.role_access(case)
    if access.allows_everything:
        return
    groups: dict[tuple[object, ...], list[OpenEscalationPath]] = {}
    for opening in audit.open_paths(case):
        groups.setdefault(opening.group_key, []).append(opening)
    for group in groups.values():
        yield _hit(case, sorted(group, key=lambda each: (-each.privilege, each.path.id not in SELF_MODIFYING_PATHS)))


def _hit(case: RoleContext, group: list[OpenEscalationPath]) -> RoleViolation:
    first = group[0]
    severity, risk = _SEVERITY[first.privilege]
    if not first.target and first.privilege is PrivilegeLevel.MORE:
        severity, risk = Severity.SECURITY_WARNING, 80
    elif first.path.id == "sts-assume-role" and first.privilege is PrivilegeLevel.MORE:
        severity, risk = Severity.SUGGESTION, 20  # a role that trusts this one and is named is meant to be assumed
    steps = [f"`{each.action}` by {statement_list_text(each.statements)}" for each in first.grants]
    others = _ways(group) - 1
    more = f"; {others} more such way{'s are' if others > 1 else ' is'} open by the same" if others else ""
    message = f"whoever has this role {_effect(first)}: {', '.join(steps)}{more}{_also(group)}"
    start = first.grants[0]
    return RoleViolation(
        message,
        help=_help(case, group),
        span=statement_span(start.statements, start.action),
        severity=severity,
        risk=risk,
    )


def _ways(group: list[OpenEscalationPath]) -> int:
    return len({each.path.id for each in group})


def _also(group: list[OpenEscalationPath]) -> str:
    """The other roles or users that the ways lead to."""
    targets = {each.target.arn: each.target.name for each in group[1:] if each.target is not None}
    if group[0].target is not None:
        targets.pop(group[0].target.arn, None)
    return f"; the same leads to {format_first_names(tuple(targets.values()))}" if targets else ""


def _effect(opening: OpenEscalationPath) -> str:
    if opening.target is None:
        known = [f"`{role.name}`" for role in opening.examples]
        if not known:
            return opening.path.effect
        verb = "may" if len(known) == 1 else "each may"
        return f"{opening.path.effect} (of which {' and '.join(known)} {verb} do everything)"
    what = opening.path.named_effect.format("itself" if opening.is_self else opening.target.description)
    if opening.is_self or (opening.target.role is None and opening.privilege is not PrivilegeLevel.UNREAD):
        return what
    return f"{what}, {_WORDS[opening.privilege]}"


def _help(case: RoleContext, group: list[OpenEscalationPath]) -> str:
    """The smallest change that breaks all of the ways: one action, of few statements, that nobody needs."""
    common = [each for each in group[0].grants if all(each.action in other.actions for other in group)]
    if not common:
        firsts = tuple(dict.fromkeys(each.grants[0].action for each in group))
        statements = statement_list_text(group[0].grants[0].statements)
        return f"take {format_first_names(firsts)} away from {statements}, or name the resources meant"
    needed = set(_needed(case, (each.action for each in common)))
    best = min(common, key=lambda each: (each.action in needed, len(each.statements)))
    ways = "" if _ways(group) == 1 else f", which closes all {_ways(group)} ways"
    text = f"take `{best.action}` away from {statement_list_text(best.statements)}{ways}"
    if best.action in needed:
        text = f"name the resources that are meant for `{best.action}` in {statement_list_text(best.statements)}{ways}"
    if best.action == "iam:PassRole":
        text += "; if a role must be passed, name one that may do no more than this one, and its service"
    return text


def _needed(case: RoleContext, actions: Iterable[str]) -> Iterator[str]:
    allows = [
        statement
        for _, bundle in case.required_by_spec
        for part in bundle.policies
        for statement in part.policy.statements
        if statement.effect is Effect.ALLOW and not statement.actions.negated
    ]
    for action in actions:
        if any(matches_action(text, action) for statement in allows for text in statement.actions.values):
            yield action
