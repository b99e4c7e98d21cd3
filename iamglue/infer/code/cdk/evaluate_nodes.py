"""The values of expressions and statements of CDK source."""

from __future__ import annotations

import posixpath
from typing import Any

from iamglue.infer.code.cdk.assignments import KeywordMap, assign, variable
from iamglue.infer.code.cdk.cdk_values import (
    MAX_ITEMS,
    NO_VALUE,
    CdkFrame,
    LibraryMember,
    ProgramClass,
    ProgramFunction,
    ProgramModule,
    PropertyMap,
    UnknownValue,
    join_texts,
)
from iamglue.infer.code.cdk.instances import initialize_base
from iamglue.infer.code.cdk.interpreter import EVALUATIONS, CdkMachine, LeftFunctionError, merge_options, module_member
from iamglue.infer.code.cdk.members import call_value, member_of
from iamglue.infer.code.cdk.python_nodes import KeywordArguments
from iamglue.infer.code.javascript import syntax


def _concatenation(machine: CdkMachine, node: syntax.Concatenation, activation: CdkFrame) -> Any:
    """A text of the parts, or a list if all parts are lists."""
    values = [machine.evaluate(part, activation) for part in node.parts]
    if any(isinstance(value, list) for value in values) and all(isinstance(value, list) for value in values):
        return _limit_list([item for value in values for item in value])
    return join_texts(values)


def _name(_: CdkMachine, node: syntax.Name, activation: CdkFrame) -> Any:
    """The value of the variable in the innermost frame that has it; an unbound name is one of a library."""
    key, __ = variable(node.scope, node.name, activation)
    owner: CdkFrame | None = activation
    while owner is not None:
        if key in owner.variables:
            return owner.variables[key]
        owner = owner.parent
    if isinstance(key, syntax.Binding):
        return UnknownValue(f"`{node.name}` has no value yet")
    if node.name == "__dirname":
        return posixpath.dirname(activation.path)
    if node.name == "__file__":
        return activation.path
    return NO_VALUE if node.name == "undefined" else LibraryMember(node.name)


def _index(machine: CdkMachine, node: syntax.Index, activation: CdkFrame) -> Any:
    """An element by a known index, or a member by a known name; a missing member of a known object is undefined."""
    target, key = machine.evaluate(node.target, activation), machine.evaluate(node.key, activation)
    if isinstance(target, list) and isinstance(key, str) and key.isdigit() and int(key) < len(target):
        return target[int(key)]
    if isinstance(target, list) or not isinstance(key, str):
        return UnknownValue("its index is not known")
    if isinstance(target, PropertyMap) and key not in target.members:
        return UnknownValue(f"`{key}` is not in the object") if target.is_open else NO_VALUE
    return member_of(machine, target, key)


def _arguments(machine: CdkMachine, node: syntax.CallExpression | syntax.New, activation: CdkFrame) -> list[Any]:
    """The values of the arguments; a spread list that is not known counts as one argument."""
    values: list[Any] = []
    for argument in node.arguments:
        value = machine.evaluate(argument.value, activation)
        if argument.is_spread:
            values += value if isinstance(value, list) else [UnknownValue("its list is not known")]
        else:
            values.append(value)
    return values


def _call(machine: CdkMachine, node: syntax.CallExpression | syntax.New, activation: CdkFrame) -> Any:
    """What a call or `new` gives; `super(...)` initializes the object of the frame."""
    is_super = isinstance(node.callee, syntax.Super)
    callee = None if is_super else machine.evaluate(node.callee, activation)
    arguments = _arguments(machine, node, activation)
    place = machine.place(activation, node.at)
    if is_super:
        return initialize_base(machine, activation, arguments, place)
    return call_value(machine, callee, arguments, place)


def _object(machine: CdkMachine, node: syntax.ObjectLiteral, activation: CdkFrame) -> PropertyMap:
    """The object's members; a spread value or a key that is not known leaves it open."""
    result: PropertyMap = KeywordMap() if isinstance(node, KeywordArguments) else PropertyMap()
    for key, part in node.entries:
        value = NO_VALUE if isinstance(part, syntax.Getter) else machine.evaluate(part, activation)
        name = machine.evaluate(key, activation) if isinstance(key, syntax.Expression) else key
        if key is None and isinstance(value, PropertyMap):
            result.members.update(value.members)
            result.is_open = result.is_open or value.is_open
        elif isinstance(name, str):
            result.members[name] = value
        elif value is not NO_VALUE or key is not None:
            result.is_open = True
    return result


