"""Assignment to names, members and patterns."""

from __future__ import annotations

from iamglue.infer.code.javascript.branches import absence
from iamglue.infer.code.javascript.declared_types import declared_value
from iamglue.infer.code.javascript.evaluation import (
    ANY_KEY,
    ASSIGNERS,
    ELEMENTS,
    assign,
    elements,
    evaluate,
    keys_of,
    member,
    set_variable,
)
from iamglue.infer.code.javascript.frames import Frame
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.member_changes import note_keys, set_member
from iamglue.infer.code.javascript.object_members import has_member, rest_of
from iamglue.infer.code.javascript.script_objects import (
    EMPTY,
    NOTHING,
    UNKNOWN,
    ScriptEnvironment,
    Value,
    environment_defaults,
    join,
    single_placeholder,
)
from iamglue.infer.code.javascript.syntax import (
    ArrayPattern,
    DefaultPattern,
    Index,
    Member,
    ObjectPattern,
    TargetPattern,
    VariablePattern,
)
from iamglue.infer.code.values import ValueOrigin


def _name(machine: ScriptMachine, pattern: VariablePattern, value: Value, frame: Frame) -> None:
    """Assign to a variable; a value that is not known is what the declared type says."""
    binding = pattern.scope.find(pattern.name)
    if pattern.type_name:
        value = declared_value(machine, pattern, value, frame)
    if binding is not None:
        set_variable(machine, binding, value, frame)


def _target(machine: ScriptMachine, pattern: TargetPattern, value: Value, frame: Frame) -> None:
    """Assign to a member; one whose key is not known may be any member."""
    target = pattern.target
    if not isinstance(target, Member | Index):
        return
    receiver = evaluate(machine, target.target, frame)
    names = [target.name] if isinstance(target, Member) else _names(machine, target, receiver, frame)
    for name in names:
        for option in receiver:
            set_member(machine, frozenset({option}), name, join(value, absence(machine, option, name, pattern, frame)))


def _names(machine: ScriptMachine, target: Index, receiver: Value, frame: Frame) -> list[str]:
    """The names of the members that an index may be."""
    keys = evaluate(machine, target.key, frame)
    note_keys(machine, receiver, keys)
    return keys_of(keys) or [ANY_KEY]


def _default(machine: ScriptMachine, pattern: DefaultPattern, value: Value, frame: Frame) -> None:
    """The default counts where nothing is given, and where what is given may be undefined."""
    if may_be_missing(value):
        value = join(value, evaluate(machine, pattern.default, frame))
    assign(machine, pattern.pattern, value, frame)


def may_be_missing(value: Value) -> bool:
    """Whether a value may be undefined, as far as the program says."""
    origins = {part.origin for option in value if (part := single_placeholder(option)) is not None}
    unsure = {ValueOrigin.UNKNOWN, ValueOrigin.PARAMETER, ValueOrigin.EVENT}
    return not value or NOTHING in value or not origins.isdisjoint(unsure)


def _object(machine: ScriptMachine, pattern: ObjectPattern, value: Value, frame: Frame) -> None:
    """Assign members to the parts of a pattern; a member whose value is still to come gets no default."""
    for key, inner in pattern.entries:
        names = [key] if isinstance(key, str) else keys_of(evaluate(machine, key, frame)) or [ANY_KEY]
        part = EMPTY
        for name in names:
            part = join(part, member(machine, value, name))
        if isinstance(inner, DefaultPattern) and any(isinstance(option, ScriptEnvironment) for option in value):
            default = environment_defaults(part, evaluate(machine, inner.default, frame))
            assign(machine, inner.pattern, join(part, default), frame)
        elif not part and isinstance(inner, DefaultPattern) and any(has_member(machine, value, name) for name in names):
            assign(machine, inner.pattern, part, frame)  # its value is not known yet; that it has one is
        else:
            assign(machine, inner, part, frame)
    if pattern.rest is not None:
        names = [key for key, _ in pattern.entries if isinstance(key, str)]
        assign(machine, pattern.rest, rest_of(machine, pattern, value, names), frame)


def _array(machine: ScriptMachine, pattern: ArrayPattern, value: Value, frame: Frame) -> None:
    """Assign elements by their index; the rest is a list of any of the elements."""
    for number, inner in enumerate(pattern.elements):
        if inner is not None:
            assign(machine, inner, member(machine, value, str(number)), frame)
    if pattern.rest is not None:
        rest = machine.new_object(pattern, "array")
        machine.set_field(rest, ELEMENTS, elements(machine, value) or UNKNOWN)
        assign(machine, pattern.rest, frozenset({rest}), frame)


ASSIGNERS.update(
    {
        VariablePattern: _name,
        TargetPattern: _target,
        DefaultPattern: _default,
        ObjectPattern: _object,
        ArrayPattern: _array,
    }
)
