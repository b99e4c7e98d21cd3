"""`diff`: computes exactly what one set of policies allows that another does not, in both directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import EVERYTHING, Access, StatementTerm, union
from iamglue.engine.solve.comparison import Comparison, ComparisonAnswer, compare_on_all_types
from iamglue.engine.solve.diff_entries import DiffEntry, find_access_diff
from iamglue.engine.solve.narrowing import term_access
from iamglue.engine.solve.other_types import describe_other_type, prove_empty_on_other_types
from iamglue.engine.solve.possible_requests import possible_requests
from iamglue.engine.solve.proof import Verdict
from iamglue.engine.solve.witness_location import AccountRegion, find_local_witness, most_named_location
from iamglue.model.difference import OneWayDiff, PolicyDiff, StatementDiff
from iamglue.model.located_access import LocatedAccess, access_of_files
from iamglue.model.policy_file import PolicyFile, StatementSource
from iamglue.policy.model import Effect, Policy


@dataclass(frozen=True, slots=True)
class DiffSide:
    """Identity-based policies that are evaluated together, and their name in messages."""

    name: str
    files: tuple[PolicyFile, ...]
    is_spec: bool = False


def compare_policies(old: DiffSide, new: DiffSide, limits: Sequence[Sequence[PolicyFile]] = ()) -> PolicyDiff:
    """Compute what `new` allows and `old` does not, and the reverse.

    `limits` are the permissions boundary and the SCP levels: each must also allow a request, on both sides.
    """
    limits_access = reduce(and_, map(access_of_files, limits), EVERYTHING)
    before, after = LocatedAccess.of(old.files), LocatedAccess.of(new.files)
    return PolicyDiff(
        old.name,
        new.name,
        _one_way_diff(after, before, limits_access),
        _one_way_diff(before, after, limits_access),
        old.is_spec,
    )


def _one_way_diff(new: LocatedAccess, old: LocatedAccess, limits_access: Access) -> OneWayDiff:
    """What `new` allows and `old` does not, within the limits."""
    possible = possible_requests(new.access, old.access, limits_access)
    limits_access &= possible
    comparison = compare_on_all_types(new.access & limits_access, old.access)  # limits apply equally to both sides
    if comparison.answer is ComparisonAnswer.NO_NEW_ACCESS:
        return OneWayDiff(comparison)
    added = (new.access & limits_access) - (old.access & limits_access)
    location = most_named_location(Policy((term.statement,)) for term in (*new.access.terms, *old.access.terms))
    if comparison.witness is not None:
        comparison = replace(comparison, witness=find_local_witness(added, comparison.witness, location))
    diff = find_access_diff(new.access, old.access, limits_access, possible)
    sources = {**old.sources, **new.sources}
    allowed_by = new.allowed_by(comparison.witness)
    example = () if diff.entries else _example_request(comparison.witness, allowed_by)
    not_examined = (f"{sources[term]} was not examined" for term in diff.not_evaluated)
    undecided = (_undecided_text(sources[term], reason, comparison) for term, reason in diff.undecided)
    entries = tuple(_statement_diff(_with_local_witness(entry, added, location), sources) for entry in diff.entries)
    reasons = [diff.reason] if diff.reason not in ("", comparison.reason) else []
    not_shown = (*example, *undecided, *reasons, *not_examined, *_undecided_types(comparison, added, diff.entries))
    return OneWayDiff(comparison, allowed_by, entries, not_shown)


def _undecided_text(source: StatementSource, reason: str, comparison: Comparison) -> str:
    """Name a statement that may allow something new; the reason of the whole comparison is not repeated."""
    text = f"it is not known whether {source} allows anything new"
    return text if reason == comparison.reason else f"{text}: {reason}"


def _undecided_types(comparison: Comparison, added: Access, entries: Sequence[DiffEntry]) -> tuple[str, ...]:
    """Say which request may be new access too, on a resource type that AWS's reference does not list."""
    if comparison.answer is not ComparisonAnswer.NEW_ACCESS:
        return ()
    entries_access = union(term_access(entry.term.with_statement(entry.statement)) for entry in entries)
    proof = prove_empty_on_other_types(added - entries_access, is_reliable=False)
    if proof.verdict is Verdict.EMPTY:
        return ()
    if proof.witness is None:
        return (f"it is not known whether there is more on resource types that AWS's reference lacks: {proof.reason}",)
    request = f"{proof.witness.action} on {proof.witness.resource}"
    return (f"it is not known whether {request} counts: {describe_other_type(proof.witness)}",)


def _example_request(witness: Request | None, allowed_by: Sequence[StatementSource]) -> tuple[str, ...]:
    """Describe a request, if there is no statement that shows it."""
    if witness is None:
        return ()
    verb = "allows" if len(allowed_by) == 1 else "allow"
    return (f"such as {witness.action} on {witness.resource}, which {' and '.join(map(str, allowed_by))} {verb}",)


def _with_local_witness(entry: DiffEntry, added: Access, location: AccountRegion) -> DiffEntry:
    """The entry with an example request in the account of the policies, if there is one."""
    entry_access = added & term_access(entry.term.with_statement(entry.statement))
    return replace(entry, witness=find_local_witness(entry_access, entry.witness, location))


def _statement_diff(entry: DiffEntry, sources: Mapping[StatementTerm, StatementSource]) -> StatementDiff:
    """The entry with the files of its statements; exclusions are Allow statements or Deny statements."""
    removed_deny, variant = entry.removed_deny, entry.condition_variant
    return StatementDiff(
        entry.statement,
        entry.witness,
        sources[entry.term],
        is_whole=entry.is_all_new,
        future_only=entry.future_only,
        future=entry.has_future_actions,
        unlisted_only=entry.unlisted_only,
        unlisted=entry.has_unlisted_arns,
        exclusions=tuple(sources[term] for term in entry.exclusions if term.statement.effect is Effect.ALLOW),
        denied_by=tuple(sources[term] for term in entry.exclusions if term.statement.effect is Effect.DENY),
        removed_deny=None if removed_deny is None else sources[removed_deny],
        condition_variant=None if variant is None else (sources[variant], variant.statement),
    )
