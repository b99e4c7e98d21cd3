"""How the four sources agree about a row, and how much a disagreement risks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iamglue.audit.escalation.action_risk import action_risk
from iamglue.catalog.services import Action
from iamglue.model.reconciliation import AccessSource, ReconcileVerdict, SourceAnswer
from iamglue.policy.arns import is_single_star
from iamglue.policy.patterns.wildcards import has_wildcard

# What a pattern of actions and a wildcard resource add to the risk of what is granted and not needed.
_PATTERN_RISK, _WILDCARD_RISK = 10, 20
# A function that lacks access fails when it makes the call; one that only declares too much has no access by that.
_FAILS, _MAY_FAIL = 50, 40
_MAX_RISK = 100


def row_verdict(
    answers: Mapping[AccessSource, SourceAnswer], given: Iterable[AccessSource], *, expects_call: bool, attempted: bool
) -> ReconcileVerdict:
    """The verdict of a row; `given` are the sources that were given, and whose silence is a doubt.

    `expects_call`: the row is declared by an entry whose calls the code makes itself. `attempted`: the record has
    denied requests, and no others.
    """
    values = tuple(answers[source].value for source in AccessSource)
    declared, called, used, granted = values
    if declared is True:
        verdict = _declared_verdict(called, used, granted, expects_call=expects_call)
    else:
        verdict = _undeclared_verdict(values, attempted=attempted)
    if verdict is not None:
        return verdict
    has_doubt = any(answers[source].value is None for source in given)
    return ReconcileVerdict.UNDECIDED if has_doubt else ReconcileVerdict.AGREES


def _declared_verdict(
    called: bool | None, used: bool | None, granted: bool | None, *, expects_call: bool
) -> ReconcileVerdict | None:
    """The disagreement about what the spec declares: what nothing needs should go, and not be granted."""
    unneeded = _unneeded_verdict(called, used) if expects_call else None
    if unneeded is not None and (called is False or granted is not False):
        return unneeded
    return ReconcileVerdict.NOT_GRANTED if granted is False else None


def _undeclared_verdict(values: tuple[bool | None, ...], *, attempted: bool) -> ReconcileVerdict | None:
    """The disagreement about what the spec does not declare, or not for certain."""
    declared, called, used, granted = values
    if declared is None:
        return ReconcileVerdict.NOT_GRANTED if called is True and granted is False else None
    if called is True:
        return ReconcileVerdict.CALLED_NOT_DECLARED
    if used is True:
        return ReconcileVerdict.USED_NOT_DECLARED
    if attempted:
        return ReconcileVerdict.ATTEMPTED
    return ReconcileVerdict.GRANTED_NOT_NEEDED if granted is True else None


def _unneeded_verdict(called: bool | None, used: bool | None) -> ReconcileVerdict | None:
    """The verdict of a declared entry by what is called and used; None if one of these needs it, or none says it."""
    if called is True or used is True:
        return None
    if called is False:
        return ReconcileVerdict.DECLARED_NOT_NEEDED if used is False else ReconcileVerdict.DECLARED_NOT_CALLED
    return ReconcileVerdict.DECLARED_NOT_USED if used is False else None


def row_risk(verdict: ReconcileVerdict, action: str, resource: str, actions: Iterable[Action]) -> int:
    """The risk of a row, from 0 to 100: what its actions may do, how wide it is, and whether the function fails."""
    if not verdict.is_disagreement:
        return 0
    known = tuple(actions)
    worst = max(map(action_risk, known), default=5)
    if verdict is ReconcileVerdict.GRANTED_NOT_NEEDED:
        is_wide = is_single_star(resource) and not all(item.has_no_resource_types for item in known)
        extra = (_PATTERN_RISK if has_wildcard(action) else 0) + (_WILDCARD_RISK if is_wide else 0)
        return min(_MAX_RISK, worst + extra)
    if verdict is ReconcileVerdict.NOT_GRANTED:
        return _FAILS
    if verdict is ReconcileVerdict.CALLED_NOT_DECLARED:
        return max(_MAY_FAIL, worst)
    if verdict in (ReconcileVerdict.USED_NOT_DECLARED, ReconcileVerdict.ATTEMPTED):
        return worst
    return worst // 2
