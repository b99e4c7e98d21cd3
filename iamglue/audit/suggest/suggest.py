"""`audit --suggest`: replacement policies for a role, proved against the declared needs and the current access."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iamglue.audit.suggest.replacement import (
    PolicyReplacement,
    has_deploy_time_values,
    is_deny,
    is_deny_only,
    required_statements,
    undeclared_requirements,
)
from iamglue.catalog.limits import MANAGED_POLICIES_PER_ROLE, MANAGED_POLICY_SIZE
from iamglue.diff import compare_policies
from iamglue.engine.compact.packing import pack_statements
from iamglue.engine.solve.access import Access, access_of
from iamglue.engine.solve.comparison import ComparisonAnswer, compare, compare_on_all_types
from iamglue.model.difference import PolicyDiff, StatementDiff
from iamglue.model.role_context import RoleContext, RoleReplacement
from iamglue.policy.model import Policy

_LAMBDA = "lambda.amazonaws.com"
_LISTED = 12
_ENOUGH = "the new policies allow everything that the functions need"
_NO_MORE = "the new policies allow nothing that the role is not allowed today"


def replacement_blocker(context: RoleContext) -> str | None:
    """Why no replacement can be suggested for a role; None if one can."""
    known = dict(context.required_by_spec)
    if context.is_spec_inferred or not known:
        return "no spec declares what its functions need"
    if silent := [item.name for item in context.functions if item.name not in known]:
        return f"no spec declares what these functions need: {', '.join(silent)}"
    if any(has_deploy_time_values(statement) for statement in required_statements(context)):
        return "a parameter, a Region or an account of the spec is known only at deployment"
    try:
        pack_statements(required_statements(context), MANAGED_POLICY_SIZE)
    except ValueError as error:
        return f"{error}, the maximum size of a policy"
    return _unknown_policies_reason(context)


def _unknown_policies_reason(context: RoleContext) -> str | None:
    """Why it is not known which policies the role has; None if it is."""
    if context.cases:
        return "conditions of the template decide which policies it has"
    if gaps := context.unknown_policies:
        return f"not all of its policies are known: {gaps[0].reason}"
    return None


def suggest_replacement(context: RoleContext) -> RoleReplacement | None:
    """The policies that should replace those of a role, with what was proved about them.

    None if the needs of a function are not declared (see `replacement_blocker`), or if the role's policies already
    allow exactly these. Retains policies that only deny and policies that could not be restored.
    """
    if replacement_blocker(context) is not None:
        return None
    change = PolicyReplacement.from_context(context)
    difference = compare_policies(change.side("today"), change.side("as suggested"), change.limits)
    if difference.is_unchanged and not change.unread:
        return None
    proved, unproved = _claims(context, change, difference)
    return RoleReplacement(
        policies=change.added,
        detach=tuple(policy.arn for policy in change.removed if policy.arn),
        delete=tuple(policy.name for policy in change.removed if not policy.arn),
        actions_before=_action_count(change.current_access & change.limiting_access),
        actions_after=_action_count(change.proposed_access & change.limiting_access),
        proved=proved,
        unproved=unproved,
        added_statements=tuple(_addition_text(shown) for shown in difference.added.shown),
        notes=tuple(_notes(context, change)),
        managed=change.managed,
        difference=difference,
    )


def _claims(
    context: RoleContext, change: PolicyReplacement, difference: PolicyDiff
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was proved about the new policies, as texts, and what was not, with the reason."""
    claims = [(_ENOUGH, _missing_reason(context, change)), _addition_claim(change, difference)]
    unread = "; ".join(change.unread)
    proved = tuple(claim for claim, reason in claims if not (reason or unread))
    return proved, tuple(f"{claim}: {reason or unread}" for claim, reason in claims if reason or unread)


def _missing_reason(context: RoleContext, change: PolicyReplacement) -> str:
    """Why it is not proved that all required access is allowed; empty if it is."""
    comparison = compare(
        access_of([Policy(required_statements(context))]), change.proposed_access & change.limiting_access
    )
    if comparison.answer is ComparisonAnswer.NO_NEW_ACCESS:
        return ""
    if comparison.witness is None:
        return comparison.reason
    return f"a Deny, the boundary or an SCP denies {comparison.witness.action} on {comparison.witness.resource}"


def _addition_claim(change: PolicyReplacement, difference: PolicyDiff) -> tuple[str, str]:
    """The claim that nothing is new except the listed additions, and why it is not proved; empty if it is."""
    added = difference.added
    if added.comparison.answer is ComparisonAnswer.NO_NEW_ACCESS:
        return _NO_MORE, ""
    if not added.shown:
        return _NO_MORE, added.comparison.reason or "; ".join(added.not_shown)
    additions = access_of([Policy(tuple(shown.statement for shown in added.shown))])
    comparison = compare_on_all_types(
        change.proposed_access & change.limiting_access, (change.current_access | additions) & change.limiting_access
    )
    proved = comparison.answer is ComparisonAnswer.NO_NEW_ACCESS
    return (
        f"except for the listed additions, {_NO_MORE}",
        "" if proved else comparison.reason or "not all additions are listed",
    )


def _action_count(access: Access) -> int:
    """The number of known actions that may be allowed for some request."""
    return max(access.action_bounds[0], 0).bit_count()


def _addition_text(shown: StatementDiff) -> str:
    """What a suggested policy newly allows, in words with an example."""
    resources = shown.statement.resources
    on = _short_list(resources.values) if resources else "*"
    when = "".join(
        f" when {condition.key} {condition.operator} {_short_list(condition.values)}"
        for condition in shown.statement.conditions
    )
    example = f"such as {shown.witness.action} on {shown.witness.resource}"
    return f"{_short_list(shown.statement.actions.values)} on {on}{when}, {example}"


def _short_list(values: Sequence[str]) -> str:
    more = len(values) - _LISTED
    return ", ".join(values[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def _notes(context: RoleContext, change: PolicyReplacement) -> Iterator[str]:
    """What to know before the change is applied: quotas, other principals, SCPs that were not read."""
    for function, required in undeclared_requirements(context):
        actions = _short_list(required.statement.actions.values)
        reasons = "; ".join(map(str, required.reasons))
        yield f"the configuration of {function} requires {actions} ({reasons}): declare it in the spec"
    for policy in change.retained:
        deny_only = is_deny_only(policy)
        why = "it contains only Deny statements" if deny_only else "it could not be restored, as it was not read"
        yield f"{policy.name} is retained: {why}"
    for policy in change.removed:
        if policy.policy and any(map(is_deny, policy.policy.statements)):
            yield f"{policy.name} is removed together with its Deny statements"
    attached = sum(1 for policy in context.role.policies if policy.arn) + (len(change.added) if change.managed else 0)
    if attached > MANAGED_POLICIES_PER_ROLE:
        yield f"{attached} managed policies are attached while old and new ones overlap: request a higher quota first"
    if others := _other_principals(context):
        yield f"other principals may assume the role, and their needs are unknown: {', '.join(others)}"
    if context.account.scps is None:
        yield "service control policies were not read: what they deny is unknown"


def _other_principals(context: RoleContext) -> list[str]:
    """Who else than Lambda may assume the role, and would lose access with its policies."""
    trust = context.role.trust.policy
    principals = [principal.principals for principal in trust.statements if not is_deny(principal)] if trust else []
    names = {f"{principal.kind} {principal.value}" for some in principals if some for principal in some.values}
    return sorted(names - {f"Service {_LAMBDA}"})
