"""`compact`: reduces a policy to a size that IAM allows, with readable wildcards or by splitting it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from iamglue.catalog.limits import MANAGED_POLICIES_PER_ROLE, MANAGED_POLICY_SIZE
from iamglue.engine.compact.compaction import (
    Wildcard,
    compact_policy,
    deduplicate_policy,
    new_wildcards,
    shorten_policy,
    smallest_policy,
)
from iamglue.engine.compact.equivalence import is_equivalent
from iamglue.engine.compact.packing import pack_statements
from iamglue.errors import IamglueError
from iamglue.policy.document import policy_size
from iamglue.policy.model import Effect, Policy


@dataclass(frozen=True, slots=True)
class CompactOptions:
    """Options of `compact`.

    `smallest`: as small as possible, whatever the limit. `exact`: add no wildcards, split the policy instead.
    """

    limit: int = MANAGED_POLICY_SIZE
    smallest: bool = False
    exact: bool = False
    drop_sids: bool = False


@dataclass(frozen=True, slots=True)
class CompactResult:
    """The policies that together are equivalent to the original, and the wildcards that the original did not have.

    `original_size` is in characters.
    """

    policies: tuple[Policy, ...]
    original_size: int
    new_wildcards: tuple[Wildcard, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes of the policies in characters, as IAM counts them."""
        return tuple(map(policy_size, self.policies))


def compact(policy: Policy, options: CompactOptions) -> CompactResult:
    """Reduce the policy to the limit with the fewest changes: unchanged, simplified, with wildcards, or split.

    The result is equivalent for every known action. Raises IamglueError if no form of the policy fits.
    """
    statements_without_sids = tuple(replace(statement, sid=None) for statement in policy.statements)
    original = replace(policy, statements=statements_without_sids) if options.drop_sids else policy
    smallest = _as_one_policy(original, options)
    policies = (
        (smallest,) if policy_size(smallest) <= options.limit else _as_several_policies(original, smallest, options)
    )
    return CompactResult(policies, policy_size(policy), tuple(_iter_new_wildcards(policies, policy)))


def future_action_notes(wildcards: Sequence[Wildcard]) -> tuple[str, ...]:
    """Notes on what new wildcards would do to actions that AWS may add: one note for each kind of statement."""
    notes = []
    for (effect, negated), verb in _EFFECT_VERBS.items():
        texts = [_wildcard_text(item) for item in wildcards if (item.effect, item.negated) == (effect, negated)]
        if texts:
            subject = "this wildcard matches" if len(texts) == 1 else "these wildcards match"
            new_actions = "any new AWS action that matches"
            notes.append(f"{subject} no other known action, but would also {verb} {new_actions}: {', '.join(texts)}")
    return tuple(notes)


def policy_count_notes(count: int) -> tuple[str, ...]:
    """A note if a role may not have `count` managed policies by default; () otherwise."""
    if count <= MANAGED_POLICIES_PER_ROLE:
        return ()
    return (f"{count} managed policies exceed the default quota of {MANAGED_POLICIES_PER_ROLE} for a role",)


_EFFECT_VERBS = {
    (Effect.ALLOW, False): "allow",
    (Effect.DENY, False): "deny",
    (Effect.ALLOW, True): "exclude from the Allow (NotAction)",
    (Effect.DENY, True): "exclude from the Deny (NotAction)",
}


def _wildcard_text(wildcard: Wildcard) -> str:
    count = len(wildcard.actions)
    return f"`{wildcard.pattern}` ({count} action{'' if count == 1 else 's'})"


def _as_one_policy(policy: Policy, options: CompactOptions) -> Policy:
    """The smallest form of the policy that the options request, whether or not it fits."""
    if options.exact:
        return (
            deduplicate_policy(policy)
            if options.smallest or policy_size(policy) > options.limit
            else compact_policy(policy, options.limit)
        )
    return smallest_policy(policy) if options.smallest else compact_policy(policy, options.limit)


def _as_several_policies(original: Policy, whole: Policy, options: CompactOptions) -> tuple[Policy, ...]:
    """Split into the fewest policies; use wildcards only if they reduce the number."""
    _check_splittable(original, whole, options)
    best: tuple[Policy, ...] = ()
    reason = ""
    for candidate in (
        (whole,)
        if options.exact or options.smallest
        else (deduplicate_policy(original), shorten_policy(original), whole)
    ):
        try:
            packed = pack_statements(candidate.statements, options.limit, candidate.version)
        except ValueError as error:
            reason = f"{error}, and a single grant cannot be split"
            continue
        if not best or len(packed) < len(best):
            best = packed
    if not best:
        raise _size_error(original, whole, options, reason)
    combined = replace(original, statements=tuple(statement for part in best for statement in part.statements))
    if not is_equivalent(combined, original):
        raise IamglueError(
            f"the {len(best)} policies could not be proved equivalent to the original policy",
            hint="the proof exceeds the work limit of one comparison",
        )
    return best


def _check_splittable(original: Policy, whole: Policy, options: CompactOptions) -> None:
    """Raise IamglueError for a policy with Principal: a resource has only one policy."""
    if any(statement.principals is not None for statement in original.statements):
        raise _size_error(
            original, whole, options, "a policy with Principal cannot be split, because a resource has only one policy"
        )


def _size_error(original: Policy, whole: Policy, options: CompactOptions, reason: str) -> IamglueError:
    """The error for a policy that does not fit in the limit."""
    sids = sum(len(f'"Sid":"{statement.sid}",') for statement in whole.statements if statement.sid)
    hint = (
        f"remove the Sids with --drop-sids, which leaves {policy_size(whole) - sids:,}" if sids else "raise the limit"
    )
    return IamglueError(
        f"the policy does not fit in {options.limit:,} characters: it has {policy_size(original):,}, "
        f"{policy_size(deduplicate_policy(original)):,} without duplicates, "
        f"{policy_size(whole):,} in its smallest form; {reason}",
        hint=hint,
    )


def _iter_new_wildcards(policies: Sequence[Policy], before: Policy) -> Iterator[Wildcard]:
    """The wildcards that the original policy does not have, without duplicates."""
    seen: set[Wildcard] = set()
    for policy in policies:
        for wildcard in new_wildcards(policy, before.statements):
            if wildcard not in seen:
                seen.add(wildcard)
                yield wildcard
