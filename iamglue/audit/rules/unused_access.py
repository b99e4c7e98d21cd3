"""A role may do what it has not done.

What is allowed is held against the use that is known: requests from CloudTrail, and IAM's last-accessed data. Of each
action the answer is one of three. It was used. It was not, since a date, by evidence: CloudTrail recorded such calls
all the time, or IAM tracks them. Or it cannot be known: reading objects and writing items are data events, which
CloudTrail records only where that is switched on, and IAM tracks actions of some services only. Only what is shown to
be unused is a finding; what cannot be known is listed apart.

A function that runs once a year is unused most of the year: look at the dates.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.access.statement_location import StatementLocation, statement_span
from iamglue.audit.access.usage_facts import Evidence, ServiceUse, service_uses
from iamglue.audit.escalation.action_risk import action_risk
from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation, UndecidedCheck
from iamglue.catalog.services import Action
from iamglue.engine.solve.action_bitsets import actions_in
from iamglue.findings import NotEvaluatedKind, Severity

RULE = RoleRule(Severity.WARNING, risk=25, breadth=True)

_LISTED = 4
_HELP = "take it out, unless it is for what happens seldom"


def check(case: RoleContext, audit: AuditContext) -> Iterator[RoleViolation | UndecidedCheck]:
    """A hit for the unused actions of each service, and what is not known of its other actions."""
    usage = case.usage
    if not (usage.access or usage.coverage or usage.last_accessed):
        return
    access, uses = audit.role_access(case), service_uses(usage, case.role)
    unknown: dict[str, list[Action]] = {}
    for prefix, actions in sorted(_by_service(access).items()):
        use = uses.get(prefix) or ServiceUse(prefix)
        known = {str(each): use.unused_evidence(each) for each in actions}
        yield from _unused(access, prefix, actions, known)
        open_ones = [each for each in actions if known[str(each)] is None and str(each).lower() not in use.used]
        if open_ones:
            unknown.setdefault(_why_unknown(use), []).extend(open_ones)
    for reason, those in unknown.items():
        yield UndecidedCheck(_what(those), reason, kind=NotEvaluatedKind.UNDECIDABLE)


def _by_service(access: RoleAccess) -> Mapping[str, list[Action]]:
    found: dict[str, list[Action]] = {}
    for action in actions_in(access.possible_actions_after_denies):
        found.setdefault(action.service, []).append(action)
    return found


def _unused(
    access: RoleAccess, prefix: str, actions: list[Action], known: Mapping[str, Evidence | None]
) -> Iterator[RoleViolation]:
    """One hit for each evidence: the whole service at once where none of it was used."""
    groups: dict[Evidence, list[Action]] = {}
    for action in actions:
        evidence = known[str(action)]
        if evidence is not None:
            groups.setdefault(evidence, []).append(action)
    for evidence, unused in groups.items():
        worst = sorted(unused, key=lambda each: (-action_risk(each), str(each)))
        if len(unused) == len(actions):
            message = f"nothing of `{prefix}` was used {evidence}, of which the role may do {_shown(worst)}"
        else:
            message = (
                f"{len(unused):,} of the {len(actions):,} actions of `{prefix}` that the role may do were not used"
            )
            message = f"{message} {evidence}: {_shown(worst)}"
        by = list(_allowing(access, str(worst[0])))
        risk = min(RULE.risk, action_risk(worst[0]))
        yield RoleViolation(message, _HELP, span=statement_span(by, str(worst[0])), risk=risk)


def _allowing(access: RoleAccess, action: str) -> Iterator[StatementLocation]:
    for leaf in access.identity_layer.allows:
        if leaf.prepared.matches_action(action.lower()):
            yield access.identity_layer.statement_location(leaf)


def _what(actions: list[Action]) -> str:
    """What is not known, in words that stay short however much it is."""
    services = sorted({each.service for each in actions})
    if len(services) == 1:
        return f"whether the role uses {_shown(sorted(actions, key=str))}"
    more = f" and {len(services) - _LISTED} more" if len(services) > _LISTED else ""
    named = ", ".join(f"`{each}`" for each in services[:_LISTED])
    return f"whether the role uses {len(actions):,} actions of {named}{more}"


def _why_unknown(use: ServiceUse) -> str:
    if use.coverage is not None:
        return "CloudTrail need not have recorded such calls: calls on data are, only where that is asked for"
    if use.accessed or use.used:
        return "the service was used, and neither CloudTrail nor IAM tells which of its actions"
    return "no record of the services' calls was given"


def _shown(actions: list[Action]) -> str:
    more = f" and {len(actions) - _LISTED:,} more" if len(actions) > _LISTED else ""
    return ", ".join(f"`{each}`" for each in actions[:_LISTED]) + more
