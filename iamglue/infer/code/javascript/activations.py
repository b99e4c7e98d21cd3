"""Evaluates one function: its parameters, then its body."""

from __future__ import annotations

from iamglue.infer.code.javascript.evaluation import ELEMENTS, assign, evaluate
from iamglue.infer.code.javascript.frames import Frame
from iamglue.infer.code.javascript.machine import MAX_POSITIONS, ScriptMachine
from iamglue.infer.code.javascript.script_objects import Activation, ScriptCollection, Value
from iamglue.infer.code.javascript.syntax import DefaultPattern, FunctionInfo, Pattern


def lower(info: FunctionInfo) -> None:
    """Read a function's parameters and body, if that is not done yet."""
    reader, info.lower = info.lower, None
    if reader is not None:
        reader()


def run_activation(machine: ScriptMachine, activation: Activation) -> None:
    """Evaluate a function in one context."""
    info = activation.info
    lower(info)
    frame = Frame(activation, {})
    rest = machine.read((activation, "rest"))
    for number, pattern in enumerate(info.parameters):
        value = machine.read((activation, "argument", number)) if number < MAX_POSITIONS else rest
        _bind(machine, pattern, value, number, frame)
    if info.rest is not None:
        assign(machine, info.rest, _rest_list(machine, activation, rest), frame)
    for name in info.properties:
        _set_property(machine, activation, name, frame)
    if info.body is not None:
        evaluate(machine, info.body, frame)


def _bind(machine: ScriptMachine, pattern: Pattern, value: Value, number: int, frame: Frame) -> None:
    """Assign an argument; one that is given and whose value is not known yet is not its default."""
    is_given = number < machine.least_arguments(frame.activation)
    if isinstance(pattern, DefaultPattern) and not value and is_given:
        pattern = pattern.pattern
    assign(machine, pattern, value, frame)


def _rest_list(machine: ScriptMachine, activation: Activation, rest: Value) -> Value:
    """The list of a rest parameter: the arguments after the named ones, and those at unknown positions."""
    info = activation.info
    made = machine.intern(("rest", activation), lambda: ScriptCollection("array"))
    machine.set_field(made, ELEMENTS, rest)
    first = len(info.parameters)
    for number in range(first, MAX_POSITIONS):
        value = machine.read((activation, "argument", number))
        if value:
            machine.set_field(made, str(number - first), value)
            machine.set_field(made, ELEMENTS, value)
    return frozenset({made})


def _set_property(machine: ScriptMachine, activation: Activation, name: str, frame: Frame) -> None:
    """TypeScript's parameters that are properties: `constructor(private readonly client: S3Client)`."""
    scope_value = next((value for binding, value in frame.variables.items() if binding.name == name), frozenset())
    for option in machine.read((activation, "this")):
        if isinstance(option, ScriptCollection):
            machine.set_field(option, name, scope_value)
