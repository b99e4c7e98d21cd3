"""A statement narrowed to those of its actions and resources that have requests in a set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from iamglue.engine.solve.access import Access, SetOperation, StatementTerm
from iamglue.engine.solve.action_bitsets import actions_in, bitset_steps, pattern_bitset, patterns_bitset
from iamglue.engine.solve.allowed_actions import find_allowed_actions
from iamglue.engine.solve.budget import DIFF_PROOF_STEPS, spend, step_budget
from iamglue.engine.solve.proof import EmptinessProof, Verdict, prove_empty
from iamglue.policy.model import MatchList, Statement
from iamglue.policy.patterns.pattern_index import PatternIndex
from iamglue.policy.patterns.wildcards import covers_action, intersects_action


class Prover:
    """Proofs that are made to show something, each of a small budget, within a greater one for all of them."""

    def prove(self, access: Access) -> EmptinessProof:
        """What `prove_empty` says. Raises Exhausted when the budget for all is used up."""
        with step_budget(DIFF_PROOF_STEPS):
            proof = prove_empty(access)
        spend(_BEGUN)
        return proof

    def is_empty(self, access: Access) -> bool:
        """Whether the access is shown to be empty."""
        return self.prove(access).verdict is Verdict.EMPTY


# Steps to begin a proof.
_BEGUN = 500


@dataclass(frozen=True, slots=True)
class NarrowedStatement:
    """What is left of a statement.

    In the set are besides: `future`: actions that do not exist yet; `unlisted`: requests on ARNs that AWS's reference
    does not list for their actions.
    """

    statement: Statement
    has_future_actions: bool = False
    has_unlisted_arns: bool = False


@dataclass(frozen=True, slots=True)
class _Actions:
    """Actions with something in the target, and what is in it besides."""

    shown: MatchList
    future: bool = False
    unlisted: bool = False


def term_access(leaf: StatementTerm) -> Access:
    """The requests that one statement applies to."""
    return Access(SetOperation.STATEMENT, term=leaf)


def narrow_statement(
    leaf: StatementTerm, target: Access, words: Sequence[str], prover: Prover
) -> Iterator[NarrowedStatement]:
    """`leaf` as statements of which every action and every resource has a request in `target`.

    They cover all of the target that the statement holds. `words` are action patterns to write long lists with.
    """
    pieces: dict[_Actions, list[str]] = {}
    resources = leaf.statement.resources
    if resources is None or resources.negated:
        if prover.prove(target & term_access(leaf)).verdict is not Verdict.EMPTY:
            actions = _actions_of(leaf, target, words, prover)
            yield NarrowedStatement(replace(leaf.statement, actions=actions.shown), actions.future, actions.unlisted)
        return
    for part, actions in _by_resource(leaf, target, words, prover):
        pieces.setdefault(actions, []).extend(part)
    for actions, values in pieces.items():
        statement = replace(leaf.statement, actions=actions.shown, resources=MatchList(tuple(values)))
        yield NarrowedStatement(statement, actions.future, actions.unlisted)


def _by_resource(
    leaf: StatementTerm, target: Access, words: Sequence[str], prover: Prover
) -> Iterator[tuple[tuple[str, ...], _Actions]]:
    """The resources with something in the target, halving the list until all of a part is in it or none."""
    resources = leaf.statement.resources
    if resources is None or prover.prove(target & term_access(leaf)).verdict is Verdict.EMPTY:
        return
    values = resources.values
    if len(values) == 1:
        yield values, _actions_of(leaf, target, words, prover)
    elif prover.is_empty(term_access(leaf) - target):
        yield values, _Actions(_useful(leaf))
    else:
        middle = len(values) // 2
        for half in (values[:middle], values[middle:]):
            part = leaf.with_statement(replace(leaf.statement, resources=MatchList(half)))
            yield from _by_resource(part, target, words, prover)


def _actions_of(leaf: StatementTerm, target: Access, words: Sequence[str], prover: Prover) -> _Actions:
    """The actions of `leaf` with something in the target: by listed ARNs where there is such a request."""
    if prover.is_empty(term_access(leaf) - target):
        return _Actions(_useful(leaf))
    held = find_allowed_actions(target & term_access(leaf)).bitset
    own = find_allowed_actions(term_access(leaf), unlisted=not held).bitset
    held = held or find_allowed_actions(target & term_access(leaf), unlisted=True).bitset
    shown = _shown(leaf, held, own, words)
    rest = term_access(leaf) - term_access(leaf.with_statement(replace(leaf.statement, actions=shown)))
    proof = prover.prove(target & rest)
    if not held or (proof.verdict is not Verdict.EMPTY and not proof.future_only and not proof.unlisted_only):
        # Only future actions, or it is not known which: the statement's own words are the ones that cover it.
        return _Actions(leaf.statement.actions, proof.future_only)
    return _Actions(shown, proof.future_only, proof.unlisted_only)


def _useful(leaf: StatementTerm) -> MatchList:
    """The statement's actions without those of today's that have no request on its resources."""
    written = leaf.statement.actions
    if written.negated or len(written.values) == 1:
        return written
    own = find_allowed_actions(term_access(leaf), unlisted=True).bitset
    return MatchList(tuple(p for p in written.values if pattern_bitset(p) & own or not pattern_bitset(p)))


def _shown(leaf: StatementTerm, held: int, own: int, words: Sequence[str]) -> MatchList:
    """The held actions, by the statement's own patterns where they are exact, then by `words`, then by name."""
    written = leaf.statement.actions
    spend(bitset_steps(words))
    kept = [] if written.negated else _exact(written.values, held, own)
    unnamed = held & ~patterns_bitset(tuple(kept))
    prefixes = dict.fromkeys(f"{action.service}:*" for action in actions_in(unnamed))
    # Words for one of the actions at most say no more than its name.
    others = [word for word in (*words, *prefixes) if (pattern_bitset(word) & unnamed).bit_count() > 1]
    wide = [word for word in _exact(others, held, own) if _is_within(word, written)]
    for word in sorted(wide, key=lambda word: -(pattern_bitset(word) & held).bit_count()):
        spend()
        if (pattern_bitset(word) & unnamed).bit_count() > 1:
            kept.append(word)
            unnamed &= ~pattern_bitset(word)
    listed = (*kept, *sorted(map(str, actions_in(unnamed))))
    return _complement(written, held, own, words, shorter_than=len(listed)) or MatchList(listed)


def _complement(written: MatchList, held: int, own: int, words: Sequence[str], shorter_than: int) -> MatchList | None:
    """Everything but some patterns, where that says it exactly and with fewer words."""
    if not written.negated and "*" not in written.values:
        return None
    excluded = (*(written.values if written.negated else ()), *(w for w in words if not pattern_bitset(w) & held))
    exact = len(excluded) < shorter_than and held == own & ~patterns_bitset(excluded)
    return MatchList(excluded, negated=True) if exact else None


def _exact(patterns: Iterable[str], held: int, own: int) -> list[str]:
    """The patterns of which every action that the statement can hold is held."""
    return [p for p in patterns if pattern_bitset(p) & own and not pattern_bitset(p) & own & ~held]


def _is_within(word: str, written: MatchList) -> bool:
    """Whether an Action or NotAction element matches all that a pattern does, today and in the future."""
    heads = _heads(written)
    if written.negated:
        return not any(intersects_action(pattern, word) for pattern in heads.possible_overlaps(word.lower()))
    return any(covers_action(pattern, word) for pattern in heads.possible_covers(word.lower()))


@lru_cache(maxsize=256)
def _heads(element: MatchList) -> PatternIndex:
    return PatternIndex(map(str.lower, element.values))
