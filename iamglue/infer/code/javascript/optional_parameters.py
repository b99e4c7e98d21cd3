"""Parameters that may be `undefined`, which the SDKs do not send: the call may be one without them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from iamglue.infer.code.javascript.script_objects import NOTHING, ScriptCollection, Value, single_placeholder
from iamglue.infer.code.optional_parameters import replacing_parameters
from iamglue.infer.code.values import ValueOrigin

_UNSURE_ORIGINS = (ValueOrigin.EVENT, ValueOrigin.PARAMETER)


def given_parameters(client: str, operation: str, values: Mapping[str, Value]) -> dict[str, Value]:
    """The parameters that a call may have: without those that are `undefined` in any case."""
    replacing = replacing_parameters(client, operation)
    return {
        name: value
        for name, value in values.items()
        if value - {NOTHING} or (not value and name not in replacing)  # that nothing is known of it says nothing
    }


def optional_parameters(
    client: str, operation: str, values: Mapping[str, Value], objects: Collection[ScriptCollection]
) -> frozenset[str]:
    """The parameters of a call that the objects with its parameters need not have.

    What the event, or a caller outside the program, may not give counts only if another action would be needed.
    """
    replacing = replacing_parameters(client, operation)
    return frozenset(
        name
        for name, value in values.items()
        if NOTHING in value
        or any(name not in option.keys for option in objects)
        or (name in replacing and _may_be_undefined(value))
    )


def _may_be_undefined(value: Value) -> bool:
    parts = [single_placeholder(option) for option in value]
    return any(part is not None and part.origin in _UNSURE_ORIGINS for part in parts)
