"""The names of rules and schedules that are written with a function and have none in the spec."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from iamglue.errors import IamglueError, MultipleErrors
from iamglue.generate.requirements.role_names import name_with_ending
from iamglue.model.spec import SpecFunction, SpecResource, Trigger


def with_schedule_names(function: str, triggers: Iterable[Trigger]) -> tuple[Trigger, ...]:
    """Return the triggers; schedules without a name are called FUNCTION-schedule, FUNCTION-schedule-2 and so on."""
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
