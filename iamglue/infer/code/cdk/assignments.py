"""Calls of functions of a CDK app, and assignments: to variables, to members, and to the parts of a pattern."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from iamglue.infer.code.cdk.cdk_values import (
    NO_VALUE,
    CdkFrame,
    Instance,
    LibraryMember,
    ProgramClass,
    ProgramFunction,
    PropertyMap,
    UnknownValue,
)
from iamglue.infer.code.cdk.interpreter import CdkMachine
from iamglue.infer.code.javascript import syntax
from iamglue.infer.code.javascript.syntax import Expression, FunctionInfo, Pattern

_UNKNOWN_LIST = UnknownValue("its list is not known")


def call_function(machine: CdkMachine, function: ProgramFunction, arguments: Sequence[Any], this: Any = None) -> Any:
    """Call a function of the program."""
    info = function.info
    if info.body is None and info.lower is not None:
        info.lower()
    own = this if this is not None else function.this
    activation = CdkFrame(
        info.path,
        function.parent,
        function.parent.this if info.is_arrow and own is None else own,
        function.owner or function.parent.owner,
    )
    bind_parameters(machine, info, arguments, activation)
    return machine.run_body(info, activation)


def bind_parameters(machine: CdkMachine, info: FunctionInfo, arguments: Sequence[Any], activation: CdkFrame) -> None:
    """Give the parameters of a function their values: by position, and by name as Python has them."""
    positional = [item for item in arguments if not isinstance(item, KeywordMap)]
    keywords = {
        name: value for item in arguments if isinstance(item, KeywordMap) for name, value in item.members.items()
    }
    is_open = any(item.is_open for item in arguments if isinstance(item, KeywordMap))
    for number, pattern in enumerate(info.parameters):
        name = pattern_name(pattern)
        if number < len(positional):
            value = positional[number]
        elif name in keywords:
            value = keywords.pop(name)
        else:
            value = UnknownValue(f"`{name}` is not known") if is_open else NO_VALUE
        assign(machine, pattern, value, activation)
        if name in info.properties and isinstance(activation.this, Instance):
            activation.this.members[name] = value
    if info.rest is not None:
        assign(machine, info.rest, list(positional[len(info.parameters) :]), activation)
    for name in info.properties:
        if name.startswith("**"):
            activation.variables[name[2:]] = PropertyMap(keywords, is_open)


class KeywordMap(PropertyMap):
    """Keyword arguments of a call in Python."""

    __slots__ = ()


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
        if pattern.rest is not None:
            assign(machine, pattern.rest, _other_members(pattern, value), activation)
    elif isinstance(pattern, syntax.ArrayPattern):
        for number, element in enumerate(pattern.elements):
            if element is not None:
                known = isinstance(value, list) and number < len(value)
                assign(machine, element, value[number] if known else _UNKNOWN_LIST, activation)
        if pattern.rest is not None:
            rest = value[len(pattern.elements) :] if isinstance(value, list) else _UNKNOWN_LIST
            assign(machine, pattern.rest, rest, activation)


def _other_members(pattern: syntax.ObjectPattern, value: Any) -> Any:
    """`{a, ...rest} = value`: the members that the pattern does not name."""
    if not isinstance(value, PropertyMap):
        return UnknownValue("its object is not known")
    named = {name for name, _ in pattern.entries if isinstance(name, str)}
    is_open = value.is_open or len(named) < len(pattern.entries)
    return PropertyMap({name: member for name, member in value.members.items() if name not in named}, is_open)


def _assign_target(machine: CdkMachine, target: Expression, value: Any, activation: CdkFrame) -> None:
    """Assign a value to a member of an object, by name or index; an unknown name leaves the object open."""
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
