"""The policies that have a say in what a role may do, in parts: its own, its boundary, each level of SCPs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from iamglue.audit.access.any_resource import has_say
from iamglue.audit.access.places import Allowing
from iamglue.engine.evaluate.layers import layer
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import Access, Leaf, allowed_by, leaves_of
from iamglue.engine.solve.action_bitsets import everything, pattern_mask
from iamglue.model.account import AttachedPolicy
from iamglue.policy.computed import computed
from iamglue.policy.model import Effect, Policy

_ALLOW = Effect.ALLOW


@dataclass(frozen=True, slots=True)
class Grant:
    """A request that is allowed, and the statements of the role's policies that allow it."""

    action: str
    witness: Request
    by: tuple[Allowing, ...]


@dataclass(frozen=True, eq=False)
class Part:
    """Policies that are evaluated together, in the leaves that the algebra makes of them."""

    policies: tuple[AttachedPolicy, ...]
    leaves: tuple[Leaf, ...]

    @computed
    def allows(self) -> tuple[Leaf, ...]:
        """The leaves that allow."""
        return tuple([leaf for leaf in self.leaves if leaf.statement.effect is _ALLOW])

    @computed
    def denies(self) -> tuple[Leaf, ...]:
        """The leaves that deny."""
        return tuple([leaf for leaf in self.leaves if leaf.statement.effect is not _ALLOW])

    @computed
    def access(self) -> Access:
        """All that the policies allow, as one set."""
        return allowed_by(self.leaves)

    @computed
    def most(self) -> int:
        """Today's actions that some statement allows, if on anything."""
        return reduce(or_, [leaf.mask for leaf in self.allows], 0)

    @computed
    def bounds(self) -> tuple[int, int]:
        """Sets of actions: those that some request for may be allowed, and that all requests for are."""
        surely = reduce(or_, [leaf.mask for leaf in self.allows if leaf.unlimited], 0)
        if not self.denies:
            return self.most, surely
        denied = reduce(or_, [leaf.mask for leaf in self.denies], 0)
        forbidden = reduce(or_, [leaf.mask for leaf in self.denies if leaf.unlimited], 0)
        return self.most & ~forbidden, surely & ~denied

    @computed
    def is_open(self) -> bool:
        """Whether some statement allows everything on everything."""
        return any(is_full(leaf) for leaf in self.allows)

    @computed
    def on_just_any(self) -> Part:
        """The same without the statements that have no say in requests for just any resource."""
        allows = [leaf for leaf in self.allows if has_say(leaf)]
        denies = [leaf for leaf in self.denies if has_say(leaf)] if allows else []
        return Part(self.policies, (*allows, *denies))

    def on_action(self, action: str) -> tuple[tuple[Leaf, ...], tuple[Leaf, ...]]:
        """The leaves that allow an action, and those that deny it (none where none allows); kept."""
        found = self._by_action.get(action)
        if found is None:
            bit = pattern_mask(action)
            allows = naming(self.allows, action, bit)
            found = self._by_action[action] = allows, naming(self.denies, action, bit) if allows else ()
        return found

    def about(self, action: str) -> Access:
        """What is allowed, of requests for one action of today: other statements left out, proofs are short."""
        allows, denies = self.on_action(action)
        return allowed_by((*allows, *denies))

    @computed
    def _by_action(self) -> dict[str, tuple[tuple[Leaf, ...], tuple[Leaf, ...]]]:
        return {}

    def allowing(self, leaf: Leaf) -> Allowing:
        """Where a leaf stands."""
        found = self._allowing.get(leaf)
        if found is None:
            ref = leaf.ref
            found = self._allowing[leaf] = Allowing(self.policies[ref.policy], ref.statement, ref.sid)
        return found

    @computed
    def _allowing(self) -> dict[Leaf, Allowing]:
        return {}


def is_full(leaf: Leaf) -> bool:
    """Whether a statement is about everything: `*`, or `*:*`, on `*`, without conditions."""
    if not leaf.unlimited or leaf.statement.actions.negated:
        return False
    return not all(value.strip("*:") for value in leaf.statement.actions.values) and leaf.mask == everything()


def naming(leaves: tuple[Leaf, ...], action: str, bit: int) -> tuple[Leaf, ...]:
    """The leaves whose actions include an action, `bit` being its bit, 0 where it is not known."""
    if bit:
        return tuple([leaf for leaf in leaves if leaf.mask & bit])
    return tuple([leaf for leaf in leaves if leaf.prepared.matches_action(action.lower())])


def part_of(policies: Sequence[AttachedPolicy], kind: PolicyKind = PolicyKind.IDENTITY) -> Part:
    """The policies that can be read, as one part."""
    readable = tuple(each for each in policies if each.policy is not None and not is_misplaced(each.policy))
    values = [each.policy for each in readable if each.policy is not None]
    if kind is PolicyKind.SCP:
        return Part(readable, layer(kind, values).access.leaves if values else ())
    return Part(readable, tuple(leaves_of(values)))


def is_misplaced(policy: Policy) -> bool:
    """Whether it is no policy of a principal or an organization: a statement has a Principal, or no Resource."""
    return any(each.principals is not None or each.resources is None for each in policy.statements)
