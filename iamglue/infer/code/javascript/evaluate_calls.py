"""Calls of functions, methods and constructors of the program, and chains of members and calls."""

from __future__ import annotations

from iamglue.infer.code.javascript.atoms import (
    EMPTY,
    UNKNOWN,
    Atom,
    ClassAtom,
    FunctionAtom,
    MethodAtom,
    ModuleAtom,
    ObjectAtom,
    Value,
    join,
)
from iamglue.infer.code.javascript.compiled_helpers import COMPILED_HELPERS
from iamglue.infer.code.javascript.evaluate_basics import arguments_of
from iamglue.infer.code.javascript.evaluation import (
    ANY_KEY,
    CALLS,
    CONSTRUCTORS,
    ELEMENTS,
    EVALUATORS,
    METHODS,
    CallSite,
    call,
    call_method,
    call_unknown,
    elements,
    evaluate,
    keys_of,
    member,
)
from iamglue.infer.code.javascript.list_methods import call_list_method
from iamglue.infer.code.javascript.machine import CallArguments, Frame, ScriptMachine
from iamglue.infer.code.javascript.object_members import class_methods
from iamglue.infer.code.javascript.syntax import CallExpression, Expression, Index, Member, Name, New, Super, This
from iamglue.infer.code.javascript.untyped_calls import note_untyped_call


def call_function(
    machine: ScriptMachine, function: FunctionAtom, arguments: CallArguments, site: object, this: Value
) -> Value:
    """What a function of the program gives when it is called."""
    activation = machine.activation(function.info, function.parent, site)
    if function.owner is not None:
        machine.owners[activation] = function.owner
    machine.pass_arguments(activation, arguments)
    machine.write((activation, "this"), this if function.this is None else function.this)
    if function.info.is_generator:
        values = machine.atom(("generator", activation), lambda: ObjectAtom("array"))
        machine.set_field(values, ELEMENTS, machine.read((activation, "yield")))
        return frozenset({values})
    return machine.read((activation, "return"))


def _call_function(machine: ScriptMachine, function: FunctionAtom, arguments: CallArguments, site: CallSite) -> Value:
    return call_function(machine, function, arguments, site, EMPTY)


def _call_module(machine: ScriptMachine, module: ModuleAtom, arguments: CallArguments, site: CallSite) -> Value:
    return call(machine, member(machine, frozenset({module}), "default"), arguments, site)


def _call_method_atom(machine: ScriptMachine, method: MethodAtom, arguments: CallArguments, site: CallSite) -> Value:
    given = CallArguments((*method.leading, *arguments.values), arguments.rest, arguments.is_open)
    return call_method(machine, frozenset({method.receiver}), method.name, given, site)


def _method_of_object(
    machine: ScriptMachine, instance: ObjectAtom, name: str, arguments: CallArguments, site: CallSite
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
    machine: ScriptMachine, module: ModuleAtom, name: str, arguments: CallArguments, site: CallSite
) -> Value:
    return call(machine, member(machine, frozenset({module}), name), arguments, site)


def _method_of_class(
    machine: ScriptMachine, owner: ClassAtom, name: str, arguments: CallArguments, site: CallSite
) -> Value:
    result = EMPTY
    for atom in member(machine, frozenset({owner}), name):
        if isinstance(atom, FunctionAtom):
            result = join(result, call_function(machine, atom, arguments, (site, owner), frozenset({owner})))
        else:
            result = join(result, call(machine, frozenset({atom}), arguments, site))
    return result


def _method_of_function(
    machine: ScriptMachine, function: FunctionAtom, name: str, arguments: CallArguments, site: CallSite
) -> Value:
    """`call`, `apply` and `bind`, and functions that are members of a function."""
    this = arguments.at(0)
    if name == "call":
        return call_function(machine, function, CallArguments(arguments.values[1:], arguments.rest), site, this)
    if name == "apply":
        given = CallArguments((), elements(machine, arguments.at(1)), is_open=True)
        return call_function(machine, function, given, site, this)
    if name == "bind":
        key = ("bound", function, site, machine.current)
        bound = machine.atom(key, lambda: FunctionAtom(function.info, function.parent, function.owner, this))
        machine.functions.setdefault(bound)
        return frozenset({bound})
    callee = member(machine, frozenset({function}), name)
    # A library that wraps a function gives it methods that configure it: `middy(handler).use(...)`.
    return call(machine, callee, arguments, site) if callee else call_unknown(machine, arguments) | {function}


def _method_of_method(
    machine: ScriptMachine, method: MethodAtom, name: str, arguments: CallArguments, site: CallSite
) -> Value:
    if name == "bind":
        leading = (*method.leading, *arguments.values[1:])
        key = ("bound", method, site, machine.current)
        return frozenset({machine.atom(key, lambda: MethodAtom(method.receiver, method.name, leading))})
    given = CallArguments(arguments.values[1:], arguments.rest, arguments.is_open)
    return _call_method_atom(machine, method, given, site) if name == "call" else UNKNOWN


def construct(machine: ScriptMachine, owner: ClassAtom, arguments: CallArguments, site: CallSite) -> Value:
    """A new object of a class of the program."""
    instance = machine.new_object(site, "object", owner)
    initialize(machine, owner, instance, arguments, site)
    return frozenset({instance})


