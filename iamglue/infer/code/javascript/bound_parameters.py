"""Parameters that a client of the SDK for JavaScript v2 adds to each request: `new DocumentClient({params: {...}})`.

https://docs.aws.amazon.com/AWSJavaScriptSDK/latest/AWS/Service.html: those of the request itself count instead.
"""

from __future__ import annotations

from iamglue.infer.code.javascript.evaluation import CallSite, member
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.member_changes import add_spread
from iamglue.infer.code.javascript.script_objects import NOTHING, ScriptClient, ScriptCollection, Value
from iamglue.infer.code.sdk_models import input_members


def with_bound_parameters(
    machine: ScriptMachine, client: ScriptClient, operation: str, parameters: Value, site: CallSite
) -> Value:
    """The parameters of a request with those of its client that the operation takes: a batch takes no `TableName`."""
    bound = member(machine, machine.read((client, "options")), "params")
    if not bound:
        return parameters
    merged = machine.new_object((site, "params"), "object")
    names = input_members(client.client, operation)
    if names is None:
        add_spread(machine, merged, bound)
    else:
        for name in sorted(names - _sure_names(machine, parameters)):
            value = member(machine, bound, name)
            if value:
                machine.set_field(merged, name, value)
    add_spread(machine, merged, parameters)
    return frozenset({merged})


def _sure_names(machine: ScriptMachine, parameters: Value) -> frozenset[str]:
    """The parameters that a request has in any case."""
    objects = [option for option in parameters if isinstance(option, ScriptCollection)]
    if not objects or len(objects) < len(parameters):
        return frozenset()
    return frozenset(
        name
        for name in machine.field_names(objects[0])
        if all(name in option.keys and NOTHING not in machine.read((option, name)) for option in objects)
    )
