"""The rule or schedule that a trigger's expression asks for, as document formats write it."""

from __future__ import annotations

from iamglue.generate.requirements.role_names import name_with_ending
from iamglue.generate.requirements.trigger_sources import build_trigger_source, function_arn
from iamglue.model.permission_set import CounterpartPolicy, FunctionSchedule, ScheduleRole
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import SpecFunction, Trigger

_ROLE_ENDING = "-invoke-role"


def trigger_schedule(
    trigger: Trigger, function: SpecFunction, scope: DeploymentScope, counterparts: tuple[CounterpartPolicy, ...]
) -> FunctionSchedule | None:
    """The schedule of a trigger with an expression; None for other triggers.

    A rule of EventBridge invokes the function by a permission on it, a schedule of EventBridge Scheduler with a role,
    whose policies are the `counterparts` of the trigger.
    """
    if trigger.expression is None:
        return None
    name, target = trigger.resource.text or "", function_arn(function, scope)
    if trigger.name == "schedule":
        return FunctionSchedule(name, trigger.expression, target)
    values = build_trigger_source(trigger, function, scope).arn_variables
    trust, permissions = counterparts
    role = ScheduleRole(name_with_ending(name, _ROLE_ENDING), trust.policy, permissions.policy)
    return FunctionSchedule(name, trigger.expression, target, values["group"], role)
