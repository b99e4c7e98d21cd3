"""The change to the spec or the policy that ends a disagreement."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from iamglue.errors import Location
from iamglue.generate.requirements.grants import AtomicGrant
from iamglue.infer.arn_resources import find_entry
from iamglue.infer.code.spec import entry_groups
from iamglue.infer.entries import EntryGroup
from iamglue.infer.entry_grants import entry_grants
from iamglue.model.reconciliation import (
    AccessSource,
    ReconcileSuggestion,
    ReconcileVerdict,
    SourceAnswer,
    SourceEvidence,
)
from iamglue.model.required_access import DeploymentScope
from iamglue.policy.model import Statement
from iamglue.reconcile.rows import RowDraft, row_location

_NOWHERE = Location("")
_LISTED = 3
_NO_ENTRY = "no entry of a spec says exactly this: declare it by hand, if need be in `raw`"


def row_suggestion(
    verdict: ReconcileVerdict,
    row: RowDraft,
    answers: dict[AccessSource, SourceAnswer],
    scope: DeploymentScope,
    named: frozenset[AtomicGrant],
) -> ReconcileSuggestion | None:
    """The change for a row; None if the sources agree. `named` is the access of all rows of the function."""
    build = _BUILDERS.get(verdict)
    if build is not None:
        return build(row, answers)
    if verdict in (ReconcileVerdict.CALLED_NOT_DECLARED, ReconcileVerdict.USED_NOT_DECLARED):
        return _suggest_declaring(verdict, row, answers, scope, named)
    return None


def removal_text(action: str, resource: str, evidence: Sequence[SourceEvidence], *, is_whole: bool) -> str:
    """What to remove from which statements."""
    places = ", ".join(dict.fromkeys(item.text for item in evidence[:_LISTED])) or "the policy"
    more = f" and {len(evidence) - _LISTED} more" if len(evidence) > _LISTED else ""
    if not is_whole:
        return f"narrow {places}{more}: `{action}` on `{resource}` allows more than is needed"
    return f"remove `{action}` on `{resource}` from {places}{more}, or declare it in the spec"


def missing_entry(row: RowDraft, scope: DeploymentScope, named: frozenset[AtomicGrant]) -> EntryGroup | None:
    """The entry that declares a row, and the access that it says; None if no entry of a spec says it."""
    accesses = row.entries
    if not accesses or not all(item.is_exact for item in row.evidence.get(AccessSource.CALLED, ())):
        access = find_entry(AtomicGrant(row.action, row.resource), scope, _NOWHERE, named)
        accesses = [*([] if access is None else [access]), *accesses]
    groups = (group for access in accesses for group in entry_groups([access]))
    return next((group for group in groups if entry_grants(group.entry, scope) is not None), None)


def _suggest_declaring(
    verdict: ReconcileVerdict,
    row: RowDraft,
    answers: dict[AccessSource, SourceAnswer],
    scope: DeploymentScope,
    named: frozenset[AtomicGrant],
) -> ReconcileSuggestion:
    """The entry to add to the spec, and the statement to add to the role if the role lacks it as well."""
    group = missing_entry(row, scope, named)
    text = _NO_ENTRY if group is None else f"add to `{group.entry.access}`"
    if verdict is ReconcileVerdict.USED_NOT_DECLARED and answers[AccessSource.CALLED].value is False:
        text = f"find what makes these requests, as no call in the code makes them; if the function needs them, {text}"
    statement = _lacking_statement(row, answers)
    if answers[AccessSource.GRANTED].value is False:
        text += f"; the role does not allow it either ({answers[AccessSource.GRANTED].reason})"
    if group is None:
        return ReconcileSuggestion(text, add_statement=statement)
    return ReconcileSuggestion(text, add_entry=group.entry, add_access=group.accesses[0], add_statement=statement)


def _lacking_statement(row: RowDraft, answers: dict[AccessSource, SourceAnswer]) -> Statement | None:
    """The statement that the role's policies lack; None if it is granted, or if something denies it."""
    return row.statements[0] if answers[AccessSource.GRANTED].lacks_allow else None


def _suggest_granting(row: RowDraft, answers: dict[AccessSource, SourceAnswer]) -> ReconcileSuggestion:
    """The statement to add to the role; if something forbids it, such as a boundary, no statement would help."""
    statement = _lacking_statement(row, answers)
    if statement is None:
        reason = answers[AccessSource.GRANTED].reason
        return ReconcileSuggestion(f"change what prevents it, or remove it from the spec: {reason}")
    return ReconcileSuggestion("add this statement to a policy of the role", add_statement=statement)


def _suggest_finding_requests(row: RowDraft, _: dict[AccessSource, SourceAnswer]) -> ReconcileSuggestion:
    """To look for the caller: all requests were denied, so it is not known whether the function needs them."""
    times = f"{row.attempts:,} {'was' if row.attempts == 1 else 'were'}"
    return ReconcileSuggestion(
        f"find what makes these requests: {times} denied; if the function needs them, declare it"
    )


def _suggest_removing_grant(row: RowDraft, answers: dict[AccessSource, SourceAnswer]) -> ReconcileSuggestion:
    """To remove what the role is allowed and nothing else mentions; the text names the statements."""
    return ReconcileSuggestion(
        removal_text(row.action, row.resource, answers[AccessSource.GRANTED].evidence, is_whole=True)
    )


def _remove_entry(reason: str) -> Callable[[RowDraft, dict[AccessSource, SourceAnswer]], ReconcileSuggestion]:
    """A function that suggests to remove the action from the spec, for this reason."""

    def build(row: RowDraft, _: dict[AccessSource, SourceAnswer]) -> ReconcileSuggestion:
        """The suggestion for a row whose entry has an action too many."""
        location = row_location(row)
        text = f"remove `{row.action}` from the entry at {location}: {reason}"
        return ReconcileSuggestion(text, remove_entry=location)

    return build


_BUILDERS: dict[ReconcileVerdict, Callable[[RowDraft, dict[AccessSource, SourceAnswer]], ReconcileSuggestion]] = {
    ReconcileVerdict.NOT_GRANTED: _suggest_granting,
    ReconcileVerdict.ATTEMPTED: _suggest_finding_requests,
    ReconcileVerdict.GRANTED_NOT_NEEDED: _suggest_removing_grant,
    ReconcileVerdict.DECLARED_NOT_NEEDED: _remove_entry("no call in the code needs it, and it was not used"),
    ReconcileVerdict.DECLARED_NOT_CALLED: _remove_entry(
        "no call in the code needs it; whether it was used is not known"
    ),
    ReconcileVerdict.DECLARED_NOT_USED: _remove_entry("it was not used, unless the function needs it rarely"),
}