def _array(machine: CdkMachine, node: syntax.ArrayLiteral, activation: CdkFrame) -> Any:
    """The elements, those of spread lists one by one; a spread value that is not a list counts as one element."""
    values: list[Any] = []
    for element in node.elements:
        value = machine.evaluate(element.value, activation)
        values += value if element.is_spread and isinstance(value, list) else [value]
    return _limit_list(values)


def _limit_list(values: list[Any]) -> Any:
    return values if len(values) <= MAX_ITEMS else UnknownValue("the list is too long")


def _class(machine: CdkMachine, node: syntax.ClassExpression, activation: CdkFrame) -> ProgramClass:
    """The class, whose static members are evaluated at once; a class that another one extends counts as used."""
    base = machine.evaluate(node.info.parent, activation) if node.info.parent is not None else None
    value = ProgramClass(node.info, activation, base)
    if isinstance(base, ProgramClass):
        base.is_used = True
        value.statics.update(base.statics)
    machine.run_body(node.info.statics, CdkFrame(activation.path, activation, value))
    machine.classes.append(value)
    return value


def _choice(machine: CdkMachine, node: syntax.Choice, activation: CdkFrame) -> Any:
    """The value that all options have, without those that are undefined."""
    for condition in node.conditions:
        machine.evaluate(condition, activation)
    values = [machine.evaluate(option, activation) for option in node.options]
    return merge_options([value for value in values if value is not NO_VALUE])


def _fallback(machine: CdkMachine, node: syntax.Fallback, activation: CdkFrame) -> Any:
    values = [machine.evaluate(option, activation) for option in node.options]
    return next((value for value in values if value not in (NO_VALUE, "")), NO_VALUE)


def _assignment(machine: CdkMachine, node: syntax.Assignment, activation: CdkFrame) -> Any:
    """The assigned value; `+=` on a variable joins texts or lists, on anything else the result is not known."""
    value = machine.evaluate(node.value, activation)
    if node.is_update:
        old: Any = UnknownValue("it changes")
        if isinstance(node.target, syntax.VariablePattern):
            scope, name = node.target.scope, node.target.name
            old = machine.evaluate(syntax.Name(node.at, scope, name), activation)
        both = [*old, *value] if isinstance(old, list) and isinstance(value, list) else None
        value = join_texts([old, value]) if both is None else _limit_list(both)
    assign(machine, node.target, value, activation)
    return value


def _sequence(machine: CdkMachine, node: syntax.Sequence, activation: CdkFrame) -> Any:
    """The value of the last part."""
    value: Any = NO_VALUE
    for part in node.parts:
        value = machine.evaluate(part, activation)
    return value


def _opaque(machine: CdkMachine, node: syntax.Opaque, activation: CdkFrame) -> Any:
    """Not known; the parts are evaluated for what they do."""
    for part in node.parts:
        machine.evaluate(part, activation)
    return UnknownValue("its expression is not followed")


def _import(machine: CdkMachine, node: syntax.Import, activation: CdkFrame) -> Any:
    """Bind an import; `import *` of a Python module binds all its variables."""
    value = machine.imported(node.source, node.name, activation)
    is_all = isinstance(node.target, syntax.VariablePattern) and node.target.name == "*"
    if is_all and isinstance(value, ProgramModule):
        activation.variables.update(value.activation.variables)
    assign(machine, node.target, value, activation)


def _export(machine: CdkMachine, node: syntax.Export, activation: CdkFrame) -> Any:
    """Export a value from the module of the frame, and give it."""
    value = machine.evaluate(node.value, activation)
    machine.exports(activation)[node.name] = value
    return value


