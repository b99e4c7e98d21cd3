"""The analysis of a whole program: from its entry points first, then of what they do not come to."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from iamglue.infer.code.calls import (
    CallBasis,
    CodePlace,
    CodeReading,
    FailedFile,
    Handler,
    SdkCall,
    UnresolvedCall,
    missing_handler,
)
from iamglue.infer.code.python.abstract_objects import (
    ABSENT,
    NONE,
    UNKNOWN,
    ArgumentValues,
    FixedPoint,
    Site,
    TooMuchWorkError,
    Unit,
    Values,
)
from iamglue.infer.code.python.classes import ClassObject
from iamglue.infer.code.python.entry_points import find_handlers
from iamglue.infer.code.python.function_bodies import all_nodes
from iamglue.infer.code.python.functions import FunctionObject, call_with_unknown
from iamglue.infer.code.python.injection import instance_of_class
from iamglue.infer.code.python.lambda_context import LambdaContext
from iamglue.infer.code.python.name_matching import check_call
from iamglue.infer.code.python.program import MAIN_BLOCK, MANY_CHARACTERS, Code, Program
from iamglue.infer.code.python.records import DoubtRecord, Records, RequestRecord
from iamglue.infer.code.python.resolution import resolve_values
from iamglue.infer.code.python.statements import evaluate_unit
from iamglue.infer.code.python.strings import TextObject, literals_of
from iamglue.infer.code.values import UnknownPart, ValueOrigin

_CONTEXT: Values = frozenset({LambdaContext()})
_EVENT: Values = frozenset({TextObject((UnknownPart(ValueOrigin.EVENT),))})


class ProgramAnalysis:
    """The analysis of one program."""

    def __init__(self, program: Program, handlers: Sequence[Handler]) -> None:
        self.program = program
        self.machine = FixedPoint(program, evaluate_unit)
        self.handlers = find_handlers(program, handlers)
        self.missing: list[Handler] = []
        self.reached: dict[Unit, Records] = {}
        self.is_cut = False
        # Of a large program functions are left out that nothing calls and that come to no call of AWS.
        self.is_small = program.size <= MANY_CHARACTERS

    def reading(self, *, reached_only: bool = False) -> CodeReading:
        """Run it, and tell what was read; with `reached_only` what the entry points come to and no more."""
        try:
            self._run_reached()
            if not reached_only:
                self._run_others()
        except TooMuchWorkError:
            self._match_names()
        return self._result()

    def _run_reached(self) -> None:
        """Run what the handlers come to; without handlers, the modules and all public functions."""
        machine = self.machine
        if self.handlers:
            for module, name in self.handlers:
                machine.start(Unit(module.code, None, ()))
                machine.run()
                at = self._code_site(module.code)
                arguments = ArgumentValues((_EVENT, _CONTEXT))
                objects = machine.read(("global", module.path, name))
                if not objects:
                    self.missing.append(Handler(module.path, name))
                for obj in objects:
                    if isinstance(obj, FunctionObject):
                        obj.call_in((-1,), arguments, at)
                    else:
                        obj.call(arguments, at)
                machine.run()
        else:
            self._run_modules()
            self._run_functions(public=True)
        self.reached = dict(machine.records)

    def _run_others(self) -> None:
        """Run what no entry point comes to: other modules, functions, and `__main__` blocks."""
        self._run_modules()
        self._run_functions(public=False)
        self._run_main_blocks()

    def _match_names(self) -> None:
        """The program is too large to follow all values: calls that were not come to are matched by their names."""
        self.is_cut = True
        # What the entry points come to may be known already: then the others are not reached.
        is_reached = not self.reached
        if is_reached:
            self.reached = dict(self.machine.records)
        placed = {request.node for records in self.machine.records.values() for request in records.requests}
        for module in self.program.modules:
            unit = Unit(module.code, None, (-2,))
            self.machine.records[unit] = records = Records()
            if is_reached:
                self.reached[unit] = records
            for node in all_nodes(module.tree, module.text):
                if isinstance(node, ast.Call) and node not in placed:
                    keywords = {keyword.arg: UNKNOWN for keyword in node.keywords if keyword.arg}
                    more = len(keywords) < len(node.keywords)
                    arguments = ArgumentValues(tuple(UNKNOWN for _ in node.args), keywords, more_keywords=more)
                    at = Site(self.machine, unit, node, module.path)
                    check_call(node, UNKNOWN, UNKNOWN, arguments, at)

    def _code_site(self, code: Code) -> Site:
        unit = Unit(code, None, ())
        return Site(self.machine, unit, code.node, code.module.path)

    def _run_modules(self) -> None:
        """Run every module as an import does."""
        for module in self.program.modules:
            self.machine.start(Unit(module.code, None, ()))
            self.machine.run()

    def _run_main_blocks(self) -> None:
        """Run the `if __name__ == "__main__"` blocks that the modules have."""
        for module in self.program.modules:
            for code in list(module.codes.values()):
                if code.name == MAIN_BLOCK:
                    self.machine.start(Unit(code, None, ()))
        self.machine.run()

    def _run_functions(self, *, public: bool) -> None:
        """Run the functions that nothing has called yet, those first that nothing refers to."""
        while functions := self._functions_not_run(public=public):
            referenced = self.program.name_uses.read_names
            for function in sorted(functions, key=lambda function: function.code.name in referenced):
                if function.code not in self.machine.codes:
                    self._call_with_unknown(function)
                    self.machine.run()

    def _functions_not_run(self, *, public: bool) -> list[FunctionObject]:
        """The functions that nothing has called; of a large program only those that may call AWS."""
        return [
            function
            for function in self.machine.functions
            if isinstance(function, FunctionObject) and function.code not in self.machine.codes
            if not public or not function.code.name.startswith("_")
            if self.is_small or self.program.may_call_sdk(function.code)
        ]

    def _call_with_unknown(self, function: FunctionObject) -> None:
        """Call a function with unknown arguments; a method on each instance that the program makes, or on a new one."""
        at = self._code_site(function.code.module.code)
        if not isinstance(function.owner, ClassObject) or function.kind == "static":
            call_with_unknown(function, at)
            return
        known = self.machine.instances.get(function.owner, {})
        for receiver in list(known) or [instance_of_class(function.owner, at)]:
            call_with_unknown(function, at, receiver)

    # -- the result

    def _result(self) -> CodeReading:
        """The reading of the program: each call once, as reached if any of its units is reached."""
        calls: dict[object, SdkCall] = {}
        unresolved: dict[UnresolvedCall, None] = {}
        for unit, records in self.machine.records.items():
            is_reached = unit in self.reached and unit.code.name != MAIN_BLOCK
            if unit in self.reached:
                records = self.reached[unit]  # noqa: PLW2901 - what is not reached may have changed it
            for request in records.requests:
                call = self._sdk_call(request, is_reached)
                key = (
                    (call.place, call.client, call.operation, call.helper, call.basis, call.has_more_parameters),
                    (frozenset(call.parameters.items()), call.optional, call.role, call.region, call.endpoint),
                )
                if key not in calls or call.is_reached:
                    calls[key] = call
            for doubt in records.doubts:
                unresolved[self._unresolved_call(doubt)] = None
        failed = [*self.program.failed, *self._unfinished(), *map(missing_handler, self.missing)]
        handlers = [Handler(module.path, name) for module, name in self.handlers]
        return CodeReading(
            tuple(sorted(calls.values(), key=_sort_key)),
            tuple(sorted(unresolved, key=lambda call: (call.place, call.reason))),
            tuple(failed),
            tuple(self.program.read),
            tuple(handler for handler in handlers if handler not in self.missing),
        )

    def _sdk_call(self, request: RequestRecord, is_reached: bool) -> SdkCall:
        """The call of a request, with the role, Region and endpoint that its connection may have."""
        machine = self.machine
        parameters = {
            name: resolve_values(values, machine)
            for name, values in request.parameters.items()
            if values - ABSENT != NONE
        }
        role = machine.read((request.connection, "role"))
        region = machine.read((request.connection, "region"))
        endpoint = machine.read((request.connection, "endpoint"))
        # An address counts only if the client can have no other.
        local = "".join(literals_of(endpoint)) if len(endpoint) == 1 else ""
        return SdkCall(
            request.client,
            request.operation,
            _node_place(request.node, request.path),
            parameters,
            request.has_more_parameters,
            request.helper,
            CallBasis.NAME if request.by_name else CallBasis.TYPE,
            is_reached,
            resolve_values(role, machine) if role else None,
            resolve_values(region, machine) if region else None,
            local if "amazonaws" not in local else "",
            frozenset(name for name, values in request.parameters.items() if values & ABSENT),
        )

    def _unresolved_call(self, doubt: DoubtRecord) -> UnresolvedCall:
        text = ast.unparse(doubt.node) if isinstance(doubt.node, ast.expr | ast.Import | ast.ImportFrom) else ""
        return UnresolvedCall(_node_place(doubt.node, doubt.path), text[:120], doubt.reason, doubt.candidates)

    def _unfinished(self) -> list[FailedFile]:
        """What was not followed to the end: functions that are nested too deeply, or the whole program."""
        if self.is_cut:
            reason = "the program is too large to follow all its values: calls are also matched by their names alone"
            return [FailedFile(CodePlace(module.path, 0, 0), reason) for module in self.program.modules[:1]]
        return [
            FailedFile(
                CodePlace(unit.code.module.path, getattr(unit.code.node, "lineno", 0), 0), "it is nested too deeply"
            )
            for unit in self.machine.too_deep
        ]


def _sort_key(call: SdkCall) -> tuple[object, ...]:
    """The order of calls at one place, the same in every run."""
    parameters = sorted((name, sorted(map(repr, value.texts))) for name, value in call.parameters.items())
    client = [sorted(map(repr, value.texts)) if value else [] for value in (call.role, call.region)]
    return (call.place, call.client, call.operation, call.helper, call.is_reached, parameters, client, call.endpoint)


def _node_place(node: ast.AST, path: str) -> CodePlace:
    return CodePlace(path, getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1)
