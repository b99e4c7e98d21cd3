"""Follows the source of a CDK app as far as its values are known: which constructs it makes, with which properties.

The source is never run. Branches that depend on a condition are all followed; what they set differently is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from iamglue.infer.code.cdk.cdk_values import (
    NO_VALUE,
    CdkFrame,
    Construct,
    Instance,
    LibraryMember,
    ProgramClass,
    ProgramModule,
    PropertyMap,
    SourcePlace,
    UnknownValue,
)
from iamglue.infer.code.cdk.library_names import library_module, library_name
from iamglue.infer.code.cdk.source_files import CdkSources
from iamglue.infer.code.javascript.syntax import Expression, FunctionInfo, Position

_MAX_STEPS = 200_000
_MAX_DEPTH = 60
_MAX_RECURSION = 4
_CONDITIONAL = UnknownValue("it depends on a condition")
TOO_LARGE = UnknownValue("the source is too large to be followed")

Evaluation = Callable[["CdkMachine", Any, CdkFrame], Any]
# By kind of node; the modules `evaluate_*` fill them.
EVALUATIONS: dict[type[Expression], Evaluation] = {}


class LeftFunctionError(Exception):
    """A `return` or `throw`, which ends the branch or the function."""


class CdkMachine:
    """Evaluates modules; `constructs` are those that were made, and `classes` those of the program, in order."""

    def __init__(self, sources: CdkSources, member: Callable[[CdkMachine, Any, str], Any]) -> None:
        self.sources = sources
        self.member = member
        self.constructs: list[Construct] = []
        self.classes: list[ProgramClass] = []
        self._modules: dict[str, ProgramModule] = {}
        self._places: dict[str, list[SourcePlace]] = {}
        self._steps = 0
        self._depth = 0
        self._running: dict[FunctionInfo, int] = {}

    @property
    def is_exhausted(self) -> bool:
        """Whether the source was too large to be followed to its end."""
        return self._steps > _MAX_STEPS

    def add(self, construct: Construct) -> None:
        """Keep a construct; one with the ids of another, which is made elsewhere in the source, gets a number."""
        places = self._places.setdefault(construct.logical_id, [])
        if construct.place not in places:
            places.append(construct.place)
        number = places.index(construct.place)
        construct.number = str(number + 1) if number else ""
        self.constructs.append(construct)

    def evaluate(self, node: Expression | None, activation: CdkFrame) -> Any:
        """The value of an expression; None for a statement."""
        if node is None:
            return NO_VALUE
        self._steps += 1
        if self.is_exhausted:
            return TOO_LARGE
        evaluation = EVALUATIONS.get(type(node))
        if evaluation is None:
            return UnknownValue("its expression is not followed")
        return evaluation(self, node, activation)

    def module(self, path: str) -> ProgramModule:
        """The module of a file, which is evaluated when it is first imported."""
        if path not in self._modules:
            activation = CdkFrame(path)
            self._modules[path] = ProgramModule({}, activation)
            info = self.sources.module(path)
            if info is not None:
                self.run_body(info, activation)
        return self._modules[path]

    def exports(self, activation: CdkFrame) -> dict[str, Any]:
        """The exports of the module whose file the activation belongs to."""
        return self._modules[activation.path].exports

    def run_body(self, info: FunctionInfo, activation: CdkFrame) -> Any:
        """Evaluate the body of a function or module; its value is what it returns."""
        if info.body is None and info.lower is not None:
            info.lower()
        if self._depth >= _MAX_DEPTH or self._running.get(info, 0) >= _MAX_RECURSION:
            return UnknownValue("functions call each other too deeply")
        self._depth += 1
        self._running[info] = self._running.get(info, 0) + 1
        try:
            with suppress(LeftFunctionError):
                self.evaluate(info.body, activation)
        finally:
            self._depth -= 1
            self._running[info] -= 1
        return _common_value(activation.returned) if activation.returned else NO_VALUE

    def branches(self, parts: Sequence[Expression | None], activation: CdkFrame, *, is_complete: bool) -> None:
        """Follow alternatives; `is_complete`: one of them is always taken. What they set differently is not known."""
        before = _snapshot(activation)
        results: list[list[tuple[dict[Any, Any], dict[Any, Any]]]] = []
        for part in parts:
            with suppress(LeftFunctionError):
                self.evaluate(part, activation)
            results.append([(variables, dict(variables)) for variables, _ in before])
            for variables, old in before:
                variables.clear()
                variables.update(old)
        for number, (variables, old) in enumerate(before):
            after = [result[number][1] for result in results]
            for key in dict.fromkeys(key for values in after for key in values):
                options = [values[key] for values in after if key in values and values[key] is not old.get(key)]
                if not options:
                    continue
                if old.get(key, NO_VALUE) is not NO_VALUE and not (is_complete and len(options) == len(parts)):
                    options.append(old[key])
                variables[key] = _common_value(options)

    def place(self, activation: CdkFrame, at: Position) -> SourcePlace:
        """A position in the file of the code that is evaluated."""
        return SourcePlace(activation.path, at)

    def imported(self, source: str, name: str, activation: CdkFrame) -> Any:
        """What an import gives: a module or member of the program, or of a library."""
        path = self.sources.resolve(source, name, activation.path)
        if path is None:
            module = library_module(source)
            return LibraryMember(module if name in ("*", "default", "=") else library_name(module, name))
        module_value = self.module(path)
        if name in ("*", "=") or self.sources.is_module(source, name, activation.path):
            return module_value.exports.get("=", module_value)
        return module_member(module_value, name)


def module_member(module: ProgramModule, name: str) -> Any:
    """What a module exports by a name."""
    if name in module.exports:
        return module.exports[name]
    if name in module.activation.variables:
        return module.activation.variables[name]
    whole = module.exports.get("=")
    if isinstance(whole, PropertyMap) and name in whole.members:
        return whole.members[name]
    return whole if whole is not None and name == "default" else UnknownValue(f"the module does not export `{name}`")


def _snapshot(activation: CdkFrame) -> list[tuple[dict[Any, Any], dict[Any, Any]]]:
    """The variables that a branch may set, with copies: those of the functions around it, and of `this`."""
    dictionaries: list[dict[Any, Any]] = []
    if isinstance(activation.this, Instance):
        dictionaries.append(activation.this.members)
    scope: CdkFrame | None = activation
    while scope is not None:
        dictionaries.append(scope.variables)
        scope = scope.parent
    return [(variables, dict(variables)) for variables in dictionaries]


def _common_value(options: Sequence[Any]) -> Any:
    """The value that all options are; not known if they differ."""
    first = options[0]
    return first if all(option is first or _is_equal(option, first) for option in options) else _CONDITIONAL


def _is_equal(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def merge_options(options: Sequence[Any]) -> Any:
    """The value of a conditional expression: the one that all its options have."""
    return _common_value(options) if options else NO_VALUE
