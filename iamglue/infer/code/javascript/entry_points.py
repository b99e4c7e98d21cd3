"""Which functions of a program Lambda invokes, and what they and the functions that nothing calls are given."""

from __future__ import annotations

import re
from collections.abc import Callable

from iamglue.infer.code.calls import Handler
from iamglue.infer.code.javascript.activations import lower
from iamglue.infer.code.javascript.construction import initialize
from iamglue.infer.code.javascript.declared_types import value_of_type
from iamglue.infer.code.javascript.decorators import escape_to_libraries
from iamglue.infer.code.javascript.evaluation import ANY_KEY, CALLS, REST, escape, member
from iamglue.infer.code.javascript.function_calls import call_function
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.noted_calls import PassedArguments
from iamglue.infer.code.javascript.object_members import class_methods
from iamglue.infer.code.javascript.relevance import may_call_aws
from iamglue.infer.code.javascript.script_objects import (
    EMPTY,
    UNKNOWN,
    ScriptClass,
    ScriptCollection,
    ScriptFunction,
    ScriptModule,
    ScriptObject,
    UncalledMethod,
    Value,
    placeholder,
)
from iamglue.infer.code.javascript.syntax import (
    CallExpression,
    DefaultPattern,
    FunctionInfo,
    Literal,
    ObjectPattern,
    Pattern,
    VariablePattern,
)
from iamglue.infer.code.own_function import CONTEXT_ARN, CONTEXT_VARIABLES, context_texts
from iamglue.infer.code.values import ValueOrigin

_EVENT_NAMES = re.compile(r"_?(?:event|evt|lambdaEvent)")
_HANDLER_NAMES = re.compile(r"handler|\w*Handler|\w+_handler")
# Files that may have a handler: the others are evaluated when a file imports them.
_MAYBE_HANDLER = re.compile(r"\b\w*[hH]andler\b|\((?:\s*async)?\s*\{?\s*_?(?:event|evt)\b")

_EVENT: Value = placeholder(ValueOrigin.EVENT, "")
_ESCAPED = ("escaped",)  # the site of calls by code outside the program
_SITE = CallExpression((0, 0), Literal((0, 0), None), (), "")


def may_have_handler(text: str) -> bool:
    """Whether a file may export a function that Lambda invokes."""
    return _MAYBE_HANDLER.search(text) is not None


def handler_values(machine: ScriptMachine, paths: list[str]) -> list[tuple[Handler, Value]]:
    """The exports of files that are handlers by their names, or by what they call their first parameter."""
    return [
        (Handler(path, exported), value)
        for path in paths
        for name in sorted(machine.exports.get(path, ()))
        for exported, value in _exports(machine, path, name)
        if _is_handler(exported, value)
    ]


def _exports(machine: ScriptMachine, path: str, name: str) -> list[tuple[str, Value]]:
    """The exported values by the names of a handler; the members of a `module.exports` object are exports too."""
    value = machine.read((path, "export", name))
    if name != "=":
        return [(name, value)]
    named = [
        (key, machine.read((option, key)))
        for option in value
        if isinstance(option, ScriptCollection)
        for key in machine.field_names(option)
    ]
    return [*named, (name, frozenset(option for option in value if not isinstance(option, ScriptCollection)))]


def _is_handler(name: str, value: Value) -> bool:
    """Whether an export is a function that is named like a handler, or whose first parameter is an event."""
    functions = [option for option in value if isinstance(option, ScriptFunction | UncalledMethod)]
    if not functions:
        return False
    return _HANDLER_NAMES.fullmatch(name) is not None or any(
        isinstance(option, ScriptFunction) and _takes_event(option.info) for option in functions
    )


def _takes_event(info: FunctionInfo) -> bool:
    """Whether a function's first parameter is called like an event."""
    lower(info)
    first = info.parameters[0] if info.parameters else None
    return isinstance(first, VariablePattern) and _EVENT_NAMES.fullmatch(first.name) is not None


