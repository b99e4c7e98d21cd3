"""Calls of the functions and methods of the program."""

from __future__ import annotations

from iamglue.infer.code.javascript.evaluation import (
    ANY_KEY,
    CALLS,
    ELEMENTS,
    METHODS,
    CallSite,
    call,
    call_method,
    call_unknown,
    elements,
    member,
)
from iamglue.infer.code.javascript.list_methods import call_list_method
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.noted_calls import PassedArguments
from iamglue.infer.code.javascript.object_members import class_methods
from iamglue.infer.code.javascript.script_objects import (
    EMPTY,
    UNKNOWN,
    PackageMember,
    ScriptClass,
    ScriptCollection,
    ScriptFunction,
    ScriptModule,
    ScriptObject,
    UncalledMethod,
    Value,
    join,
)


def call_function(
    machine: ScriptMachine, function: ScriptFunction, arguments: PassedArguments, site: object, this: Value
) -> Value:
    """What a function of the program gives when it is called."""
    activation = machine.activation(function.info, function.parent, site)
    if function.owner is not None:
        machine.owners[activation] = function.owner
    bound = _bound_arguments(machine, function)
    if bound:
        arguments = PassedArguments((*bound, *arguments.values), arguments.rest, arguments.is_open)
    machine.pass_arguments(activation, arguments)
    machine.write((activation, "this"), this if function.this is None else function.this)
    machine.evaluate_now(activation)
    if function.info.is_generator:
        values = machine.intern(("generator", activation), lambda: ScriptCollection("array"))
        machine.set_field(values, ELEMENTS, machine.read((activation, "yield")))
        return frozenset({values})
    return machine.read((activation, "return"))


def _bound_arguments(machine: ScriptMachine, function: ScriptFunction) -> tuple[Value, ...]:
    """The first arguments that `bind` has given to a function."""
    return tuple(machine.read((function, "bound argument", number)) for number in range(function.bound_count))


def is_wrapped_call(machine: ScriptMachine, function: ScriptFunction, arguments: PassedArguments) -> bool:
    """Whether a wrapper calls its method with all that it was given: who calls the one calls the other as well."""
    if arguments.values or not machine.wrapped:
        return False
    around = machine.current
    wrappers = {wrapper.info for wrapper, methods in machine.wrapped.items() if function in methods}
    while around is not None and around.info not in wrappers:
        around = around.parent
    return around is not None


def _call_function(
    machine: ScriptMachine, function: ScriptFunction, arguments: PassedArguments, site: CallSite
) -> Value:
    """What a call of a function by its name gives; nothing for what the decorator around it calls already."""
    if is_wrapped_call(machine, function, arguments):
        return EMPTY
    return call_function(machine, function, arguments, site, EMPTY)


def _call_module(machine: ScriptMachine, module: ScriptModule, arguments: PassedArguments, site: CallSite) -> Value:
    return call(machine, member(machine, frozenset({module}), "default"), arguments, site)


def _call_uncalled_method(
    machine: ScriptMachine, method: UncalledMethod, arguments: PassedArguments, site: CallSite
) -> Value:
    """What a method gives that was taken from its object, with the arguments that are bound to it."""
    given = PassedArguments((*method.leading, *arguments.values), arguments.rest, arguments.is_open)
    return call_method(machine, frozenset({method.receiver}), method.name, given, site)


def _method_of_object(
    machine: ScriptMachine, instance: ScriptCollection, name: str, arguments: PassedArguments, site: CallSite
) -> Value:
    """What a method of an object gives: its own, its class's, its base's, and that of a list."""
    callee = member(machine, frozenset({instance}), name)
    result = EMPTY
    for option in callee:
        if isinstance(option, ScriptFunction):
            where: object = (site, instance) if instance.owner is not None else site
            result = join(result, call_function(machine, option, arguments, where, frozenset({instance})))
        else:
            result = join(result, call(machine, frozenset({option}), arguments, site))
    for parent in machine.read((instance, "parent object")):
        result = join(result, call_method(machine, frozenset({parent}), name, arguments, site))
    if not any(isinstance(option, ScriptObject) for option in callee):
        _call_from_base(machine, instance)
    if instance.kind != "object" or not callee:
        result = join(result, call_list_method(machine, instance, name, arguments, site))
    return result


