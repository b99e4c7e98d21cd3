"""A context that probably lets a request through: what the conditions in its way ask for, as far as it is free.

It is only proposed; the statements confirm it, and where they do not, a proof is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable

from iamglue.engine.evaluate.operators import NEGATED_TO_POSITIVE
from iamglue.engine.solve.access import StatementTerm
from iamglue.policy.conditions import Condition
from iamglue.policy.model import Effect

_OPPOSITE = {"true": "false", "false": "true"}


def build_candidate_context(leaves: Iterable[StatementTerm], fixed: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Values of keys that are not `fixed`, the first that some condition asks for."""
    found: dict[str, tuple[str, ...]] = {}
    for leaf in leaves:
        for each in leaf.statement.conditions:
            key = each.key.lower()
            if key not in fixed and key not in found and each.values:
                value = _wanted(each, leaf.statement.effect)
                if value:
                    found[key] = (value,)
    return found


def _wanted(test: Condition, effect: Effect) -> str:
    """A value with which the condition holds in an Allow, and does not in a Deny; empty where none is at hand."""
    base = test.operator.base
    if base == "Bool":
        value = test.values[0].lower()
        return value if effect is Effect.ALLOW else _OPPOSITE.get(value, "")
    helps = (base not in NEGATED_TO_POSITIVE) is (effect is Effect.ALLOW)
    kind = NEGATED_TO_POSITIVE.get(base, base)
    if not helps or "${" in test.values[0]:
        return ""
    if kind in ("StringLike", "ArnLike", "ArnEquals"):
        return test.values[0].replace("*", "x").replace("?", "x")
    if kind == "IpAddress":
        return test.values[0].partition("/")[0]
    return test.values[0] if kind in ("StringEquals", "StringEqualsIgnoreCase") else ""