def exported_values(machine: ScriptMachine, paths: list[str]) -> list[Value]:
    """All values that the files export."""
    return [
        value
        for path in paths
        for name in sorted(machine.exports.get(path, ()))
        for _, value in _exports(machine, path, name)
    ]


def named_handler(machine: ScriptMachine, handler: Handler) -> Value:
    """The export that a handler's name means; its parts are members (`index.handler`)."""
    value: Value = frozenset({machine.intern(("module", handler.path), lambda: ScriptModule(handler.path))})
    for name in handler.name.split("."):
        value = member(machine, value, name)
    return value


def invoke_handler(machine: ScriptMachine, value: Value) -> None:
    """Call a handler as Lambda does."""
    for option in value:
        if isinstance(option, ScriptFunction):
            call_function(machine, option, _handler_arguments(machine), ("handler",), EMPTY)
        elif isinstance(option, ScriptObject) and type(option) in CALLS and not isinstance(option, ScriptModule):
            CALLS[type(option)](machine, option, _handler_arguments(machine), _SITE)


def _handler_arguments(machine: ScriptMachine) -> PassedArguments:
    """The event, the context, and for old handlers a callback."""
    context = machine.intern("context", lambda: ScriptCollection("object"))
    for name in (*CONTEXT_VARIABLES, CONTEXT_ARN):
        machine.set_field(context, name, context_texts(name))
    machine.set_field(context, REST, UNKNOWN)
    return PassedArguments((_EVENT, frozenset({context}), UNKNOWN))


def invoke_escaped(machine: ScriptMachine) -> bool:
    """Call the functions that were given to what the program did not write, and that nothing else calls.

    Of the classes that were given to it, it makes objects: containers, and frameworks with decorators.
    """
    escape_to_libraries(machine)
    escaped = _escaped_objects(machine)
    classes = [option for option in escaped if isinstance(option, ScriptClass) and option not in machine.given]
    for owner in classes:
        machine.given.add(owner)
        for _, method in class_methods(machine, owner, ANY_KEY):
            machine.write(("given", method.name), _instances(machine, owner))
    functions = [option for option in escaped if isinstance(option, ScriptFunction)]
    waiting = [function for function in functions if function.info not in machine.called]
    for function in waiting:
        this = _instances(machine, function.owner) if function.owner is not None else EMPTY
        is_handler = function.owner is None and _takes_event(function.info)
        given = _handler_arguments(machine) if is_handler else PassedArguments((), UNKNOWN, is_open=True)
        call_function(machine, function, given, _ESCAPED, this)
        # What the function returns leaves the program too: `metricScope((metrics) => async (event) => ...)`.
        machine.returning.append(machine.activation(function.info, function.parent, _ESCAPED))
    return bool(waiting or classes)


def _escaped_objects(machine: ScriptMachine) -> list[ScriptObject]:
    """The functions and classes that left the program, also as members of objects."""
    for entry in machine.entries:
        escape(machine, call_function(machine, *entry))
    for activation in machine.returning:
        escape(machine, machine.store.get((activation, "return"), EMPTY))
    objects: dict[ScriptObject, None] = dict.fromkeys(machine.escaped)
    waiting = list(objects)
    for option in waiting:
        for name in option.keys if isinstance(option, ScriptCollection) else ():
            members = machine.store.get((option, name), EMPTY)
            inner = [part for part in members if isinstance(part, ScriptFunction | ScriptCollection | ScriptClass)]
            waiting += [part for part in inner if part not in objects]
            objects.update(dict.fromkeys(inner))
    return list(objects)