# Bases that call no method of the program by themselves.
_QUIET_BASES = frozenset({"Array", "Error", "EventEmitter", "Map", "Object", "Promise", "Set"})


def _call_from_base(machine: ScriptMachine, instance: ScriptCollection) -> None:
    """A method of a base that the program does not have may call any method of the instance: `handler.run()`."""
    owner = instance.owner
    if not isinstance(owner, ScriptClass) or not _extends_library(machine, owner):
        return
    for declaring, method in class_methods(machine, owner, ANY_KEY):
        if method.kind == "method" and not method.is_static and method.name != "constructor":
            function = machine.function(method.function, declaring.parent, declaring)
            given = PassedArguments((), UNKNOWN, is_open=True)
            call_function(machine, function, given, ("base", instance), frozenset({instance}))


def _extends_library(machine: ScriptMachine, owner: ScriptClass) -> bool:
    """Whether a class extends, at any depth, a library's class that may call methods of its objects."""
    line = [owner]
    for current in line:
        parents = machine.read((current, "parent"))
        line += [option for option in parents if isinstance(option, ScriptClass) and option not in line]
        if any(isinstance(option, PackageMember) and _QUIET_BASES.isdisjoint(option.names[-1:]) for option in parents):
            return True
    return False


def _method_of_module(
    machine: ScriptMachine, module: ScriptModule, name: str, arguments: PassedArguments, site: CallSite
) -> Value:
    """What a function that a file exports gives."""
    return call(machine, member(machine, frozenset({module}), name), arguments, site)


def _method_of_class(
    machine: ScriptMachine, owner: ScriptClass, name: str, arguments: PassedArguments, site: CallSite
) -> Value:
    """What a static method gives; `this` in it is the class."""
    result = EMPTY
    for option in member(machine, frozenset({owner}), name):
        if isinstance(option, ScriptFunction):
            result = join(result, call_function(machine, option, arguments, (site, owner), frozenset({owner})))
        else:
            result = join(result, call(machine, frozenset({option}), arguments, site))
    return result


def _method_of_function(
    machine: ScriptMachine, function: ScriptFunction, name: str, arguments: PassedArguments, site: CallSite
) -> Value:
    """`call`, `apply` and `bind`, and functions that are members of a function."""
    this = arguments.at(0)
    if name in ("call", "apply"):
        given = PassedArguments(arguments.values[1:], arguments.rest)
        if name == "apply":
            given = PassedArguments((), elements(machine, arguments.at(1)), is_open=True)
        return (
            EMPTY if is_wrapped_call(machine, function, given) else call_function(machine, function, given, site, this)
        )
    if name == "bind":
        key = ("bound", function, site, machine.current)
        leading = [*_bound_arguments(machine, function), *arguments.values[1:]]
        bound = machine.intern(
            key, lambda: ScriptFunction(function.info, function.parent, function.owner, this, len(leading))
        )
        machine.functions.setdefault(bound)
        for number, value in enumerate(leading):
            machine.write((bound, "bound argument", number), value)
        return frozenset({bound})
    callee = member(machine, frozenset({function}), name)
    # A library that wraps a function gives it methods that configure it: `middy(handler).use(...)`.
    return call(machine, callee, arguments, site) if callee else call_unknown(machine, arguments) | {function}


def _method_of_method(
    machine: ScriptMachine, method: UncalledMethod, name: str, arguments: PassedArguments, site: CallSite
) -> Value:
    """What `bind` and `call` of a method give that was taken from its object."""
    if name == "bind":
        leading = (*method.leading, *arguments.values[1:])
        key = ("bound", method, site, machine.current)
        return frozenset({machine.intern(key, lambda: UncalledMethod(method.receiver, method.name, leading))})
    given = PassedArguments(arguments.values[1:], arguments.rest, arguments.is_open)
    return _call_uncalled_method(machine, method, given, site) if name == "call" else UNKNOWN


CALLS.update({ScriptFunction: _call_function, ScriptModule: _call_module, UncalledMethod: _call_uncalled_method})
METHODS.update(
    {
        ScriptCollection: _method_of_object,
        ScriptModule: _method_of_module,
        ScriptClass: _method_of_class,
        ScriptFunction: _method_of_function,
        UncalledMethod: _method_of_method,
    }
)
