"""Calls and `new` as the program writes them, and chains of members and calls."""

from __future__ import annotations

from iamglue.infer.code.javascript.compiled_helpers import COMPILED_HELPERS
from iamglue.infer.code.javascript.construction import call_constructor, initialize_parent
from iamglue.infer.code.javascript.evaluate_basics import arguments_of
from iamglue.infer.code.javascript.evaluation import (
    ANY_KEY,
    EVALUATORS,
    call,
    call_method,
    evaluate,
    given_by_method,
    is_unfilled,
    keys_of,
    member,
)
from iamglue.infer.code.javascript.frames import Frame
from iamglue.infer.code.javascript.function_calls import call_function
from iamglue.infer.code.javascript.list_methods import LIST_METHODS, PROMISE_METHODS
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.noted_calls import PassedArguments
from iamglue.infer.code.javascript.object_members import class_methods
from iamglue.infer.code.javascript.script_objects import (
    EMPTY,
    NOTHING,
    ScriptClass,
    ScriptCollection,
    Value,
    join,
)
from iamglue.infer.code.javascript.syntax import CallExpression, Expression, Index, Member, Name, New, Super, This
from iamglue.infer.code.javascript.untyped_calls import note_unknown_command, note_untyped_call


def _new(machine: ScriptMachine, node: New, frame: Frame) -> Value:
    """The object that `new` makes; an unknown class that is named like a command is noted."""
    callee = evaluate(machine, node.callee, frame)
    made = call_constructor(machine, callee, arguments_of(machine, node.arguments, frame), node)
    return join(made, note_unknown_command(machine, callee, node))


def _chain(machine: ScriptMachine, node: Expression, frame: Frame) -> Value:
    """Members and calls from the innermost on: a long chain is not deep nesting."""
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
    """The names that a member may have: the written one, or those that the key in brackets may be."""
    if isinstance(link, Member):
        return [link.name]
    return keys_of(evaluate(machine, link.key, frame)) if isinstance(link, Index) else []


def _members(machine: ScriptMachine, value: Value, names: list[str]) -> Value:
    """What any of the named members may be."""
    result = EMPTY
    for name in names:
        result = join(result, member(machine, value, name))
    return result


def _call_named(
    machine: ScriptMachine, receiver: Value, names: list[str], site: Expression, frame: Frame, *, is_super: bool
) -> Value:
    """What a call of any of the named methods gives; calls of unknown objects are noted to be checked later."""
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
            if name in PROMISE_METHODS and not receiver - {NOTHING}:
                # A promise without a value, as that of an async function without `return`, calls its callbacks too.
                result = join(result, LIST_METHODS[name](machine, receiver, arguments, site))
            if is_unfilled(receiver):
                result = join(result, call_method(machine, given_by_method(machine, name), name, arguments, site))
            if name != ANY_KEY:
                note_untyped_call(machine, receiver, name, arguments, site)
    return result


def _call_super(machine: ScriptMachine, arguments: PassedArguments, site: CallExpression, frame: Frame) -> Value:
    """Run the constructors of what the class extends on the present object."""
    owner = _owner(machine, frame)
    for option in _this(machine, frame) if owner is not None else ():
        if isinstance(option, ScriptCollection):
            for parent in machine.read((owner, "parent")):
                initialize_parent(machine, parent, option, arguments, site)
    return EMPTY


def _call_super_method(
    machine: ScriptMachine, name: str, arguments: PassedArguments, site: CallExpression, frame: Frame
) -> Value:
    """What a method of the class that is extended gives; also one of a base that a package has."""
    owner, this = _owner(machine, frame), _this(machine, frame)
    result = EMPTY
    for parent in machine.read((owner, "parent")) if owner is not None else ():
        for declaring, method in class_methods(machine, parent, name) if isinstance(parent, ScriptClass) else ():
            function = machine.function(method.function, declaring.parent, declaring)
            result = join(result, call_function(machine, function, arguments, site, this))
    for option in this:
        result = join(result, call_method(machine, machine.read((option, "parent object")), name, arguments, site))
    return result


def _this(machine: ScriptMachine, frame: Frame) -> Value:
    return evaluate(machine, This((0, 0)), frame)


def _owner(machine: ScriptMachine, frame: Frame) -> ScriptClass | None:
    """The class of the method around the arrow functions; None outside of classes."""
    activation = frame.activation
    while activation.info.is_arrow and activation.parent is not None:
        activation = activation.parent
    return machine.owners.get(activation)


def _super(_machine: ScriptMachine, _node: Super, _frame: Frame) -> Value:
    return EMPTY


EVALUATORS.update({CallExpression: _chain, Member: _chain, Index: _chain, New: _new, Super: _super})