def fill_declared(machine: ScriptMachine) -> bool:
    """Give variables and fields that nothing fills the client that their declared type says."""
    has_changed = False
    for owner in [owner for owner in machine.wanted if owner not in machine.instances]:
        _instances(machine, owner)
        has_changed = True
    for address, (type_name, scope, activation) in list(machine.declared.items()):
        if not machine.store.get(address):
            made = value_of_type(machine, type_name, scope, activation) or EMPTY
            machine.write(address, made)
            has_changed = has_changed or bool(made)
    for owner, instances in list(machine.instances.items()):
        for name, type_name in owner.info.field_types.items():
            for instance in instances:
                if not machine.store.get((instance, name)):
                    outer = owner.info.fields.outer
                    filled = value_of_type(machine, type_name, outer, owner.parent) if outer is not None else None
                    if filled:
                        machine.set_field(instance, name, filled)
                        has_changed = True
    return has_changed


def invoke_exported(machine: ScriptMachine, values: list[Value]) -> bool:
    """Call exported functions, and the methods of exported classes, that nothing in the project calls."""
    functions = [option for value in values for option in value if isinstance(option, ScriptFunction)]
    classes = [option for value in values for option in value if isinstance(option, ScriptClass)]
    instances = [option for value in values for option in value if isinstance(option, ScriptCollection)]
    owners = [option.owner for option in instances if isinstance(option.owner, ScriptClass)]
    nested = [
        option
        for instance in instances
        for name in machine.field_names(instance)
        for option in machine.read((instance, name))
        if isinstance(option, ScriptFunction)
    ]
    return _invoke(machine, [*functions, *nested], [*classes, *owners])


def invoke_uncalled(machine: ScriptMachine) -> bool:
    """Call all functions and methods that nothing calls, if a word in them may be about AWS."""
    return _invoke(machine, list(machine.functions), list(machine.classes), may_call_aws(machine))


def _invoke(
    machine: ScriptMachine,
    functions: list[ScriptFunction],
    classes: list[ScriptClass],
    is_relevant: Callable[[FunctionInfo], bool] = lambda _info: True,
) -> bool:
    """Call functions and methods that nothing has called yet; returns whether there were any."""
    has_called = False
    for function in functions:
        if function.info not in machine.called and function.owner is None and is_relevant(function.info):
            machine.entries.append((function, _own_arguments(machine, function.info), ("entry",), EMPTY))
            call_function(machine, *machine.entries[-1])
            has_called = True
    for owner in classes:
        for declaring, method in class_methods(machine, owner, "*"):
            if method.function not in machine.called and method.kind != "set" and is_relevant(method.function):
                made = machine.function(method.function, declaring.parent, declaring)
                this: Value = frozenset({owner}) if method.is_static else _instances(machine, owner)
                if method.name != "constructor":
                    machine.entries.append((made, _own_arguments(machine, method.function), ("entry", owner), this))
                    call_function(machine, *machine.entries[-1])
                has_called = True
    return has_called


def _instances(machine: ScriptMachine, owner: ScriptClass) -> Value:
    """The objects of a class; one that is given what its constructor takes if the program makes none."""
    if owner not in machine.instances:
        instance = machine.new_object(owner, "object", owner)
        constructors = [method for method in owner.info.methods if method.name == "constructor"]
        arguments = (
            _own_arguments(machine, constructors[0].function)
            if constructors
            else PassedArguments((), UNKNOWN, is_open=True)
        )
        initialize(machine, owner, instance, arguments, _SITE)
    return frozenset(machine.instances[owner])


def _own_arguments(machine: ScriptMachine, info: FunctionInfo) -> PassedArguments:
    """PassedArguments that stand for what a caller would give: each is a parameter of its name."""
    lower(info)
    if _takes_event(info):
        return _handler_arguments(machine)
    values = [placeholder(ValueOrigin.PARAMETER, _parameter_name(pattern)) for pattern in info.parameters]
    return PassedArguments(tuple(values), UNKNOWN, is_open=True)


def _parameter_name(pattern: Pattern) -> str:
    """The name of the placeholder for a parameter; "" for an object that is taken apart."""
    inner = pattern.pattern if isinstance(pattern, DefaultPattern) else pattern
    if isinstance(inner, VariablePattern):
        return inner.name
    return "" if isinstance(inner, ObjectPattern) else "argument"