def _re_export(machine: CdkMachine, node: syntax.ReExport, activation: CdkFrame) -> Any:
    """Export what another file of the app exports; exports of libraries are left out."""
    module = machine.imported(node.source, "*", activation)
    exports = machine.exports(activation)
    if not isinstance(module, ProgramModule):
        return
    if node.name == "*" and node.exported == "*":
        exports.update(module.exports)
    else:
        exports[node.exported] = module if node.name == "*" else module_member(module, node.name)


def _if(machine: CdkMachine, node: syntax.If, activation: CdkFrame) -> Any:
    """Follow all branches; without `else`, the case that none is taken counts as well."""
    for condition, _ in node.branches:
        machine.evaluate(condition, activation)
    is_complete = bool(node.branches) and node.branches[-1][0] is None
    machine.branches([body for _, body in node.branches], activation, is_complete=is_complete)


def _loop(machine: CdkMachine, node: syntax.Loop, activation: CdkFrame) -> Any:
    machine.evaluate(node.start, activation)
    machine.branches([syntax.Sequence(node.at, node.parts)], activation, is_complete=False)


def _for_values(machine: CdkMachine, node: syntax.ForEach, activation: CdkFrame) -> Any:
    """Evaluate the body for each element of a list or key of an object; once if they are not known."""
    values = machine.evaluate(node.values, activation)
    if isinstance(values, PropertyMap) and not values.is_open:
        values = list(values.members)
    items = values if isinstance(values, list) else [UnknownValue("what the loop goes through is not known")]
    for item in items:
        assign(machine, node.target, item, activation)
        try:
            machine.evaluate(node.body, activation)
        except LeftFunctionError:
            continue


def _switch(machine: CdkMachine, node: syntax.Switch, activation: CdkFrame) -> Any:
    machine.evaluate(node.value, activation)
    machine.branches([body for _, body in node.cases], activation, is_complete=False)


def _try(machine: CdkMachine, node: syntax.Try, activation: CdkFrame) -> Any:
    """Evaluate the body, then the handler as a branch that may be taken, then the finalizer."""
    is_left = False
    try:
        machine.evaluate(node.body, activation)
    except LeftFunctionError:
        is_left = True
    if node.handler is not None:
        machine.branches([node.handler], activation, is_complete=False)
    machine.evaluate(node.finalizer, activation)
    if is_left and node.handler is None:
        raise LeftFunctionError


def _return(machine: CdkMachine, node: syntax.Return, activation: CdkFrame) -> Any:
    activation.returned.append(machine.evaluate(node.value, activation))
    raise LeftFunctionError


def _leave(_: CdkMachine, __: syntax.Leave, ___: CdkFrame) -> Any:
    raise LeftFunctionError


EVALUATIONS.update(
    {
        syntax.Literal: lambda _, node, __: node.text,
        syntax.Concatenation: _concatenation,
        syntax.Name: _name,
        syntax.This: lambda _, __, activation: _this(activation),
        syntax.Member: lambda machine, node, activation: member_of(
            machine, machine.evaluate(node.target, activation), node.name
        ),
        syntax.Index: _index,
        syntax.CallExpression: _call,
        syntax.New: _call,
        syntax.ObjectLiteral: _object,
        KeywordArguments: _object,
        syntax.ArrayLiteral: _array,
        syntax.FunctionExpression: lambda _, node, activation: ProgramFunction(node.info, activation),
        syntax.ClassExpression: _class,
        syntax.Choice: _choice,
        syntax.Fallback: _fallback,
        syntax.Assignment: _assignment,
        syntax.Sequence: _sequence,
        syntax.Opaque: _opaque,
        syntax.Import: _import,
        syntax.Export: _export,
        syntax.ReExport: _re_export,
        syntax.If: _if,
        syntax.Loop: _loop,
        syntax.ForEach: _for_values,
        syntax.Switch: _switch,
        syntax.Try: _try,
        syntax.Return: _return,
        syntax.Leave: _leave,
    }
)


def _this(activation: CdkFrame) -> Any:
    """The object of the innermost method around the code."""
    owner: CdkFrame | None = activation
    while owner is not None and owner.this is None:
        owner = owner.parent
    return owner.this if owner is not None else UnknownValue("`this` is not known")
