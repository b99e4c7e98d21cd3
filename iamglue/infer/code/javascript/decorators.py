"""Decorators of classes and their methods: of libraries, and functions of the program that wrap a method.

https://www.typescriptlang.org/docs/handbook/decorators.html and https://github.com/tc39/proposal-decorators
"""

from __future__ import annotations

import re

from iamglue.infer.code.javascript.activations import lower
from iamglue.infer.code.javascript.evaluation import call, evaluate, member
from iamglue.infer.code.javascript.frames import Frame
from iamglue.infer.code.javascript.function_calls import call_function
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.noted_calls import PassedArguments
from iamglue.infer.code.javascript.script_objects import EMPTY, UNKNOWN, ScriptClass, ScriptFunction, Value, text_of
from iamglue.infer.code.javascript.syntax import CallExpression, Expression, MethodInfo

# Decorators of Powertools that add to a method and never call it:
# https://docs.aws.amazon.com/powertools/typescript/latest/features/tracer/
_WRAPPING = re.compile(r"\.(captureMethod|captureLambdaHandler|injectLambdaContext|logMetrics)$|^(idempotent|parser)$")
# TypeScript's own form has three parameters, that of the standard two: the method and its context.
_STANDARD_PARAMETERS = 2


def decorate(machine: ScriptMachine, owner: ScriptClass, frame: Frame) -> None:
    """Give a class, and its methods, to their decorators: `@Controller()` has objects made, `@Get()` has one called."""
    given = PassedArguments((frozenset({owner}),), UNKNOWN, is_open=True)
    for decorator in owner.info.decorators:
        own = _functions(evaluate(machine, decorator, frame))
        call(machine, own | UNKNOWN, given, _site(decorator))
    for method in owner.info.methods:
        for decorator in method.decorators:
            _decorate_method(machine, owner, method, decorator, frame)


def _decorate_method(
    machine: ScriptMachine, owner: ScriptClass, method: MethodInfo, decorator: Expression, frame: Frame
) -> None:
    """Call the program's own decorators with a method, and note for libraries that they get it."""
    function = machine.function(method.function, owner.parent, owner)
    value = evaluate(machine, decorator, frame)
    own = _functions(value)
    for option in own:
        _wrap(machine, option, function, method.name, decorator)
    if not _only_wraps(decorator):
        machine.decorated.setdefault(function, {})[decorator] = bool(own)


def _functions(value: Value) -> frozenset[ScriptFunction]:
    return frozenset(option for option in value if isinstance(option, ScriptFunction))


def escape_to_libraries(machine: ScriptMachine) -> None:
    """Give the methods to their decorators that the program does not have: a framework calls them."""
    for function, decorators in machine.decorated.items():
        for decorator, is_own in decorators.items():
            if not is_own:
                given = PassedArguments((frozenset({function}),), UNKNOWN, is_open=True)
                call(machine, UNKNOWN, given, _site(decorator))


def _wrap(
    machine: ScriptMachine, decorator: ScriptFunction, function: ScriptFunction, name: str, written: Expression
) -> None:
    """Call a decorator of the program; the functions that it gives are called with the method."""
    lower(decorator.info)
    is_standard = len(decorator.info.parameters) <= _STANDARD_PARAMETERS and decorator.info.rest is None
    method: Value = frozenset({function})
    described = machine.new_object((written, function), "object")
    if is_standard:
        machine.set_field(described, "name", text_of(name))
        arguments = PassedArguments((method, frozenset({described})))
    else:
        machine.set_field(described, "value", method)
        prototype = member(machine, frozenset({function.owner}), "prototype") if function.owner else UNKNOWN
        arguments = PassedArguments((prototype, text_of(name), frozenset({described})))
    returned = call_function(machine, decorator, arguments, (written, function), EMPTY)
    results = returned if is_standard else member(machine, returned | {described}, "value")
    wrappers = [option for option in _functions(results) if option.owner is None]  # not other methods
    for wrapper in wrappers:
        machine.wrapped.setdefault(wrapper, {})[function] = None
    machine.write((function, "wrappers"), frozenset(wrappers))


def _only_wraps(decorator: Expression) -> bool:
    return isinstance(decorator, CallExpression) and _WRAPPING.search(decorator.text) is not None


def _site(decorator: Expression) -> CallExpression:
    return CallExpression(decorator.at, decorator, (), "")
