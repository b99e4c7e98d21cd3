"""Clients that only their declared types make known: parameters that nothing in the project fills."""

from __future__ import annotations

from iamglue.infer.code.javascript.atoms import Activation, ClientAtom, ExternalAtom, Value
from iamglue.infer.code.javascript.evaluation import is_unfilled, member, owner_activation
from iamglue.infer.code.javascript.frames import Frame
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.sdk_names import client_of_class, plain_package
from iamglue.infer.code.javascript.syntax import LexicalScope, VariablePattern


def declared_client(machine: ScriptMachine, pattern: VariablePattern, value: Value, frame: Frame) -> Value:
    """A value that is not known, as a client if its declared type says so."""
    if not is_unfilled(value):
        return value
    made = client_of_type(machine, pattern.type_name, pattern.scope, frame.activation)
    return made or value


def client_of_type(machine: ScriptMachine, type_name: str, scope: LexicalScope, activation: Activation) -> Value:
    """The client that a declared type (`S3Client`, `AWS.S3`) means; nothing if it is no type of an SDK."""
    first, *others = type_name.split(".")
    binding = scope.find(first)
    owner = owner_activation(binding, activation) if binding is not None else None
    if owner is None:
        return frozenset()
    value = machine.read((owner, binding))
    for name in others:
        value = member(machine, value, name)
    for atom in value:
        if isinstance(atom, ExternalAtom):
            made = client_of_class(ExternalAtom(*plain_package(atom.package, atom.names)))
            if made is not None:
                key = ("declared", *made)
                return frozenset({machine.atom(key, lambda: ClientAtom(*made, is_declared=True))})  # noqa: B023
    return frozenset()
