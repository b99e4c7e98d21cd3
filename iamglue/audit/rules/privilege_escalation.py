"""The policies of a role together lead to more access than they state (privilege escalation).

A role that may change the policies of any role, or pass a role to a function of its own, can obtain the access of that
role. The escalation paths come from a table with sources. All policies of the role are evaluated together: a Deny, a
condition, the permissions boundary or an SCP may block a path that one policy seems to open, and two harmless policies
may open one together. A condition counts if it restricts what can be done, as `iam:PassedToService` does. It does not
count if the caller can satisfy it. A function's role cannot present a second factor (MFA).

Steps are followed from role to role: if this role may assume another one, which may assume an administrator, the
finding has the whole chain and is as severe as its end: administrator access, or sensitive data that this role may not
read. Roles that are passed or assumed by name are evaluated: passing a role that may do no more than this role is not
an escalation, unless its policies can be changed first. A trust policy that names the role by its ARN suffices to
assume the other role. A role that everyone may assume is reported for that role alone, as `broad-trust`.

A trust policy that was not read makes a step uncertain, and the finding less severe and of low confidence. A step of a
role or user with an unread policy, which may deny it, is uncertain too.

If a role with more access may be passed to a service by a call that the table does not have, the report says that it is
not known what this gives.

A resource that already exists, such as a build project or an instance, gives the access of its role. An audit of an
account reads the role of the projects, stacks, instances, development endpoints, notebooks and App Runner services that
a policy names; a stack without a role acts with its caller's access. A template says which role its own projects,
instances, notebooks, endpoints, services and (Terraform) stacks have. Where the role is not known, as for a pattern,
other resources and exports, the resource is reported as a suggestion.

Users of an export are evaluated with the policies of their groups, within their boundary, and a chain may lead through
them: a principal that creates access keys for a user may assume what the user may assume.

https://github.com/DataDog/pathfinding.cloud
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamglue.audit.access.policy_owners import policy_help
from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.access.statement_location import statement_contents, statement_list_text, statement_values
from iamglue.audit.escalation.paths import OpenEscalationPath
from iamglue.audit.escalation.steps import SELF_MODIFYING_PATHS
from iamglue.audit.escalation.targets import PrivilegeLevel
from iamglue.audit.escalation.wording import path_hops, path_sentence, trust_statement_text
from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation
from iamglue.findings import Confidence, Severity
from iamglue.lint.analysis.required_key import format_first_names
from iamglue.policy.model import Effect
from iamglue.policy.patterns.wildcards import matches_action

RULE = RoleRule(Severity.SECURITY_WARNING, risk=100, breadth=True)

_SEVERITY = {
    PrivilegeLevel.ADMINISTRATOR: (Severity.SECURITY_WARNING, 100),
    PrivilegeLevel.SENSITIVE_DATA: (Severity.WARNING, 70),
    PrivilegeLevel.MORE: (Severity.WARNING, 60),
    PrivilegeLevel.UNREAD: (Severity.SUGGESTION, 20),
}
_UNCERTAIN = {
    PrivilegeLevel.ADMINISTRATOR: (Severity.WARNING, 50),
    PrivilegeLevel.SENSITIVE_DATA: (Severity.SUGGESTION, 30),
    PrivilegeLevel.MORE: (Severity.SUGGESTION, 20),
    PrivilegeLevel.UNREAD: (Severity.SUGGESTION, 20),
}


def check(context: RoleContext, audit: AuditContext) -> Iterator[RoleViolation]:
    """Yield a violation for each group of open paths with the same cause."""
    access = audit.role_access(context)
    if access.allows_everything:
        return
    groups: dict[tuple[object, ...], list[OpenEscalationPath]] = {}
    for path in audit.open_paths(context):
        groups.setdefault(path.group_key, []).append(path)
    for group in groups.values():
        yield _violation(context, audit, sorted(group, key=_rank))


def _rank(path: OpenEscalationPath) -> tuple[int, int, int, bool]:
    """The most severe first, by the highest privilege and the fewest steps."""
    return -_severity(path)[1], -path.privilege, path.length, path.step.path.id not in SELF_MODIFYING_PATHS


def _violation(context: RoleContext, audit: AuditContext, group: list[OpenEscalationPath]) -> RoleViolation:
    """One violation for paths that begin with the same statements; the first path is the most severe."""
    first, access = group[0], audit.role_access(context)
    severity, risk = _severity(first)
    grants = first.step.grants
    trust = first.step.trust.statements if first.step.trust is not None else ()
    statements = [statement for grant in grants for statement in access.statements(grant)]
    text = _help(context, access, group)
    return RoleViolation(
        f"{path_sentence(first, context.role)}{_other_paths(group)}{_other_targets(group)}",
        help=policy_help(statements[0].policy, None, text) if statements else text,
        location=statement_values(access.statements(grants[0]), grants[0].action) if grants else None,
        severity=severity,
        risk=risk,
        confidence=_confidence(first),
        chain=path_hops(first, context.role, audit.role_index(context)),
        about=(*_path_texts(group), *statement_contents([*statements, *(() if grants else trust)])),
    )


def _confidence(path: OpenEscalationPath) -> Confidence | None:
    """How certain it is that the path leads to more access; None as for the rule."""
    if path.unknown:
        return Confidence.LOW
    return Confidence.MEDIUM if path.privilege is PrivilegeLevel.UNREAD else None


def _severity(path: OpenEscalationPath) -> tuple[Severity, int]:
    """The severity and risk of a path, by what it leads to."""
    if path.unknown:
        return _UNCERTAIN[path.privilege]
    if path.privilege is PrivilegeLevel.MORE:
        if path.step.target is None:
            return Severity.SECURITY_WARNING, 80
        if path.step.path.id == "sts-assume-role":
            return Severity.SUGGESTION, 20  # naming a role that trusts this one is probably intended
    return _SEVERITY[path.privilege]


def _path_texts(group: list[OpenEscalationPath]) -> list[str]:
    """The paths, each with the role or user that it leads to."""
    steps = [path.step for path in group]
    return sorted({f"{step.path.id} {step.target.arn if step.target else ''}" for step in steps})


def _path_count(group: list[OpenEscalationPath]) -> int:
    return len({path.step.path.id for path in group})


def _other_paths(group: list[OpenEscalationPath]) -> str:
    """The number of other paths that the same statements open, and the actions that they start with, as text."""
    others = _path_count(group) - 1
    if not others:
        return ""
    starts = dict.fromkeys(grant.action for path in group for grant in path.step.grants[:1])
    first = group[0].step.grants[0].action
    names = tuple(action for action in starts if action != first)
    by = f", with {format_first_names(names)}" if names else ""
    return f"; the same statements open {others} more path{'s' if others > 1 else ''}{by}"


def _other_targets(group: list[OpenEscalationPath]) -> str:
    """The other roles or users that the paths lead to, as text."""
    others = (path.step.target for path in group[1:] if path.step.target is not None)
    targets = {target.arn: target.name for target in others}
    if group[0].step.target is not None:
        targets.pop(group[0].step.target.arn, None)
    return f"; the same applies to {format_first_names(tuple(targets.values()))}" if targets else ""


def _help(context: RoleContext, access: RoleAccess, group: list[OpenEscalationPath]) -> str:
    """The smallest change that closes all paths: removing one action, in few statements, that no function needs."""
    first, trust = group[0].step, group[0].step.trust
    role = first.target.role if first.target is not None else None
    if trust is not None and trust.suffices and role is not None:
        texts = [trust_statement_text(location, role) for location in trust.statements]
        return f"remove this role from {' and '.join(texts)}, which suffices to assume it"
    common = [grant for grant in first.grants if all(grant.action in path.step.actions for path in group)]
    if not common:
        firsts = tuple(dict.fromkeys(path.step.grants[0].action for path in group))
        statements = statement_list_text(access.statements(first.grants[0]))
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
    """Yield those of the actions that a function needs, which cannot simply be removed."""
    if context.is_spec_inferred:  # the same statements, without the rest of the permission sets
        required = context.required_by_configuration
    else:
        required = [(name, bundle.explained_statements) for name, bundle in context.required_by_spec]
    statements = (explained.statement for _, of_function in required for explained in of_function)
    elements = [item.actions for item in statements if item.effect is Effect.ALLOW and not item.actions.negated]
    for action in actions:
        if any(matches_action(text, action) for element in elements for text in element.values):
            yield action
