"""The names of rules and schedules that are written with a function and have none in the spec."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from iamglue.catalog.schedule_expressions import EXPRESSION_KINDS, find_expression_problem
from iamglue.errors import IamglueError, MultipleErrors
from iamglue.generate.requirements.role_names import name_with_ending
from iamglue.model.spec import SpecFunction, SpecResource, Trigger


def with_schedule_names(function: str, triggers: Iterable[Trigger]) -> tuple[Trigger, ...]:
    """The triggers; schedules without a name are called FUNCTION-schedule, FUNCTION-schedule-2 and so on."""
    named: list[Trigger] = []
    count = 0
    for trigger in triggers:
        if trigger.has_derived_name:
            count += 1
            ending = "-schedule" if count == 1 else f"-schedule-{count}"
            named.append(replace(trigger, resource=SpecResource(name_with_ending(function, ending))))
        else:
            named.append(trigger)
    return tuple(named)


def check_schedule_expression(trigger: Trigger) -> None:
    """Raise IamglueError for an expression that parameter values have made invalid."""
    if trigger.expression is None:
        return
    problem = find_expression_problem(trigger.expression, EXPRESSION_KINDS[trigger.name])
    if problem:
        raise IamglueError(problem.message, hint=problem.hint, location=trigger.location)


def check_distinct_schedules(functions: Iterable[SpecFunction]) -> None:
    """Raise IamglueError for two schedules of one name: the second would replace the first, or fail to deploy."""
    taken: dict[tuple[str, str], str] = {}
    for function in functions:
        for trigger in function.triggers:
            if trigger.expression is None:
                continue
            key = (trigger.name, trigger.resource.text or "")
            if key in taken:
                raise IamglueError(
                    f"the name `{key[1]}` of `{trigger.expression}` is also that of `{taken[key]}`",
                    hint="write another `name`, or leave it out for one that follows from the function's name",
                    location=trigger.location,
                )
            taken[key] = trigger.expression


def require_schedule_names(functions: Iterable[SpecFunction], format: str) -> None:
    """Raise MultipleErrors with an error for each schedule without a name.

    A `format` that writes no rule leaves it to another tool, so its permission needs the rule's name.
    """
    errors = [
        IamglueError(
            f"the schedule `{trigger.expression}` needs `name` beside it: {format} does not write its rule",
            hint="write `name: NAME` below it, or choose a format that writes the rule: cloudformation, sam, "
            "terraform, serverless, aws-cli",
            location=trigger.location,
        )
        for function in functions
        for trigger in function.triggers
        if trigger.has_derived_name
    ]
    if errors:
        raise MultipleErrors(errors)