def initialize(
    machine: ScriptMachine, owner: ClassAtom, instance: ObjectAtom, arguments: CallArguments, site: CallSite
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
        _initialize_parent(machine, parent, instance, arguments, site)


def _initialize_parent(
    machine: ScriptMachine, parent: object, instance: ObjectAtom, arguments: CallArguments, site: CallSite
) -> None:
    if isinstance(parent, ClassAtom):
        initialize(machine, parent, instance, arguments, site)
    elif isinstance(parent, Atom):
        made = call_constructor(machine, frozenset({parent}), arguments, site)
        machine.write((instance, "parent object"), made - UNKNOWN)


def _construct_function(
    machine: ScriptMachine, function: FunctionAtom, arguments: CallArguments, site: CallSite
) -> Value:
    instance = machine.new_object(site, "object", function)
    returned = call_function(machine, function, arguments, instance, frozenset({instance}))
    return frozenset({instance}) | frozenset(atom for atom in returned if isinstance(atom, Atom))


def _construct_module(machine: ScriptMachine, module: ModuleAtom, arguments: CallArguments, site: CallSite) -> Value:
    return call_constructor(machine, member(machine, frozenset({module}), "default"), arguments, site)


def call_constructor(machine: ScriptMachine, callee: Value, arguments: CallArguments, site: CallSite) -> Value:
    """What `new callee(...)` gives."""
    result = EMPTY
    for atom in callee:
        maker = CONSTRUCTORS.get(type(atom))
        made = maker(machine, atom, arguments, site) if maker else call_unknown(machine, arguments)
        result = join(result, made)
    return result


def _new(machine: ScriptMachine, node: New, frame: Frame) -> Value:
    callee = evaluate(machine, node.callee, frame)
    return call_constructor(machine, callee, arguments_of(machine, node.arguments, frame), node)


def _chain(machine: ScriptMachine, node: Expression, frame: Frame) -> Value:
    """Members and calls from the innermost on: a long chain is no deep nesting."""
    links: list[CallExpression | Member | Index] = []
    inner = node
    while isinstance(inner, CallExpression | Member | Index):
        links.append(inner)
        inner = inner.callee if isinstance(inner, CallExpression) else inner.target
    is_super = isinstance(inner, Super)
    value = EMPTY if is_super else evaluate(machine, inner, frame)
    while links:
        link = links.pop()
        machine.steps += 1
        if isinstance(link, CallExpression):
            arguments = arguments_of(machine, link.arguments, frame)
            helper = COMPILED_HELPERS.get(link.callee.name) if isinstance(link.callee, Name) else None
            if helper is not None:
                value = helper(machine, arguments, link)
                continue
            value = _call_super(machine, arguments, link, frame) if is_super else call(machine, value, arguments, link)
        elif links and isinstance(links[-1], CallExpression):
            names = _names(machine, link, frame)
            value = _call_named(machine, value, names, links.pop(), frame, is_super=is_super)
        else:
            value = _members(machine, value, _names(machine, link, frame))
        is_super = False
    return value


def _names(machine: ScriptMachine, link: Expression, frame: Frame) -> list[str]:
    if isinstance(link, Member):
        return [link.name]
    return keys_of(evaluate(machine, link.key, frame)) if isinstance(link, Index) else []


def _members(machine: ScriptMachine, value: Value, names: list[str]) -> Value:
    result = EMPTY
    for name in names:
        result = join(result, member(machine, value, name))
    return result


def _call_named(
    machine: ScriptMachine, receiver: Value, names: list[str], site: Expression, frame: Frame, *, is_super: bool
) -> Value:
    assert isinstance(site, CallExpression)  # noqa: S101 - for the type checker
    arguments = arguments_of(machine, site.arguments, frame)
    result = EMPTY
    for name in names:
        helper = COMPILED_HELPERS.get(name)
        if helper is not None:
            return helper(machine, arguments, site)
        if is_super:
            result = join(result, _call_super_method(machine, name, arguments, site, frame))
        else:
            result = join(result, call_method(machine, receiver, name, arguments, site))
            if name != ANY_KEY:
                note_untyped_call(machine, receiver, name, arguments, site)
    return result


def _call_super(machine: ScriptMachine, arguments: CallArguments, site: CallExpression, frame: Frame) -> Value:
    owner = _owner(machine, frame)
    for atom in _this(machine, frame) if owner is not None else ():
        if isinstance(atom, ObjectAtom):
            for parent in machine.read((owner, "parent")):
                _initialize_parent(machine, parent, atom, arguments, site)
    return EMPTY


def _call_super_method(
    machine: ScriptMachine, name: str, arguments: CallArguments, site: CallExpression, frame: Frame
) -> Value:
    owner, this = _owner(machine, frame), _this(machine, frame)
    result = EMPTY
    for parent in machine.read((owner, "parent")) if owner is not None else ():
        for declaring, method in class_methods(machine, parent, name) if isinstance(parent, ClassAtom) else ():
            function = machine.function(method.function, declaring.parent, declaring)
            result = join(result, call_function(machine, function, arguments, site, this))
    for atom in this:
        result = join(result, call_method(machine, machine.read((atom, "parent object")), name, arguments, site))
    return result


def _this(machine: ScriptMachine, frame: Frame) -> Value:
    return evaluate(machine, This((0, 0)), frame)


def _owner(machine: ScriptMachine, frame: Frame) -> ClassAtom | None:
    activation = frame.activation
    while activation.info.is_arrow and activation.parent is not None:
        activation = activation.parent
    return machine.owners.get(activation)


def _super(_machine: ScriptMachine, _node: Super, _frame: Frame) -> Value:
    return EMPTY


EVALUATORS.update({CallExpression: _chain, Member: _chain, Index: _chain, New: _new, Super: _super})
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
CONSTRUCTORS.update({ClassAtom: construct, FunctionAtom: _construct_function, ModuleAtom: _construct_module})
