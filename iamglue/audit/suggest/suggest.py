"""`audit --suggest`: what a role's policies should be, proved against what is declared and what it may do now."""

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
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.findings import NotEvaluated, NotEvaluatedKind
from iamglue.model.difference import PolicyDiff, StatementDiff
from iamglue.model.role_context import RoleContext, RoleReplacement
from iamglue.policy.model import Policy

_LAMBDA = "lambda.amazonaws.com"
_LISTED = 12
_LISTS = ("ListRolePolicies", "ListAttachedRolePolicies")
_ENOUGH = "they allow everything that the functions need"
_NO_MORE = "they allow nothing that the role may not do today"


def replacement_blocker(case: RoleContext) -> str | None:
    """Why no replacement can be suggested for a role; None where one can."""
    known = dict(case.required_by_spec)
    if case.is_spec_inferred or not known:
        return "nobody has declared what its functions need"
    if silent := [each.name for each in case.functions if each.name not in known]:
        return f"what these functions of it need is not declared: {', '.join(silent)}"
    if any(has_deploy_time_values(statement) for statement in required_statements(case)):
        return "the spec leaves a parameter, a Region or an account to the deployment"
    try:
        pack_statements(required_statements(case), MANAGED_POLICY_SIZE)
    except ValueError as error:
        return f"{error}, the most that a policy may have"
    own = (case.role.name, case.role.arn)
    if unlisted := [each for each in case.account.gaps if each.subject.name in own and _is_list(each)]:
        return f"not all of its policies are known: {unlisted[0].reason}"
    return None


def _is_list(gap: NotEvaluated) -> bool:
    """Whether policies may be missing altogether; a document that was not read is known to be there."""
    return (
        gap.kind is NotEvaluatedKind.FAILED and gap.subject.kind == "role" and any(each in gap.what for each in _LISTS)
    )


def suggest_replacement(case: RoleContext) -> RoleReplacement | None:
    """The policies that a role should have in place of its own, with what could be proved of them.

    None where nobody has declared what each of its functions needs (`refusal` says what is lacking), and where the
    role's policies allow exactly that already. Policies that only deny stay, and so does what could not be put back.
    """
    if replacement_blocker(case) is not None:
        return None
    change = PolicyReplacement.from_context(case)
    difference = compare_policies(change.side("today"), change.side("as suggested"), change.limits)
    if difference.is_unchanged and not change.unread:
        return None
    proved, unproved = _claims(case, change, difference)
    return RoleReplacement(
        policies=change.added,
        detach=tuple(each.arn for each in change.removed if each.arn),
        delete=tuple(each.name for each in change.removed if not each.arn),
        actions_before=_count(change.current_access & change.limiting_access),
        actions_after=_count(change.proposed_access & change.limiting_access),
        proved=proved,
        unproved=unproved,
        added_statements=tuple(_added(shown) for shown in difference.added.shown),
        notes=tuple(_notes(case, change)),
        managed=change.managed,
        difference=difference,
    )


def _claims(
    case: RoleContext, change: PolicyReplacement, difference: PolicyDiff
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was proved of the new policies in words, and what was not, with the reason."""
    claims = [(_ENOUGH, _enough(case, change)), _no_more(change, difference)]
    doubts = "; ".join(change.unread)
    proved = tuple(claim for claim, doubt in claims if not (doubt or doubts))
    return proved, tuple(f"{claim}: {doubt or doubts}" for claim, doubt in claims if doubt or doubts)


def _enough(case: RoleContext, change: PolicyReplacement) -> str:
    """Why it is not proved that all that is needed will be allowed; empty when it is."""
    found = compare(access_of([Policy(required_statements(case))]), change.proposed_access & change.limiting_access)
    if found.answer is ComparisonAnswer.NO_NEW_ACCESS:
        return ""
    if found.witness is None:
        return found.reason
    return f"a Deny, the boundary or an SCP forbids {found.witness.action} on {found.witness.resource}"


def _no_more(change: PolicyReplacement, difference: PolicyDiff) -> tuple[str, str]:
    """The claim that nothing is new, but for what is said to be added; and why it is not proved."""
    added = difference.added
    if added.comparison.answer is ComparisonAnswer.NO_NEW_ACCESS:
        return _NO_MORE, ""
    if not added.shown:
        return _NO_MORE, added.comparison.reason or "; ".join(added.not_shown)
    more = access_of([Policy(tuple(shown.statement for shown in added.shown))])
    rest = compare(
        change.proposed_access & change.limiting_access, (change.current_access | more) & change.limiting_access
    )
    proved = rest.answer is ComparisonAnswer.NO_NEW_ACCESS
    return f"but for what is added, {_NO_MORE}", "" if proved else rest.reason or "there is more than is shown"


def _count(access: Access) -> int:
    """Today's actions that some request may be allowed for."""
    return max(access.action_bounds[0], 0).bit_count()


def _added(shown: StatementDiff) -> str:
    resources = shown.statement.resources
    on = _list(resources.values) if resources else "*"
    when = "".join(f" when {each.key} {each.operator} {_list(each.values)}" for each in shown.statement.conditions)
    such = f"such as {shown.witness.action} on {shown.witness.resource}"
    return f"{_list(shown.statement.actions.values)} on {on}{when}, {such}"


def _list(values: Sequence[str]) -> str:
    more = len(values) - _LISTED
    return ", ".join(values[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def _notes(case: RoleContext, change: PolicyReplacement) -> Iterator[str]:
    for function, asked in undeclared_requirements(case):
        actions = _list(asked.statement.actions.values)
        yield f"the configuration of {function} asks for {actions} ({'; '.join(map(str, asked.reasons))}): declare it"
    for each in change.retained:
        why = "denies only" if is_deny_only(each) else "cannot be put back, as its document could not be read"
        yield f"{each.name} stays: it {why}"
    for each in change.removed:
        if each.policy and any(map(is_deny, each.policy.statements)):
            yield f"{each.name} goes with the Deny statements that it holds besides"
    attached = sum(1 for each in case.role.policies if each.arn) + (len(change.added) if change.managed else 0)
    if attached > MANAGED_POLICIES_PER_ROLE:
        yield f"{attached} managed policies are attached while both old and new are: have the quota raised before"
    if others := _others(case):
        yield f"others may take the role on, and what they need is not known: {', '.join(others)}"
    if case.account.scps is None:
        yield "service control policies were not read: what they forbid is not known"


def _others(case: RoleContext) -> list[str]:
    trust = case.role.trust.policy
    principals = [each.principals for each in trust.statements if not is_deny(each)] if trust else []
    found = {f"{each.kind} {each.value}" for some in principals if some for each in some.values}
    return sorted(found - {f"Service {_LAMBDA}"})
