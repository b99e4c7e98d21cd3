"""The policies of a role together lead to more access than they state (privilege escalation).

A role that may change the policies of any role, or pass a role to a function of its own, can obtain the access of that
role. The escalation paths come from a table with sources. All policies of the role are evaluated together: a Deny, a
condition, the permissions boundary or an SCP may block a path that one policy seems to open, and two harmless policies
may open one together. Roles that are passed or assumed by name are evaluated: passing a role that may do no more than
this role is not an escalation. A condition counts if it restricts what can be done, as `iam:PassedToService` does. It
does not count if the caller can satisfy it. A function's role cannot present a second factor (MFA).

https://github.com/DataDog/pathfinding.cloud
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamglue.audit.access.policy_owners import policy_help
from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.access.statement_location import statement_contents, statement_list_text, statement_values
from iamglue.audit.escalation.paths import SELF_MODIFYING_PATHS, OpenEscalationPath
from iamglue.audit.escalation.targets import PrivilegeLevel
from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation
from iamglue.findings import Severity
from iamglue.lint.analysis.required_key import format_first_names
from iamglue.policy.model import Effect
from iamglue.policy.patterns.wildcards import matches_action

RULE = RoleRule(Severity.SECURITY_WARNING, risk=100, breadth=True)

_SEVERITY = {
    PrivilegeLevel.ADMINISTRATOR: (Severity.SECURITY_WARNING, 100),
    PrivilegeLevel.MORE: (Severity.WARNING, 60),
    PrivilegeLevel.UNREAD: (Severity.SUGGESTION, 20),
}
_PRIVILEGE_TEXTS = {
    PrivilegeLevel.ADMINISTRATOR: "which has administrator access",
    PrivilegeLevel.MORE: "which has more access than this role",
    PrivilegeLevel.UNREAD: "which was not read, so it is unknown whether it has more access",
}


def check(context: RoleContext, audit: AuditContext) -> Iterator[RoleViolation]:
    """Yield a violation for each group of open paths with the same cause."""
    access = audit.role_access(context)
    if access.allows_everything:
        return
    groups: dict[tuple[object, ...], list[OpenEscalationPath]] = {}
    for opening in audit.open_paths(context):
        groups.setdefault(opening.group_key, []).append(opening)
    for group in groups.values():
        yield _violation(
            context,
            access,
            sorted(group, key=lambda open_path: (-open_path.privilege, open_path.path.id not in SELF_MODIFYING_PATHS)),
        )


def _violation(context: RoleContext, access: RoleAccess, group: list[OpenEscalationPath]) -> RoleViolation:
    first = group[0]
    severity, risk = _SEVERITY[first.privilege]
    if not first.target and first.privilege is PrivilegeLevel.MORE:
        severity, risk = Severity.SECURITY_WARNING, 80
    elif first.path.id == "sts-assume-role" and first.privilege is PrivilegeLevel.MORE:
        severity, risk = Severity.SUGGESTION, 20  # naming a role that trusts this one is probably intended
    steps = [f"`{grant.action}` ({statement_list_text(access.statements(grant))})" for grant in first.grants]
    others = _path_count(group) - 1
    more = f"; the same statements open {others} more path{'s' if others > 1 else ''}" if others else ""
    message = f"anyone with this role {_effect_text(first)}: {', '.join(steps)}{more}{_other_targets(group)}"
    start = first.grants[0]
    return RoleViolation(
        message,
        help=policy_help(access.statements(start)[0].policy, None, _help(context, access, group)),
        location=statement_values(access.statements(start), start.action),
        severity=severity,
        risk=risk,
        about=(
            *_path_texts(group),
            *(text for grant in first.grants for text in statement_contents(access.statements(grant))),
        ),
    )


def _path_texts(group: list[OpenEscalationPath]) -> list[str]:
    """The paths, each with the role or user that it leads to."""
    return sorted({f"{path.path.id} {path.target.arn if path.target else ''}" for path in group})


def _path_count(group: list[OpenEscalationPath]) -> int:
    return len({open_path.path.id for open_path in group})


def _other_targets(group: list[OpenEscalationPath]) -> str:
    """The other roles or users that the paths lead to, as text."""
    targets = {open_path.target.arn: open_path.target.name for open_path in group[1:] if open_path.target is not None}
    if group[0].target is not None:
        targets.pop(group[0].target.arn, None)
    return f"; the same applies to {format_first_names(tuple(targets.values()))}" if targets else ""


def _effect_text(opening: OpenEscalationPath) -> str:
    if opening.target is None:
        known = [f"`{role.name}`" for role in opening.examples]
        if not known:
            return opening.path.effect
        verb = "has" if len(known) == 1 else "have"
        return f"{opening.path.effect} ({' and '.join(known)} {verb} administrator access)"
    what = opening.path.named_effect.format("itself" if opening.is_self else opening.target.description)
    if opening.is_self or (opening.target.role is None and opening.privilege is not PrivilegeLevel.UNREAD):
        return what
    return f"{what}, {_PRIVILEGE_TEXTS[opening.privilege]}"


def _help(context: RoleContext, access: RoleAccess, group: list[OpenEscalationPath]) -> str:
    """The smallest change that closes all paths: removing one action, in few statements, that no function needs."""
    common = [grant for grant in group[0].grants if all(grant.action in open_path.actions for open_path in group)]
    if not common:
        firsts = tuple(dict.fromkeys(grant.grants[0].action for grant in group))
        statements = statement_list_text(access.statements(group[0].grants[0]))
        return f"remove {format_first_names(firsts)} from {statements}, or list the resources in `Resource`"
    needed = set(_required_actions(context, (grant.action for grant in common)))
    best = min(common, key=lambda grant: (grant.action in needed, len(grant.terms)))
    ways = "" if _path_count(group) == 1 else f", which closes all {_path_count(group)} paths"
    statements = statement_list_text(access.statements(best))
    text = f"remove `{best.action}` from {statements}{ways}"
    if best.action in needed:
        text = f"list the resources for `{best.action}` in {statements}{ways}"
    if best.action == "iam:PassRole":
        text += (
            "; if a role must be passed, name one with no more access than this one, and restrict `iam:PassedToService`"
        )
    return text


def _required_actions(context: RoleContext, actions: Iterable[str]) -> Iterator[str]:
    allows = [
        statement
        for _, bundle in context.required_by_spec
        for named in bundle.policies
        for statement in named.policy.statements
        if statement.effect is Effect.ALLOW and not statement.actions.negated
    ]
    for action in actions:
        if any(matches_action(text, action) for statement in allows for text in statement.actions.values):
            yield action
