"""Schedule expressions in the triggers of a spec: `schedule: rate(1 day)`, with `name` beside it or without."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.schedule_expressions import (
    EXPRESSION_KINDS,
    find_expression_problem,
    is_schedule_expression,
    suggested_expression,
)
from iamglue.errors import IamglueError, Location
from iamglue.policy.patterns.variables import hide_separators
from iamglue.policy.source.nodes import Node, NodeKind

_NAME = "name"


def is_expression(trigger: str, value: Node) -> bool:
    """Return True if the value of a trigger is written as a schedule expression."""
    return trigger in EXPRESSION_KINDS and value.kind is NodeKind.SCALAR and is_schedule_expression(value.text)


def suggested_schedule(trigger: str, text: str) -> str | None:
    """Return what to write for an expression without `rate(...)` or `cron(...)`, or with the wrong trigger, or None."""
    if trigger == "events":
        return f"schedule: {text}" if is_schedule_expression(text) else None
    return suggested_expression(text) if trigger in EXPRESSION_KINDS else None


def find_schedule_problems(item: Node, key: Node) -> Iterator[IamglueError]:
    """Yield the problems of a trigger's expression and of `name`; `key` is the trigger's name in `item`."""
    value, name_key = item.get(key.text), item.key(_NAME)
    suggested = suggested_schedule(key.text, value.text) if value else None
    if value is not None and suggested:
        message = f"`{value.text}` is not the name of a rule"
        yield IamglueError(message, hint=f"write `{suggested}`", location=value.location)
        return
    if value is None or not is_expression(key.text, value):
        if name_key is not None:
            expected = " or ".join(f"`{name}`" for name in EXPRESSION_KINDS)
            message = f"`name` is only valid beside an expression of {expected}, such as rate(1 day)"
            yield IamglueError(message, hint="remove `name`", location=name_key.location)
        return
    name = item.get(_NAME)
    if name is not None and (name.kind is not NodeKind.SCALAR or set(hide_separators(name.text)) & set(":/")):
        message = f"`{name.text}` is not the name of a rule or schedule: it is made beside the function"
        yield IamglueError(message, hint="write a name without `/` and `:`", location=name.location)
    problem = find_expression_problem(value.text, EXPRESSION_KINDS[key.text])
    if problem:
        yield IamglueError(problem.message, hint=problem.hint, location=_location(value, problem.offset))
    for option in ("account", "region"):
        option_key = item.key(option)
        if option_key is not None:
            message = f"`{option}` is not allowed with an expression: the schedule is made beside the function"
            hint = "write the name of the rule instead of the expression"
            yield IamglueError(message, hint=hint, location=option_key.location)


def _location(value: Node, offset: int) -> Location:
    """Return the location of a word in the text of a value; the value's own if the text is written with escapes."""
    written = value.source.text[value.start : value.end]
    quote_length = 0 if value.plain else 1
    if written[quote_length : len(written) - quote_length] != value.text:
        return value.location
    return Location(value.path, *value.source.line_and_column(value.start + quote_length + offset))
