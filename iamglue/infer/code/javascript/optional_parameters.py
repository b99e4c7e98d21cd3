"""Parameters that may be `undefined`, which the SDKs do not send: the call may be one without them."""

from __future__ import annotations

from dataclasses import replace

from iamglue.catalog.call_parameters import ParameterEffect, parameter_rules
from iamglue.infer.code.calls import SdkCall
from iamglue.infer.code.javascript.evaluation import member
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.script_objects import NOTHING, Value, single_placeholder
from iamglue.infer.code.values import ValueOrigin

_UNSURE_ORIGINS = (ValueOrigin.EVENT, ValueOrigin.PARAMETER)


def possible_calls(machine: ScriptMachine, call: SdkCall, parameters: Value) -> list[SdkCall]:
    """The call with and without each parameter that may be absent and replaces its action: `VersionId` of S3."""
    rules = parameter_rules(call.client, call.operation)
    replacing = {name for rule in rules if rule.effect is ParameterEffect.REPLACES for name in rule.present}
    values = {name: member(machine, parameters, name) for name in replacing if name in call.parameters}
    absent = {name for name, value in values.items() if not value or _may_be_absent(value)}
    if not absent:
        return [call]
    others = {name: value for name, value in call.parameters.items() if name not in absent}
    without = replace(call, parameters=others)
    return [call, without] if any(values[name] for name in absent) else [without]


def _may_be_absent(value: Value) -> bool:
    """Whether a value may be `undefined`: what the event or a caller outside the program may not give."""
    parts = [single_placeholder(option) for option in value]
    return NOTHING in value or any(part is not None and part.origin in _UNSURE_ORIGINS for part in parts)
