"""Assignments in CDK source: to variables, to members, and to the parts of a pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iamglue.infer.code.cdk.cdk_values import (
    NO_VALUE,
    CdkFrame,
    Instance,
    LibraryMember,
    ProgramClass,
    PropertyMap,
    UnknownValue,
)
from iamglue.infer.code.javascript import syntax
from iamglue.infer.code.javascript.syntax import Expression, Pattern

if TYPE_CHECKING:
    from iamglue.infer.code.cdk.interpreter import CdkMachine


def pattern_name(pattern: Pattern) -> str:
    """The name of a parameter; empty if it is taken apart."""
    while isinstance(pattern, syntax.DefaultPattern):
        pattern = pattern.pattern
    return pattern.name if isinstance(pattern, syntax.VariablePattern) else ""


def assign(machine: CdkMachine, pattern: Pattern, value: Any, activation: CdkFrame) -> None:
    """Assign a value to a variable, to a member, or to the parts of a pattern."""
    if isinstance(pattern, syntax.DefaultPattern):
        assign(
            machine,
            pattern.pattern,
            machine.evaluate(pattern.default, activation) if value is NO_VALUE else value,
            activation,
        )
    elif isinstance(pattern, syntax.VariablePattern):
        key, owner = variable(pattern.scope, pattern.name, activation)
        owner.variables[key] = value
    elif isinstance(pattern, syntax.TargetPattern):
        _assign_target(machine, pattern.target, value, activation)
    elif isinstance(pattern, syntax.ObjectPattern):
        for name, part in pattern.entries:
            key = name if isinstance(name, str) else machine.evaluate(name, activation)
            is_known = isinstance(key, str)
            member = machine.member(machine, value, key) if is_known else UnknownValue("its key is not known")
            assign(machine, part, member, activation)
    elif isinstance(pattern, syntax.ArrayPattern):
        for number, element in enumerate(pattern.elements):
            if element is not None:
                known = isinstance(value, list) and number < len(value)
                assign(machine, element, value[number] if known else UnknownValue("its list is not known"), activation)


def _assign_target(machine: CdkMachine, target: Expression, value: Any, activation: CdkFrame) -> None:
    if isinstance(target, syntax.Member):
        owner, name = machine.evaluate(target.target, activation), target.name
    elif isinstance(target, syntax.Index):
        owner, name = machine.evaluate(target.target, activation), machine.evaluate(target.key, activation)
    else:
        return
    if isinstance(owner, PropertyMap):
        if not isinstance(name, str):
            owner.is_open = True
            return
        owner.members[name] = value
    elif isinstance(owner, Instance) and isinstance(name, str):
        owner.members[name] = value
    elif isinstance(owner, ProgramClass) and isinstance(name, str):
        owner.statics[name] = value
    elif isinstance(owner, LibraryMember) and isinstance(name, str):
        _assign_export(machine, owner, name, value, activation)


def _assign_export(machine: CdkMachine, owner: LibraryMember, name: str, value: Any, activation: CdkFrame) -> None:
    """`module.exports = value`, or `exports.name = value`."""
    if owner.name == "module" and name == "exports":
        machine.exports(activation)["="] = value
    elif owner.name in ("exports", "module.exports"):
        machine.exports(activation)[name] = value


def variable(scope: syntax.LexicalScope, name: str, activation: CdkFrame) -> tuple[object, CdkFrame]:
    """What a variable is stored by, and the activation to which it belongs; that of the code if it is new."""
    key: object = scope.find(name)
    if key is None:
        return name, activation
    owner: CdkFrame | None = activation
    while owner is not None and key not in owner.variables:
        owner = owner.parent
    return key, owner or activation
