"""Step Functions entries: executions of a named state machine, and state machines with a version or alias.

AWS checks requests with a version or alias on the state machine's own ARN:
https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from iamglue.catalog.condition_keys import supports_key
from iamglue.errors import IamglueError
from iamglue.generate.requirements.arn_validation import arn_fields, whole_arn_parameter
from iamglue.generate.requirements.requested_actions import RequestedAction, requested_actions
from iamglue.model.spec import AccessEntry, SpecResource
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.patterns.variables import partition_outside_variables
from iamglue.policy.patterns.wildcards import has_wildcard

_QUALIFIER_KEY = "states:StateMachineQualifier"
_MACHINE_TYPE, _MACHINE = "statemachine", "stateMachine:"
_EXECUTION_TYPES = {"execution": "execution:", "express": "express:"}


@dataclass(frozen=True, slots=True)
class _StateMachine:
    """A state machine: the part of its ARN before the resource ("" for a plain name), its name and its qualifier."""

    head: str
    name: str
    qualifier: str


def state_machine_parts(entry: AccessEntry) -> tuple[AccessEntry, ...]:
    """The entry with the state machine's unqualified ARN, and entries for actions on its executions.

    A version or alias (`checkout:prod`) becomes a condition. Raises IamglueError when an action is about executions and
    a whole-ARN parameter hides the state machine's name.
    """
    requested = requested_actions(entry)
    executions = [item for item in requested if item.resource_type and item.resource_type.name in _EXECUTION_TYPES]
    if executions and whole_arn_parameter(entry.resource):
        raise IamglueError(
            f"`{executions[0].action}` acts on executions, whose ARN does not follow from a whole-ARN parameter",
            hint="write the state machine's name: `states: ${Name}`",
            location=entry.location,
        )
    machine = _state_machine(entry.resource.text)
    if machine is None or entry.resource_type not in (None, _MACHINE_TYPE):
        return (entry,)
    if not machine.qualifier and not (machine.head and executions):
        return (entry,)
    return tuple(
        replace(
            entry,
            do=(item.action,),
            resource=_machine_resource(machine, item),
            when=_qualifier_conditions(entry, machine, item),
        )
        for item in requested
    )


def _state_machine(text: str | None) -> _StateMachine | None:
    """The state machine that a name or ARN means; None for other resources."""
    if text is None or text == "*":
        return None
    head, resource = "", text
    if text.startswith("arn:"):
        resource = arn_fields(text)[5]
        if not resource.startswith(_MACHINE):
            return None
        head, resource = text.removesuffix(resource), resource.removeprefix(_MACHINE)
    name, _, qualifier = partition_outside_variables(resource, ":")
    return _StateMachine(head, name, qualifier)


def _machine_resource(machine: _StateMachine, item: RequestedAction) -> SpecResource:
    """The resource of one action: the machine without its qualifier, or all its executions."""
    if not machine.head:
        return SpecResource(machine.name)
    execution = _EXECUTION_TYPES.get(item.resource_type.name) if item.resource_type else None
    if execution is None:
        return SpecResource(f"{machine.head}{_MACHINE}{machine.name}")
    return SpecResource(f"{machine.head}{execution}{machine.name}:*" + (":*" if execution == "express:" else ""))


def _qualifier_conditions(entry: AccessEntry, machine: _StateMachine, item: RequestedAction) -> tuple[Condition, ...]:
    """The entry's conditions, and the version or alias as one, if the action supports that."""
    supported = item.resource_type is not None and supports_key(item.action, item.resource_type, _QUALIFIER_KEY)
    if not supported or machine.qualifier in ("", "*"):
        return entry.when
    operator = "StringLike" if has_wildcard(machine.qualifier) else "StringEquals"
    return (*entry.when, build_condition(f"ForAnyValue:{operator}", _QUALIFIER_KEY, machine.qualifier))
