"""Calls of the functions and methods of the program."""

from __future__ import annotations

from iamglue.infer.code.javascript.atoms import (
    EMPTY,
    UNKNOWN,
    ClassAtom,
    FunctionAtom,
    MethodAtom,
    ModuleAtom,
    ObjectAtom,
    Value,
    join,
)
from iamglue.infer.code.javascript.evaluation import (
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


def call_function(
    machine: ScriptMachine, function: FunctionAtom, arguments: PassedArguments, site: object, this: Value
) -> Value:
    """What a function of the program gives when it is called."""
    activation = machine.activation(function.info, function.parent, site)
    if function.owner is not None:
        machine.owners[activation] = function.owner
    machine.pass_arguments(activation, arguments)
    machine.write((activation, "this"), this if function.this is None else function.this)
    machine.evaluate_now(activation)
    if function.info.is_generator:
        values = machine.atom(("generator", activation), lambda: ObjectAtom("array"))
        machine.set_field(values, ELEMENTS, machine.read((activation, "yield")))
        return frozenset({values})
    return machine.read((activation, "return"))


def is_wrapped_call(machine: ScriptMachine, function: FunctionAtom, arguments: PassedArguments) -> bool:
    """Whether a wrapper calls its method with all that it was given: who calls the one calls the other as well."""
    if arguments.values or not machine.wrapped:
        return False
    around = machine.current
    wrappers = {wrapper.info for wrapper, methods in machine.wrapped.items() if function in methods}
    while around is not None and around.info not in wrappers:
        around = around.parent
    return around is not None


def _call_function(machine: ScriptMachine, function: FunctionAtom, arguments: PassedArguments, site: CallSite) -> Value:
    if is_wrapped_call(machine, function, arguments):
        return EMPTY
    return call_function(machine, function, arguments, site, EMPTY)


def _call_module(machine: ScriptMachine, module: ModuleAtom, arguments: PassedArguments, site: CallSite) -> Value:
    return call(machine, member(machine, frozenset({module}), "default"), arguments, site)


def _call_method_atom(machine: ScriptMachine, method: MethodAtom, arguments: PassedArguments, site: CallSite) -> Value:
    given = PassedArguments((*method.leading, *arguments.values), arguments.rest, arguments.is_open)
    return call_method(machine, frozenset({method.receiver}), method.name, given, site)


def _method_of_object(
    machine: ScriptMachine, instance: ObjectAtom, name: str, arguments: PassedArguments, site: CallSite
) -> Value:
    callee = member(machine, frozenset({instance}), name)
    result = EMPTY
    for atom in callee:
        if isinstance(atom, FunctionAtom):
            where: object = (site, instance) if instance.owner is not None else site
            result = join(result, call_function(machine, atom, arguments, where, frozenset({instance})))
        else:
            result = join(result, call(machine, frozenset({atom}), arguments, site))
    for parent in machine.read((instance, "parent object")):
        result = join(result, call_method(machine, frozenset({parent}), name, arguments, site))
    if instance.kind != "object" or not callee:
        result = join(result, call_list_method(machine, instance, name, arguments, site))
    return result


def _method_of_module(
    machine: ScriptMachine, module: ModuleAtom, name: str, arguments: PassedArguments, site: CallSite
) -> Value:
    return call(machine, member(machine, frozenset({module}), name), arguments, site)


def _method_of_class(
    machine: ScriptMachine, owner: ClassAtom, name: str, arguments: PassedArguments, site: CallSite
) -> Value:
    result = EMPTY
    for atom in member(machine, frozenset({owner}), name):
        if isinstance(atom, FunctionAtom):
            result = join(result, call_function(machine, atom, arguments, (site, owner), frozenset({owner})))
        else:
            result = join(result, call(machine, frozenset({atom}), arguments, site))
    return result


def _method_of_function(
    machine: ScriptMachine, function: FunctionAtom, name: str, arguments: PassedArguments, site: CallSite
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
        bound = machine.atom(key, lambda: FunctionAtom(function.info, function.parent, function.owner, this))
        machine.functions.setdefault(bound)
        return frozenset({bound})
    callee = member(machine, frozenset({function}), name)
    # A library that wraps a function gives it methods that configure it: `middy(handler).use(...)`.
    return call(machine, callee, arguments, site) if callee else call_unknown(machine, arguments) | {function}


def _method_of_method(
    machine: ScriptMachine, method: MethodAtom, name: str, arguments: PassedArguments, site: CallSite
) -> Value:
    if name == "bind":
        leading = (*method.leading, *arguments.values[1:])
        key = ("bound", method, site, machine.current)
        return frozenset({machine.atom(key, lambda: MethodAtom(method.receiver, method.name, leading))})
    given = PassedArguments(arguments.values[1:], arguments.rest, arguments.is_open)
    return _call_method_atom(machine, method, given, site) if name == "call" else UNKNOWN


CALLS.update({FunctionAtom: _call_function, ModuleAtom: _call_module, MethodAtom: _call_method_atom})
METHODS.update(
    {
        ObjectAtom: _method_of_object,
        ModuleAtom: _method_of_module,
        ClassAtom: _method_of_class,
        FunctionAtom: _method_of_function,
        MethodAtom: _method_of_method,
    }
)
