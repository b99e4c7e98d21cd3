"""`compact`: a policy in the size that IAM allows, by readable wildcards or in several policies."""

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
    """What is asked for. `smallest`: as short as can be, whatever the limit; `exact`: no wildcards, rather split."""

    limit: int = MANAGED_POLICY_SIZE
    smallest: bool = False
    exact: bool = False
    drop_sids: bool = False


@dataclass(frozen=True, slots=True)
class CompactResult:
    """The policies that together say what one of `before` characters did; `wildcards` are those that it had not."""

    policies: tuple[Policy, ...]
    original_size: int
    new_wildcards: tuple[Wildcard, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """The policies' sizes, as IAM counts them."""
        return tuple(map(policy_size, self.policies))


def compact(policy: Policy, aim: CompactOptions) -> CompactResult:
    """The policy within the limit, changed no more than that takes: as it is, tidied, with wildcards, or split.

    All say the same of every action of today's catalogue. Raises IamglueError when the policy fits in no way.
    """
    bare = tuple(replace(each, sid=None) for each in policy.statements)
    start = replace(policy, statements=bare) if aim.drop_sids else policy
    whole = _whole(start, aim)
    policies = (whole,) if policy_size(whole) <= aim.limit else _several(start, whole, aim)
    return CompactResult(policies, policy_size(policy), tuple(_wildcards(policies, policy)))


def future_action_notes(wildcards: Sequence[Wildcard]) -> tuple[str, ...]:
    """In words, what wildcards would do to actions that AWS may add: a note for each way of use."""
    found = []
    for (effect, negated), does in _DOES.items():
        texts = [_described(each) for each in wildcards if (each.effect, each.negated) == (effect, negated)]
        if texts:
            one = len(texts) == 1
            them = "this wildcard matches" if one else "these wildcards match"
            form = f"any action of {'its' if one else 'their'} form that AWS adds"
            found.append(f"{them} no other action of today, but would also {does} {form}: {', '.join(texts)}")
    return tuple(found)


def policy_count_notes(count: int) -> tuple[str, ...]:
    """A word on so many managed policies, where a role may not have them by default."""
    if count <= MANAGED_POLICIES_PER_ROLE:
        return ()
    return (f"{count} managed policies are more than the {MANAGED_POLICIES_PER_ROLE} that a role may have by default",)


_DOES = {
    (Effect.ALLOW, False): "allow",
    (Effect.DENY, False): "deny",
    (Effect.ALLOW, True): "not allow, where NotAction lists them,",
    (Effect.DENY, True): "not deny, where NotAction lists them,",
}


def _described(wildcard: Wildcard) -> str:
    count = len(wildcard.actions)
    return f"`{wildcard.pattern}` ({count} action{'' if count == 1 else 's'})"


def _whole(policy: Policy, aim: CompactOptions) -> Policy:
    if aim.exact:
        return (
            deduplicate_policy(policy)
            if aim.smallest or policy_size(policy) > aim.limit
            else compact_policy(policy, aim.limit)
        )
    return smallest_policy(policy) if aim.smallest else compact_policy(policy, aim.limit)


def _several(start: Policy, whole: Policy, aim: CompactOptions) -> tuple[Policy, ...]:
    """The fewest policies; with wildcards only where these make them fewer."""
    _check_divisible(start, whole, aim)
    best: tuple[Policy, ...] = ()
    reason = ""
    for form in (whole,) if aim.exact or aim.smallest else (deduplicate_policy(start), shorten_policy(start), whole):
        try:
            found = pack_statements(form.statements, aim.limit, form.version)
        except ValueError as error:
            reason = f"{error}, and a single grant cannot be divided"
            continue
        if not best or len(found) < len(best):
            best = found
    if not best:
        raise _too_big(start, whole, aim, reason)
    joined = replace(start, statements=tuple(each for one in best for each in one.statements))
    if not is_equivalent(joined, start):
        raise IamglueError(
            f"{len(best)} policies could not be proved to say the same as the one",
            hint="the proof would take more work than is done for one question",
        )
    return best


def _check_divisible(start: Policy, whole: Policy, aim: CompactOptions) -> None:
    if any(each.principals is not None for each in start.statements):
        raise _too_big(start, whole, aim, "a policy with Principal is the only one of its kind and cannot be split")


def _too_big(start: Policy, whole: Policy, aim: CompactOptions, reason: str) -> IamglueError:
    sids = sum(len(f'"Sid":"{each.sid}",') for each in whole.statements if each.sid)
    hint = f"without its Sids it is {policy_size(whole) - sids:,}: --drop-sids" if sids else "raise the limit"
    return IamglueError(
        f"the policy cannot be made to fit in {aim.limit:,} characters: it has {policy_size(start):,}, "
        f"{policy_size(deduplicate_policy(start)):,} with nothing said twice, "
        f"{policy_size(whole):,} at the least; {reason}",
        hint=hint,
    )


def _wildcards(policies: Sequence[Policy], before: Policy) -> Iterator[Wildcard]:
    seen: set[Wildcard] = set()
    for policy in policies:
        for each in new_wildcards(policy, before.statements):
            if each not in seen:
                seen.add(each)
                yield each
