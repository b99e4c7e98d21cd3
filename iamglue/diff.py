"""`diff`: exactly what one set of policies allows that another does not, both ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import EVERYTHING, Access, StatementTerm, access_of
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.engine.solve.diff_entries import DiffEntry, find_access_diff
from iamglue.engine.solve.narrowing import term_access
from iamglue.engine.solve.witness_location import AccountRegion, find_local_witness, most_named_location
from iamglue.model.difference import OneWayDiff, PolicyDiff, StatementDiff
from iamglue.model.policy_file import PolicyFile, StatementSource
from iamglue.policy.model import Effect, Policy


@dataclass(frozen=True, slots=True)
class DiffSide:
    """Identity policies that are evaluated together, and what to call them."""

    name: str
    files: tuple[PolicyFile, ...]
    is_spec: bool = False


def compare_policies(old: DiffSide, new: DiffSide, limits: Sequence[Sequence[PolicyFile]] = ()) -> PolicyDiff:
    """What `new` allows and `old` does not, and the other way round.

    `limits` are the permissions boundary and the levels of SCPs: each must allow a request too, on both sides.
    """
    within = reduce(and_, (_access(level) for level in limits), EVERYTHING)
    before, after = _Located.of(old), _Located.of(new)
    return PolicyDiff(
        old.name, new.name, _difference(after, before, within), _difference(before, after, within), old.is_spec
    )


@dataclass(frozen=True, slots=True)
class _Located:
    """An access, and where each of its statements stands."""

    access: Access
    sources: Mapping[StatementTerm, StatementSource]

    @classmethod
    def of(cls, side: DiffSide) -> _Located:
        access = _access(side.files)
        refs = {leaf: leaf.ref for leaf in access.terms}
        return cls(access, {leaf: side.files[ref.policy].statement_source(ref.statement) for leaf, ref in refs.items()})


def _access(files: Sequence[PolicyFile]) -> Access:
    return access_of([file.policy for file in files])


def _difference(new: _Located, old: _Located, within: Access) -> OneWayDiff:
    comparison = compare(new.access & within, old.access)  # what the limits hold of the new side, they do of the old
    if comparison.answer is ComparisonAnswer.NO_NEW_ACCESS:
        return OneWayDiff(comparison)
    added = (new.access & within) - (old.access & within)
    home = most_named_location(Policy((leaf.statement,)) for leaf in (*new.access.terms, *old.access.terms))
    if comparison.witness is not None:
        comparison = replace(comparison, witness=find_local_witness(added, comparison.witness, home))
    found = find_access_diff(new.access, old.access, within)
    sources = {**old.sources, **new.sources}
    allowed_by = tuple(sources[leaf] for leaf in _allowing(new.access, comparison.witness))
    untold = () if found.entries else _untold(comparison.witness, allowed_by)
    unseen = tuple(f"{sources[leaf]} was not looked into" for leaf in found.undecided)
    shown = tuple(_shown(_moved_home(portion, added, home), sources) for portion in found.entries)
    return OneWayDiff(comparison, allowed_by, shown, (*untold, *found.reasons, *unseen))


def _untold(witness: Request | None, allowed_by: Sequence[StatementSource]) -> tuple[str, ...]:
    """A request in words, for when there is no statement to show it with."""
    if witness is None:
        return ()
    return (f"such as {witness.action} on {witness.resource}, which {' and '.join(map(str, allowed_by))} allows",)


def _moved_home(portion: DiffEntry, added: Access, home: AccountRegion) -> DiffEntry:
    """The portion with a request in the account that the policies are about, where it has one."""
    own = added & term_access(portion.term.with_statement(portion.statement))
    return replace(portion, witness=find_local_witness(own, portion.witness, home))


def _allowing(access: Access, witness: Request | None) -> Iterator[StatementTerm]:
    if witness is not None:
        for leaf in access.terms:
            if leaf.statement.effect is Effect.ALLOW and term_access(leaf).contains(witness):
                yield leaf


def _shown(portion: DiffEntry, sources: Mapping[StatementTerm, StatementSource]) -> StatementDiff:
    lifted, other = portion.removed_deny, portion.condition_variant
    return StatementDiff(
        portion.statement,
        portion.witness,
        sources[portion.term],
        is_whole=portion.is_all_new,
        future_only=portion.future_only,
        future=portion.has_future_actions,
        unlisted_only=portion.unlisted_only,
        unlisted=portion.has_unlisted_arns,
        exclusions=tuple(sources[leaf] for leaf in portion.exclusions if leaf.statement.effect is Effect.ALLOW),
        denied_by=tuple(sources[leaf] for leaf in portion.exclusions if leaf.statement.effect is Effect.DENY),
        removed_deny=None if lifted is None else sources[lifted],
        condition_variant=None if other is None else (sources[other], other.statement),
    )
