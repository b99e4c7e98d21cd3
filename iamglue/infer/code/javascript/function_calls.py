"""Calls of the functions and methods of the program."""

from __future__ import annotations

from iamglue.infer.code.javascript.atoms import (
    EMPTY,
    UNKNOWN,
    Atom,
    ClassAtom,
    ExternalAtom,
    FunctionAtom,
    MethodAtom,
    ModuleAtom,
    ObjectAtom,
    Value,
    join,
)
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
    if not any(isinstance(atom, Atom) for atom in callee):
        _call_from_base(machine, instance)
    if instance.kind != "object" or not callee:
        result = join(result, call_list_method(machine, instance, name, arguments, site))
    return result


# Bases that call no method of the program by themselves.
_QUIET_BASES = frozenset({"Array", "Error", "EventEmitter", "Map", "Object", "Promise", "Set"})


def _call_from_base(machine: ScriptMachine, instance: ObjectAtom) -> None:
    """A method of a base that the program does not have may call any method of the instance: `handler.run()`."""
    owner = instance.owner
    if not isinstance(owner, ClassAtom) or not _extends_library(machine, owner):
        return
    for declaring, method in class_methods(machine, owner, ANY_KEY):
        if method.kind == "method" and not method.is_static and method.name != "constructor":
            function = machine.function(method.function, declaring.parent, declaring)
            given = PassedArguments((), UNKNOWN, is_open=True)
            call_function(machine, function, given, ("base", instance), frozenset({instance}))


def _extends_library(machine: ScriptMachine, owner: ClassAtom) -> bool:
    line = [owner]
    for current in line:
        parents = machine.read((current, "parent"))
        line += [atom for atom in parents if isinstance(atom, ClassAtom) and atom not in line]
        if any(isinstance(atom, ExternalAtom) and _QUIET_BASES.isdisjoint(atom.names[-1:]) for atom in parents):
            return True
    return False


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
