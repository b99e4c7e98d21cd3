"""Policies made smaller: what is said twice said once, then readable wildcards, only as many as a size asks for.

Without wildcards a policy says the same of all actions, those that AWS may add too. With them it says the same of
today's actions, which is proved before it is given back; each wildcard is named with what it stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from iamglue.engine.compact.action_lists import ServiceActionList, service_action_lists
from iamglue.engine.compact.equivalence import is_equivalent
from iamglue.engine.compact.merging import merge_statements
from iamglue.engine.compact.redundancy import remove_redundancy
from iamglue.engine.compact.wildcard_selection import greedy_selection, prune_wildcards, shortest_list
from iamglue.engine.solve.action_bitsets import actions_in, pattern_bitset
from iamglue.policy.document import canonical_policy, policy_size
from iamglue.policy.model import Effect, Policy, Statement

# A wildcard for two actions or more says what they have in common; one for a single action only saves characters.
_READABLE = 2
_ANY = 1


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A pattern that was not written before: where it stands, and today's actions that it matches."""

    pattern: str
    effect: Effect
    negated: bool
    actions: tuple[str, ...]


def deduplicate_policy(policy: Policy) -> Policy:
    """The policy with what is said twice said once, and statements put together that differ in one element.

    It means the same for every action, those that AWS may add too.
    """
    found = canonical_policy(policy)
    while True:
        smaller = remove_redundancy(merge_statements(found))
        if policy_size(smaller) >= policy_size(found):
            return found
        found = smaller


def compact_policy(policy: Policy, limit: int) -> Policy:
    """The policy in `limit` characters, changed no more than that takes; the smallest one found where none fits.

    It says the same of every action of today's catalogue as `policy` does.
    """
    found = canonical_policy(policy)
    while policy_size(found) > limit:
        smaller = _once(deduplicate_policy(found), limit)
        if policy_size(smaller) >= policy_size(found):
            break
        found = smaller
    return _proved(found, policy)


def _once(tidy: Policy, limit: int) -> Policy:
    """The first of these that fits, else the smallest."""
    found = tidy
    for least in (_READABLE, _ANY):
        for attempt in (_fitted(limit, least), _short_lists(least)):
            if policy_size(found) > limit:
                found = min(attempt(tidy), found, key=policy_size)
    return found


def shorten_policy(policy: Policy) -> Policy:
    """The policy as short as wildcards make it, each for two actions or more."""
    return _proved(_short_lists(_READABLE)(deduplicate_policy(policy)), policy)


def smallest_policy(policy: Policy) -> Policy:
    """The policy as short as wildcards make it, those for one action too."""
    return compact_policy(policy, 0)


def with_wildcards(statement: Statement) -> Statement:
    """One statement with readable wildcards where they make it shorter; it says the same of today's actions."""
    before = Policy((statement,))
    (found,) = _proved(_short_lists(_READABLE)(before), before).statements
    return found


def new_wildcards(policy: Policy, before: Sequence[Statement]) -> tuple[Wildcard, ...]:
    """The patterns of `policy` that do not stand in the statements `before`."""
    known = {(s.effect, s.actions.negated, value.lower()) for s in before for value in s.actions.values}
    found = {
        (each.effect, each.actions.negated, value)
        for each in policy.statements
        for value in each.actions.values
        if (each.effect, each.actions.negated, value.lower()) not in known
    }
    return tuple(
        Wildcard(value, effect, negated, tuple(sorted(map(str, actions_in(pattern_bitset(value))))))
        for effect, negated, value in sorted(found)
    )


_Attempt = Callable[[Policy], Policy]


def _proved(found: Policy, policy: Policy) -> Policy:
    """The shorter policy if it is proved to say the same, which may take more work than is done; else the policy."""
    return found if is_equivalent(found, policy) else policy


def _fitted(limit: int, least: int) -> _Attempt:
    def attempt(policy: Policy) -> Policy:
        own = [service_action_lists(each.actions, least=least) for each in policy.statements]
        now = tuple(each for part in own for each in part)
        for step in greedy_selection(now, policy_size(policy) - limit):
            now = step.lists
        return _with_fields(policy, own, tuple(map(prune_wildcards, now)))

    return attempt


def _short_lists(least: int) -> _Attempt:
    def attempt(policy: Policy) -> Policy:
        found = policy
        while True:
            own = [service_action_lists(each.actions, least=least) for each in found.statements]
            smaller = _with_fields(found, own, tuple(shortest_list(each) for part in own for each in part))
            if policy_size(smaller) >= policy_size(found):
                return found
            found = smaller

    return attempt


def _with_fields(
    policy: Policy, own: list[tuple[ServiceActionList, ...]], now: tuple[ServiceActionList, ...]
) -> Policy:
    """The policy with its fields' texts as they are written `now`; `own` tells which fields are whose."""
    left = iter(now)
    statements = []
    for statement, part in zip(policy.statements, own, strict=True):
        replaced = {text.text for field in part for text in field.original_entries}
        written = [text.text for _ in part for text in next(left).current_entries]
        kept = [value for value in statement.actions.values if value not in replaced]
        values = tuple(sorted({*kept, *written}))
        statements.append(replace(statement, actions=replace(statement.actions, values=values)))
    return replace(policy, statements=tuple(statements))
