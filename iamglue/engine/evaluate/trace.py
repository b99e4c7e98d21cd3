"""The trace of one statement for one request, as text."""

from __future__ import annotations

from iamglue.engine.evaluate.decision import StatementTrace
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.statements import PreparedStatement
from iamglue.policy.conditions import Condition

# The number of values shown of a list.
_MAX_VALUES = 3


def trace_statement(prepared: PreparedStatement, request: Request) -> StatementTrace:
    """Whether the statement applies to the request, and the elements that do not match."""
    statement = prepared.statement
    if not prepared.matches_action(request.action.lower()):
        element = "NotAction" if statement.actions.negated else "Action"
        reason = f"{element} does not match"
        return StatementTrace(prepared.ref, statement.effect, False, reason, (reason,), action_matches=False)
    results = [(name, test(request)) for name, test in prepared.tests]
    mismatches = [f"{name} does not match" for name, truth in results if truth is False]
    if mismatches:
        return StatementTrace(
            prepared.ref,
            statement.effect,
            False,
            mismatches[0],
            tuple(_describe_mismatches(prepared, results, request)),
        )
    undecided = [name for name, truth in results if truth is None]
    if undecided:
        reason = f"not known whether {', '.join(undecided)} matches"
        return StatementTrace(prepared.ref, statement.effect, None, reason, (reason,))
    return StatementTrace(prepared.ref, statement.effect, True, "every element matches")


def _describe_mismatches(
    prepared: PreparedStatement, results: list[tuple[str, bool | None]], request: Request
) -> list[str]:
    """A description of each element and condition that does not match."""
    conditions = prepared.statement.conditions
    element_count = len(results) - len(conditions)
    descriptions = [
        _describe_element(name, prepared, request) for name, truth in results[:element_count] if truth is False
    ]
    for condition, (_, truth) in zip(conditions, results[element_count:], strict=True):
        if truth is False:
            descriptions.append(_describe_condition(condition, request))
    return descriptions


def _describe_element(name: str, prepared: PreparedStatement, request: Request) -> str:
    """Why Resource, NotResource, Principal or NotPrincipal does not match."""
    resources = prepared.statement.resources
    if resources is None or name not in ("Resource", "NotResource"):
        return f"{name} does not match"
    return f"{name} {_format_values(resources.values)}: the request is on `{request.resource}`"


def _describe_condition(condition: Condition, request: Request) -> str:
    """Why a condition does not match: its values, and those of the request."""
    request_values = request.lowercase_context.get(condition.key.lower(), ())
    request_text = (
        f"the request has {_format_values(request_values)}" if request_values else f"the request has no {condition.key}"
    )
    return f"condition {condition.operator} {condition.key} {_format_values(condition.values)}: {request_text}"


def _format_values(values: tuple[str, ...]) -> str:
    """The first values of a list, and the number of the others."""
    shown = ", ".join(f"`{value}`" for value in values[:_MAX_VALUES])
    more = len(values) - _MAX_VALUES
    return f"{shown} and {more} more" if more > 0 else shown or "nothing"
