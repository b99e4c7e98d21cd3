"""What the program assigns to members of objects, classes, functions and modules, and spreads into objects."""

from __future__ import annotations

from iamglue.infer.code.javascript.evaluation import ANY_KEY, ELEMENTS, REST
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.object_members import class_methods
from iamglue.infer.code.javascript.script_objects import (
    EMPTY,
    NOTHING,
    PackageMember,
    ScriptClass,
    ScriptCollection,
    ScriptFunction,
    ScriptModule,
    Value,
    literal_text,
)


def set_member(machine: ScriptMachine, receiver: Value, name: str, value: Value) -> None:
    """Assign to a member of all that a value may be."""
    for option in receiver:
        if isinstance(option, ScriptCollection):
            _set_field(machine, option, name, value)
        elif isinstance(option, ScriptClass | ScriptFunction):
            key = (option, "prototype") if name == "prototype" else (option, "static", name)
            machine.write(key, value)
        elif isinstance(option, PackageMember) and option.package.startswith("own:"):
            exported = "=" if option.names == ("module",) and name == "exports" else name
            export(machine, option.package.partition(":")[2], exported, value)
        elif isinstance(option, ScriptModule):
            export(machine, option.path, name, value)


def _set_field(machine: ScriptMachine, instance: ScriptCollection, name: str, value: Value) -> None:
    """Set a member of an object, and call the setter of its class."""
    if instance.kind == "array" and (name.isdigit() or name == ANY_KEY):
        machine.set_field(instance, ELEMENTS, value)
    machine.set_field(instance, name, value)
    for owner, method in class_methods(
        machine, instance.owner if isinstance(instance.owner, ScriptClass) else None, name
    ):
        if method.kind == "set":
            activation = machine.activation(method.function, owner.parent, instance)
            machine.write((activation, "this"), frozenset({instance}))
            machine.write((activation, "argument", 0), value)


def export(machine: ScriptMachine, path: str, name: str, value: Value) -> None:
    """Export a value from a file."""
    names = machine.exports.setdefault(path, set())
    names.add(name)
    machine.write((path, "export", name), value)


def add_spread(machine: ScriptMachine, instance: ScriptCollection, value: Value) -> None:
    """`{...value}` into an object: its members, and as a whole what has members that are not known."""
    objects = [option for option in value if isinstance(option, ScriptCollection)]
    for option in value - {NOTHING}:
        if isinstance(option, ScriptCollection) and option is not instance:
            for name in machine.field_names(option):
                is_optional = NOTHING in value or any(name not in machine.field_names(other) for other in objects)
                known = machine.store.get((instance, name), EMPTY)
                is_there = bool(known) and NOTHING not in known
                given = machine.read((option, name))
                machine.set_field(instance, name, given | {NOTHING} if is_optional and not is_there else given)
        elif not isinstance(option, ScriptCollection) and literal_text(option) is None:
            machine.set_field(instance, REST, frozenset({option}))


def note_keys(machine: ScriptMachine, receiver: Value, keys: Value) -> None:
    """Note keys that the program does not say completely: names of tables in `{[process.env.TABLE]: ...}`."""
    texts = frozenset(option for option in keys if isinstance(option, tuple) and literal_text(option) is None)
    for option in receiver if texts else ():
        if isinstance(option, ScriptCollection):
            machine.write((option, "key texts"), texts)
