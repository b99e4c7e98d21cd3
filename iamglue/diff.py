"""`diff`: exactly what one set of policies allows that another does not, both ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import EVERYTHING, Access, Leaf, access_of
from iamglue.engine.solve.comparison import Answer, compare
from iamglue.engine.solve.diff_entries import Portion, portions
from iamglue.engine.solve.home import Home, at_home, home_of
from iamglue.engine.solve.narrowing import alone
from iamglue.model.difference import Diff, Difference, Shown
from iamglue.model.policy_file import PolicyFile, Source
from iamglue.policy.model import Effect, Policy


@dataclass(frozen=True, slots=True)
class Side:
    """Identity policies that are evaluated together, and what to call them."""

    name: str
    files: tuple[PolicyFile, ...]
    spec: bool = False


def diff(old: Side, new: Side, limits: Sequence[Sequence[PolicyFile]] = ()) -> Diff:
    """What `new` allows and `old` does not, and the other way round.

    `limits` are the permissions boundary and the levels of SCPs: each must allow a request too, on both sides.
    """
    within = reduce(and_, (_access(level) for level in limits), EVERYTHING)
    before, after = _Located.of(old), _Located.of(new)
    return Diff(old.name, new.name, _difference(after, before, within), _difference(before, after, within), old.spec)


@dataclass(frozen=True, slots=True)
class _Located:
    """An access, and where each of its statements stands."""

    access: Access
    sources: Mapping[Leaf, Source]

    @classmethod
    def of(cls, side: Side) -> _Located:
        access = _access(side.files)
        refs = {leaf: leaf.ref for leaf in access.leaves}
        return cls(access, {leaf: side.files[ref.policy].source(ref.statement) for leaf, ref in refs.items()})


def _access(files: Sequence[PolicyFile]) -> Access:
    return access_of([file.policy for file in files])


def _difference(new: _Located, old: _Located, within: Access) -> Difference:
    comparison = compare(new.access & within, old.access)  # what the limits hold of the new side, they do of the old
    if comparison.answer is Answer.NO_NEW_ACCESS:
        return Difference(comparison)
    added = (new.access & within) - (old.access & within)
    home = home_of(Policy((leaf.statement,)) for leaf in (*new.access.leaves, *old.access.leaves))
    if comparison.witness is not None:
        comparison = replace(comparison, witness=at_home(added, comparison.witness, home))
    found = portions(new.access, old.access, within)
    sources = {**old.sources, **new.sources}
    allowed_by = tuple(sources[leaf] for leaf in _allowing(new.access, comparison.witness))
    untold = () if found.found else _untold(comparison.witness, allowed_by)
    unseen = tuple(f"{sources[leaf]} was not looked into" for leaf in found.unseen)
    shown = tuple(_shown(_moved_home(portion, added, home), sources) for portion in found.found)
    return Difference(comparison, allowed_by, shown, (*untold, *found.reasons, *unseen))


def _untold(witness: Request | None, allowed_by: Sequence[Source]) -> tuple[str, ...]:
    """A request in words, for when there is no statement to show it with."""
    if witness is None:
        return ()
    return (f"such as {witness.action} on {witness.resource}, which {' and '.join(map(str, allowed_by))} allows",)


def _moved_home(portion: Portion, added: Access, home: Home) -> Portion:
    """The portion with a request in the account that the policies are about, where it has one."""
    own = added & alone(portion.leaf.with_statement(portion.statement))
    return replace(portion, witness=at_home(own, portion.witness, home))


def _allowing(access: Access, witness: Request | None) -> Iterator[Leaf]:
    if witness is not None:
        for leaf in access.leaves:
            if leaf.statement.effect is Effect.ALLOW and alone(leaf).contains(witness):
                yield leaf


def _shown(portion: Portion, sources: Mapping[Leaf, Source]) -> Shown:
    lifted, other = portion.lifted, portion.conditioned
    return Shown(
        portion.statement,
        portion.witness,
        sources[portion.leaf],
        whole=portion.whole,
        future_only=portion.future_only,
        future=portion.future,
        unlisted_only=portion.unlisted_only,
        unlisted=portion.unlisted,
        less=tuple(sources[leaf] for leaf in portion.less if leaf.statement.effect is Effect.ALLOW),
        denied=tuple(sources[leaf] for leaf in portion.less if leaf.statement.effect is Effect.DENY),
        lifted=None if lifted is None else sources[lifted],
        conditioned=None if other is None else (sources[other], other.statement),
    )
