"""The choice of how a node is evaluated, by its kind; the modules `evaluate_*` fill the tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iamglue.infer.code.javascript.frames import Frame
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.noted_calls import PassedArguments
from iamglue.infer.code.javascript.script_objects import (
    EMPTY,
    NOTHING,
    UNKNOWN,
    Activation,
    ScriptClass,
    ScriptClient,
    ScriptCollection,
    ScriptEnvironment,
    ScriptFunction,
    Value,
    join,
    literal_text,
    single_placeholder,
)
from iamglue.infer.code.javascript.syntax import Binding, CallExpression, Expression, New, Pattern
from iamglue.infer.code.values import ValueOrigin

# Each table is by the type of the node or object that its functions take.
Evaluator = Callable[[ScriptMachine, Any, Frame], Value]
Assigner = Callable[[ScriptMachine, Any, Value, Frame], None]
MemberReader = Callable[[ScriptMachine, Any, str], Value]
Caller = Callable[[ScriptMachine, Any, PassedArguments, "CallSite"], Value]
MethodCaller = Callable[[ScriptMachine, Any, str, PassedArguments, "CallSite"], Value]

EVALUATORS: dict[type[Expression], Evaluator] = {}
ASSIGNERS: dict[type[Pattern], Assigner] = {}
# By kind of object: members, calls, calls of methods, and what `new` makes of it.
MEMBERS: dict[type, MemberReader] = {}
CALLS: dict[type, Caller] = {}
METHODS: dict[type, MethodCaller] = {}
CONSTRUCTORS: dict[type, Caller] = {}

CallSite = CallExpression | New
MAX_MEMBER_DEPTH = 60  # of members that are those of something else: exports of exports, classes that extend others
ANY_KEY = "*"
ELEMENTS = "[]"
REST = "..."


def evaluate(machine: ScriptMachine, node: Expression, frame: Frame) -> Value:
    """What an expression may be."""
    machine.steps += 1
    return EVALUATORS[type(node)](machine, node, frame)


def assign(machine: ScriptMachine, pattern: Pattern, value: Value, frame: Frame) -> None:
    """Assign a value to a pattern."""
    ASSIGNERS[type(pattern)](machine, pattern, value, frame)


def member(machine: ScriptMachine, value: Value, name: str) -> Value:
    """What the member of a value may be; `*` is any."""
    result = EMPTY
    for option in value:
        reader = MEMBERS.get(type(option))
        if reader is None:
            continue
        key = (option, name)
        if key in machine.reading:
            continue  # modules that export all of each other, and objects that contain themselves
        if len(machine.reading) > MAX_MEMBER_DEPTH:
            return UNKNOWN
        machine.reading.add(key)
        result = join(result, reader(machine, option, name))
        machine.reading.discard(key)
    return result


def call(machine: ScriptMachine, callee: Value, arguments: PassedArguments, site: CallSite) -> Value:
    """What a call of a function gives."""
    result = EMPTY
    for option in callee - {NOTHING}:
        caller = CALLS.get(type(option))
        made = caller(machine, option, arguments, site) if caller else call_unknown(machine, arguments)
        result = join(result, made)
    return result


def call_method(
    machine: ScriptMachine, receiver: Value, name: str, arguments: PassedArguments, site: CallSite
) -> Value:
    """What a call of a method gives."""
    result = EMPTY
    for option in receiver:
        caller = METHODS.get(type(option))
        if caller is not None:
            result = join(result, caller(machine, option, name, arguments, site))
        else:
            result = join(result, call(machine, member(machine, frozenset({option}), name), arguments, site))
    return result


def call_unknown(machine: ScriptMachine, arguments: PassedArguments) -> Value:
    """What a function of which nothing is known may give: it may call the functions that it is given.

    What wraps a function, a class or a client gives something that acts like it, so that it is a possible value too.
    """
    result = UNKNOWN
    for value in (*arguments.values, arguments.rest):
        escape(machine, value)
        for option in value:
            if isinstance(option, ScriptClass):  # containers that inject dependencies: `container.resolve(Service)`
                result = join(result, machine.wanted_instances(option))
            elif isinstance(option, ScriptEnvironment):
                result = join(result, frozenset({machine.checked_environment()}))
        result = join(
            result,
            frozenset(option for option in value if isinstance(option, ScriptFunction | ScriptClient | ScriptClass)),
        )
    return result


def escape(machine: ScriptMachine, value: Value) -> None:
    """Note the functions and classes, and the objects that may have some, in a value that leaves the program."""
    for option in value:
        if isinstance(option, ScriptFunction | ScriptCollection | ScriptClass):
            machine.escaped.setdefault(option)


def given_by_method(machine: ScriptMachine, name: str) -> Value:
    """The objects that code outside the program makes of classes which have a method of that name."""
    return machine.read(("given", name))


def keys_of(value: Value) -> list[str]:
    """The names of members that a key may be; `*` if it may be any."""
    names: dict[str, None] = {}
    for option in value - {NOTHING}:
        literal = literal_text(option)
        names[ANY_KEY if literal is None else literal] = None
    return list(names)


def elements(machine: ScriptMachine, value: Value) -> Value:
    """What the elements of a list may be."""
    return member(machine, value, ELEMENTS)


def variable(machine: ScriptMachine, binding: Binding, frame: Frame) -> Value:
    """What a variable may be: at this point of its own function, and anywhere for other functions."""
    activation = owner_activation(binding, frame.activation)
    if activation is None:
        return EMPTY
    if activation is frame.activation and binding in frame.variables:
        value = frame.variables[binding]
        return join(value, machine.read((activation, binding))) if binding.is_shared else value
    return machine.read((activation, binding))


def set_variable(machine: ScriptMachine, binding: Binding, value: Value, frame: Frame) -> None:
    """Assign to a variable; one of another function may then be any of its values at any point."""
    activation = owner_activation(binding, frame.activation)
    if activation is None:
        return
    if activation is frame.activation:
        frame.variables[binding] = value
    elif not binding.is_shared:
        binding.is_shared = True
        machine.enqueue(activation)
    machine.write((activation, binding), value)


def owner_activation(binding: Binding, activation: Activation) -> Activation | None:
    """The activation whose variable it is."""
    inner: Activation | None = activation
    while inner is not None and inner.info is not binding.owner:
        inner = inner.parent
    return inner


def is_unfilled(value: Value) -> bool:
    """Whether a value is nothing but a parameter that no caller in the project fills, or not known at all."""
    parts = [single_placeholder(option) for option in value if option is not NOTHING]
    return bool(parts) and all(
        part is not None and part.origin in (ValueOrigin.PARAMETER, ValueOrigin.UNKNOWN) for part in parts
    )
