"""A role has access that it has not used.

The access of the role is compared with its known use: requests in CloudTrail, and IAM's last-accessed data. Each action
is in one of three states. Used. Unused since a date, with evidence: CloudTrail recorded all such calls in that time, or
IAM tracks them. Unknown: calls that read objects or write items are data events, which CloudTrail records only if they
are enabled, and IAM tracks the actions of some services only. Only actions with evidence are a finding; unknown actions
are listed as not evaluated. A trail may leave out data events in ways that no record shows (by prefix, by name or by
caller): where it may, the finding has that condition.

A function that runs once a year is unused most of the year: check the dates.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.access.statement_location import StatementLocation, statement_contents, statement_values
from iamglue.audit.access.usage_facts import Evidence, ServiceUse, service_uses
from iamglue.audit.escalation.action_risk import action_risk
from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation, UndecidedCheck
from iamglue.catalog.services import Action
from iamglue.engine.solve.action_bitsets import actions_in
from iamglue.findings import NotEvaluatedKind, Severity

RULE = RoleRule(Severity.WARNING, risk=25, breadth=True)

_LISTED = 4
_HELP = "remove the actions, unless the function needs them rarely"


def check(context: RoleContext, audit: AuditContext) -> Iterator[RoleViolation | UndecidedCheck]:
    """Yield a violation for the unused actions of each service, and the actions whose use is unknown."""
    usage = context.usage
    if not (usage.access or usage.coverage or usage.last_accessed):
        return
    access, uses = audit.role_access(context), service_uses(usage, context.role)
    unknown: dict[str, list[Action]] = {}
    for prefix, actions in sorted(_actions_by_service(access).items()):
        use = uses.get(prefix) or ServiceUse(prefix)
        known = {
            action: use.unused_evidence(action, _resources(access, action))
            for action in actions
            if not use.is_used(action)
        }
        yield from _violations(access, use, len(actions), known)
        for action, answer in known.items():
            if isinstance(answer, str):
                unknown.setdefault(answer, []).append(action)
    for reason, those in unknown.items():
        yield UndecidedCheck(_unknown_text(those), reason, kind=NotEvaluatedKind.UNDECIDABLE)


def _resources(access: RoleAccess, action: Action) -> Iterator[str]:
    """The patterns of resources on which statements allow an action."""
    allows, _ = access.identity_layer.terms_for_action(str(action))
    for term in allows:
        resources = term.statement.resources
        yield from ("*",) if resources is None or resources.negated else resources.values


def _actions_by_service(access: RoleAccess) -> Mapping[str, list[Action]]:
    """The actions that the role is allowed and not denied everywhere, by their service."""
    by_service: dict[str, list[Action]] = {}
    for action in actions_in(access.possible_actions_after_denies):
        by_service.setdefault(action.service, []).append(action)
    return by_service


def _violations(
    access: RoleAccess, use: ServiceUse, count: int, known: Mapping[Action, Evidence | str]
) -> Iterator[RoleViolation]:
    """Yield one violation for each evidence; one for the whole service if none of its actions was used."""
    groups: dict[Evidence, list[Action]] = {}
    prefix = use.prefix
    for action, evidence in known.items():
        if isinstance(evidence, Evidence):
            groups.setdefault(evidence, []).append(action)
    for evidence, unused in groups.items():
        worst = sorted(unused, key=lambda action: (-action_risk(action), str(action)))
        if len(unused) == count and not use.used:
            message = f"no action of `{prefix}` was used {evidence}; the role allows {_action_list(worst)}"
        else:
            was = "was" if len(unused) == 1 else "were"
            part = f"{len(unused):,} of the {count:,} actions of `{prefix}` that the role allows"
            message = f"{part} {was} not used {evidence}: {_action_list(worst)}"
        locations = list(_allowing_statements(access, str(worst[0])))
        risk = min(RULE.risk, action_risk(worst[0]))
        about = (prefix, evidence.source, *statement_contents(locations))
        yield RoleViolation(message, _HELP, location=statement_values(locations, str(worst[0])), risk=risk, about=about)


def _allowing_statements(access: RoleAccess, action: str) -> Iterator[StatementLocation]:
    """Yield where the statements of the role are that allow an action on some resource."""
    for term in access.identity_layer.allows:
        if term.prepared.matches_action(action.lower()):
            yield access.identity_layer.statement_location(term)


def _unknown_text(actions: list[Action]) -> str:
    """What is unknown, as a short text."""
    services = sorted({action.service for action in actions})
    if len(services) == 1:
        return f"whether the role uses {_action_list(sorted(actions, key=str))}"
    more = f" and {len(services) - _LISTED} more" if len(services) > _LISTED else ""
    named = ", ".join(f"`{action}`" for action in services[:_LISTED])
    return f"whether the role uses {len(actions):,} actions of {named}{more}"


def _action_list(actions: list[Action]) -> str:
    more = f" and {len(actions) - _LISTED:,} more" if len(actions) > _LISTED else ""
    return ", ".join(f"`{action}`" for action in actions[:_LISTED]) + more
