"""Shorter policies with the same meaning: first without duplicates, then with as few readable wildcards as needed.

Without wildcards, the meaning is the same for all actions, including those that AWS may add. With wildcards, it is the
same for all actions of the current catalogue, which is proved before the policy is returned. `new_wildcards` lists each
wildcard with its actions.
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

# A wildcard for two or more actions shows what they have in common; one for a single action only saves characters.
_MIN_READABLE = 2
_MIN_ANY = 1


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A pattern that the original policy does not have, and the catalogue's actions that it matches."""

    pattern: str
    effect: Effect
    negated: bool
    actions: tuple[str, ...]


def deduplicate_policy(policy: Policy) -> Policy:
    """The policy without redundant parts, and with statements merged that differ in only one element.

    It means the same for every action, including those that AWS may add.
    """
    current = canonical_policy(policy)
    while True:
        smaller = remove_redundancy(merge_statements(current))
        if policy_size(smaller) >= policy_size(current):
            return current
        current = smaller


def compact_policy(policy: Policy, limit: int) -> Policy:
    """The policy in at most `limit` characters, with as few changes as possible; if none fits, the smallest one found.

    It means the same for every action of the current catalogue.
    """
    current = canonical_policy(policy)
    while policy_size(current) > limit:
        smaller = _compact_once(deduplicate_policy(current), limit)
        if policy_size(smaller) >= policy_size(current):
            break
        current = smaller
    return _proved_or_original(current, policy)


def _compact_once(policy: Policy, limit: int) -> Policy:
    """The first attempt that fits, else the smallest."""
    smallest = policy
    for min_covered in (_MIN_READABLE, _MIN_ANY):
        for attempt in (_fit_limit(limit, min_covered), _shorten_lists(min_covered)):
            if policy_size(smallest) > limit:
                smallest = min(attempt(policy), smallest, key=policy_size)
    return smallest


def shorten_policy(policy: Policy) -> Policy:
    """The policy as short as wildcards for two or more actions each make it."""
    return _proved_or_original(_shorten_lists(_MIN_READABLE)(deduplicate_policy(policy)), policy)


def smallest_policy(policy: Policy) -> Policy:
    """The policy as short as wildcards make it, including those for one action."""
    return compact_policy(policy, 0)


def with_wildcards(statement: Statement) -> Statement:
    """One statement with readable wildcards where they shorten it; it means the same for the catalogue's actions."""
    before = Policy((statement,))
    (shortened,) = _proved_or_original(_shorten_lists(_MIN_READABLE)(before), before).statements
    return shortened


def new_wildcards(policy: Policy, before: Sequence[Statement]) -> tuple[Wildcard, ...]:
    """The patterns of `policy` that the statements `before` do not have."""
    existing = {
        (statement.effect, statement.actions.negated, value.lower())
        for statement in before
        for value in statement.actions.values
    }
    added = {
        (statement.effect, statement.actions.negated, value)
        for statement in policy.statements
        for value in statement.actions.values
        if (statement.effect, statement.actions.negated, value.lower()) not in existing
    }
    return tuple(
        Wildcard(value, effect, negated, tuple(sorted(map(str, actions_in(pattern_bitset(value))))))
        for effect, negated, value in sorted(added)
    )


_Attempt = Callable[[Policy], Policy]


def _proved_or_original(smaller: Policy, original: Policy) -> Policy:
    """The shorter policy if it is proved to be equivalent within the step budget, else the original."""
    return smaller if is_equivalent(smaller, original) else original


def _fit_limit(limit: int, min_covered: int) -> _Attempt:
    """An attempt that adds wildcards until the policy fits `limit`."""

    def attempt(policy: Policy) -> Policy:
        lists_by_statement = [
            service_action_lists(statement.actions, min_covered=min_covered) for statement in policy.statements
        ]
        lists = tuple(action_list for statement_lists in lists_by_statement for action_list in statement_lists)
        for step in greedy_selection(lists, policy_size(policy) - limit):
            lists = step.lists
        return _replace_lists(policy, lists_by_statement, tuple(map(prune_wildcards, lists)))

    return attempt


def _shorten_lists(min_covered: int) -> _Attempt:
    """An attempt that adds all wildcards that shorten the policy."""

    def attempt(policy: Policy) -> Policy:
        current = policy
        while True:
            lists_by_statement = [
                service_action_lists(statement.actions, min_covered=min_covered) for statement in current.statements
            ]
            smaller = _replace_lists(
                current,
                lists_by_statement,
                tuple(
                    shortest_list(action_list)
                    for statement_lists in lists_by_statement
                    for action_list in statement_lists
                ),
            )
            if policy_size(smaller) >= policy_size(current):
                return current
            current = smaller

    return attempt


def _replace_lists(
    policy: Policy, lists_by_statement: list[tuple[ServiceActionList, ...]], new_lists: tuple[ServiceActionList, ...]
) -> Policy:
    """The policy with the entries of its lists replaced; `lists_by_statement` has the original lists."""
    remaining_lists = iter(new_lists)
    statements = []
    for statement, statement_lists in zip(policy.statements, lists_by_statement, strict=True):
        replaced = {entry.text for action_list in statement_lists for entry in action_list.original_entries}
        new_texts = [entry.text for _ in statement_lists for entry in next(remaining_lists).current_entries]
        retained = [value for value in statement.actions.values if value not in replaced]
        values = tuple(sorted({*retained, *new_texts}))
        statements.append(replace(statement, actions=replace(statement.actions, values=values)))
    return replace(policy, statements=tuple(statements))
