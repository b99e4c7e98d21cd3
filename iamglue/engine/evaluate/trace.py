"""What one statement says of one request, in words."""

from __future__ import annotations

from iamglue.engine.evaluate.decision import StatementTrace
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.statements import PreparedStatement
from iamglue.policy.conditions import Condition

# So much of a list of values is shown.
_VALUES = 3


def trace_statement(prepared: PreparedStatement, request: Request) -> StatementTrace:
    """Whether the statement applies to the request, and if not, for want of what."""
    statement = prepared.statement
    if not prepared.matches_action(request.action.lower()):
        element = "NotAction" if statement.actions.negated else "Action"
        why = f"{element} does not match"
        return StatementTrace(prepared.ref, statement.effect, False, why, (why,), action_matches=False)
    held = [(name, test(request)) for name, test in prepared.tests]
    unmet = [f"{name} does not match" for name, truth in held if truth is False]
    if unmet:
        return StatementTrace(prepared.ref, statement.effect, False, unmet[0], tuple(_unmet(prepared, held, request)))
    unknown = [name for name, truth in held if truth is None]
    if unknown:
        why = f"not known whether {', '.join(unknown)} matches"
        return StatementTrace(prepared.ref, statement.effect, None, why, (why,))
    return StatementTrace(prepared.ref, statement.effect, True, "every element matches")


def _unmet(prepared: PreparedStatement, held: list[tuple[str, bool | None]], request: Request) -> list[str]:
    conditions = prepared.statement.conditions
    elements = len(held) - len(conditions)
    found = [_element(name, prepared, request) for name, truth in held[:elements] if truth is False]
    for condition, (_, truth) in zip(conditions, held[elements:], strict=True):
        if truth is False:
            found.append(_condition(condition, request))
    return found


def _element(name: str, prepared: PreparedStatement, request: Request) -> str:
    resources = prepared.statement.resources
    if resources is None or name not in ("Resource", "NotResource"):
        return f"{name} does not match"
    return f"{name} {_listed(resources.values)}: the request is on `{request.resource}`"


def _condition(condition: Condition, request: Request) -> str:
    given = request.lowercase_context.get(condition.key.lower(), ())
    has = f"the request has {_listed(given)}" if given else f"the request has no {condition.key}"
    return f"condition {condition.operator} {condition.key} {_listed(condition.values)}: {has}"


def _listed(values: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{value}`" for value in values[:_VALUES])
    more = len(values) - _VALUES
    return f"{shown} and {more} more" if more > 0 else shown or "nothing"
