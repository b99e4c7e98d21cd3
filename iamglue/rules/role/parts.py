"""The policies that have a say in what a role may do, in parts: its own, its boundary, each level of SCPs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from iamglue.access.layers import layer
from iamglue.access.narrowing import alone
from iamglue.access.policy_kinds import PolicyKind
from iamglue.access.request import Request
from iamglue.access.sets import NOTHING, Access, Leaf, access_of, union
from iamglue.access.universe import everything, pattern_mask
from iamglue.iam.computed import computed
from iamglue.iam.policies import Effect, Policy
from iamglue.rules.role.just_any import has_say
from iamglue.rules.role.places import Allowing
from iamglue.subjects.account import AttachedPolicy


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
    access: Access

    @computed
    def allows(self) -> tuple[Leaf, ...]:
        """The leaves that allow."""
        return tuple(leaf for leaf in self.access.leaves if leaf.statement.effect is Effect.ALLOW)

    @computed
    def denies(self) -> tuple[Leaf, ...]:
        """The leaves that deny."""
        return tuple(leaf for leaf in self.access.leaves if leaf.statement.effect is Effect.DENY)

    @computed
    def most(self) -> int:
        """Today's actions that some statement allows, if on anything."""
        return reduce(or_, (leaf.mask for leaf in self.allows), 0)

    @computed
    def is_open(self) -> bool:
        """Whether some statement allows everything on everything."""
        return any(is_full(leaf) for leaf in self.allows)

    @computed
    def on_just_any(self) -> Part:
        """The same without the statements that have no say in requests for just any resource."""
        allows = [alone(leaf) for leaf in self.allows if has_say(leaf)]
        denies = [alone(leaf) for leaf in self.denies if has_say(leaf)] if allows else []
        granted = union(allows)
        return Part(self.policies, granted - union(denies) if denies else granted)

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
        granted = union(map(alone, allows))
        return granted - union(map(alone, denies)) if denies else granted

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
    if not values:
        return Part((), NOTHING)
    return Part(readable, layer(kind, values).access if kind is PolicyKind.SCP else access_of(values))


def is_misplaced(policy: Policy) -> bool:
    """Whether it is no policy of a principal or an organization: a statement has a Principal, or no Resource."""
    return any(each.principals is not None or each.resources is None for each in policy.statements)
