"""Statements put into policies of a limited size: in order, first fit, a statement divided only where it must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from iamglue.iam.document import policy_size
from iamglue.iam.policies import Patterns, Policy, Statement


def packed(statements: Sequence[Statement], limit: int) -> tuple[Policy, ...]:
    """Policies of at most `limit` characters (white space not counted) that together hold the statements.

    Each statement goes into the first policy with room for it. Raises ValueError when a statement of one action on
    one resource is over the limit by itself.
    """
    bins: list[list[Statement]] = []
    sizes: list[int] = []
    empty = policy_size(Policy(()))
    for statement in (piece for each in statements for piece in _pieces(each, limit)):
        size = policy_size(Policy((statement,))) - empty + 1
        at = next((index for index, used in enumerate(sizes) if used + size <= limit), None)
        if at is None:
            bins.append([])
            sizes.append(empty)
            at = len(bins) - 1
        bins[at].append(statement)
        sizes[at] += size
    return tuple(Policy(tuple(each)) for each in bins)


def _pieces(statement: Statement, limit: int) -> list[Statement]:
    """The statement, or parts of it that fit: its resources halved first, then its actions."""
    if policy_size(Policy((statement,))) < limit:
        return [statement]
    resources = statement.resources
    if resources is not None and not resources.negated and len(resources.values) > 1:
        halves = [replace(statement, resources=Patterns(part)) for part in _halves(resources.values)]
    elif not statement.actions.negated and len(statement.actions.values) > 1:
        halves = [replace(statement, actions=Patterns(part)) for part in _halves(statement.actions.values)]
    else:
        raise ValueError(f"statement {statement.sid or ''} alone is over {limit} characters")
    numbered = [
        replace(half, sid=f"{half.sid}{mark}") if half.sid else half for half, mark in zip(halves, "AB", strict=True)
    ]
    return [piece for half in numbered for piece in _pieces(half, limit)]


def _halves(values: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    middle = len(values) // 2
    return values[:middle], values[middle:]
