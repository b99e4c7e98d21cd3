"""Objects of the classes of the program: constructors, fields, and classes that extend others."""

from __future__ import annotations

from iamglue.infer.code.javascript.evaluation import (
    CONSTRUCTORS,
    CallSite,
    call_unknown,
    member,
)
from iamglue.infer.code.javascript.function_calls import call_function
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.noted_calls import PassedArguments
from iamglue.infer.code.javascript.script_objects import (
    EMPTY,
    NOTHING,
    UNKNOWN,
    ScriptClass,
    ScriptCollection,
    ScriptFunction,
    ScriptModule,
    ScriptObject,
    Value,
    join,
)


def construct(machine: ScriptMachine, owner: ScriptClass, arguments: PassedArguments, site: CallSite) -> Value:
    """A new object of a class of the program."""
    instance = machine.new_object(site, "object", owner)
    initialize(machine, owner, instance, arguments, site)
    return frozenset({instance})


def initialize(
    machine: ScriptMachine, owner: ScriptClass, instance: ScriptCollection, arguments: PassedArguments, site: CallSite
) -> None:
    """Run the constructor of a class on an object, or that of the class it extends."""
    this: Value = frozenset({instance})
    fields = machine.activation(owner.info.fields, owner.parent, instance)
    machine.write((fields, "this"), this)
    constructors = [method for method in owner.info.methods if method.name == "constructor"]
    if constructors:
        function = machine.function(constructors[0].function, owner.parent, owner)
        call_function(machine, function, arguments, instance, this)
        return
    for parent in machine.read((owner, "parent")):
        initialize_parent(machine, parent, instance, arguments, site)


def initialize_parent(
    machine: ScriptMachine, parent: object, instance: ScriptCollection, arguments: PassedArguments, site: CallSite
) -> None:
    """Run the constructor of what a class extends: a class of the program, or one of a package."""
    if isinstance(parent, ScriptClass):
        initialize(machine, parent, instance, arguments, site)
    elif isinstance(parent, ScriptObject):
        made = call_constructor(machine, frozenset({parent}), arguments, site)
        machine.write((instance, "parent object"), made - UNKNOWN)


def _construct_function(
    machine: ScriptMachine, function: ScriptFunction, arguments: PassedArguments, site: CallSite
) -> Value:
    """The object that `new` of a function makes, or the object that the function returns instead."""
    instance = machine.new_object(site, "object", function)
    returned = call_function(machine, function, arguments, instance, frozenset({instance}))
    return frozenset({instance}) | frozenset(option for option in returned if isinstance(option, ScriptObject))


def _construct_module(
    machine: ScriptMachine, module: ScriptModule, arguments: PassedArguments, site: CallSite
) -> Value:
    """`new` of a whole module means its default export."""
    return call_constructor(machine, member(machine, frozenset({module}), "default"), arguments, site)


def call_constructor(machine: ScriptMachine, callee: Value, arguments: PassedArguments, site: CallSite) -> Value:
    """What `new callee(...)` gives."""
    result = EMPTY
    for option in callee - {NOTHING}:
        maker = CONSTRUCTORS.get(type(option))
        made = maker(machine, option, arguments, site) if maker else call_unknown(machine, arguments)
        result = join(result, made)
    return result


CONSTRUCTORS.update({ScriptClass: construct, ScriptFunction: _construct_function, ScriptModule: _construct_module})
