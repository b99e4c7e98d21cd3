"""Values that only their declared types make known: parameters that nothing in the project fills."""

from __future__ import annotations

from iamglue.infer.code.javascript.evaluation import is_unfilled, member, owner_activation
from iamglue.infer.code.javascript.frames import Frame
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.script_objects import (
    Activation,
    PackageMember,
    ScriptClass,
    ScriptClient,
    ScriptHelper,
    Value,
)
from iamglue.infer.code.javascript.sdk_names import client_of_class, plain_package
from iamglue.infer.code.javascript.syntax import LexicalScope, VariablePattern

# Its service reads environment variables: https://docs.nestjs.com/techniques/configuration
_CONFIGURATION = "@nestjs/config"


def declared_value(machine: ScriptMachine, pattern: VariablePattern, value: Value, frame: Frame) -> Value:
    """A value that is not known, as what its declared type says: a client, or an object of a class of the program."""
    if not is_unfilled(value):
        return value
    made = value_of_type(machine, pattern.type_name, pattern.scope, frame.activation)
    return value if made is None else made


def value_of_type(machine: ScriptMachine, type_name: str, scope: LexicalScope, activation: Activation) -> Value | None:
    """The client that a declared type (`S3Client`, `AWS.S3`) means, or objects of a class; None for other types."""
    first, *others = type_name.split(".")
    binding = scope.find(first)
    owner = owner_activation(binding, activation) if binding is not None else None
    if owner is None:
        return None
    value = machine.read((owner, binding))
    for name in others:
        value = member(machine, value, name)
    result: Value | None = None
    for option in value:
        if isinstance(option, ScriptClass):
            result = (result or frozenset()) | machine.wanted_instances(option)
        elif isinstance(option, PackageMember):
            if option.package == _CONFIGURATION:
                helper = ScriptHelper(option.package, name=".".join(option.names))
                made_helper = machine.intern(("declared", *option.names), lambda: helper)  # noqa: B023 - it is called at once
                result = (result or frozenset()) | {made_helper}
            made = client_of_class(PackageMember(*plain_package(option.package, option.names)))
            if made is not None:
                client = ScriptClient(*made, is_declared=True)
                result = (result or frozenset()) | {machine.intern(("declared", *made), lambda: client)}  # noqa: B023 - it is called at once
    return result
