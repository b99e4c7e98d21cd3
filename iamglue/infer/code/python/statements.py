"""Statements: what they do to the names of a unit. Branches are joined; loops are repeated until nothing changes."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from iamglue.infer.code.python.abstract_objects import FixedPoint, Unit, Values, limit_texts
from iamglue.infer.code.python.branch_assignments import keys_of_all_branches
from iamglue.infer.code.python.containers import Container
from iamglue.infer.code.python.context_managers import suppresses_errors
from iamglue.infer.code.python.definitions import DefinitionEvaluator
from iamglue.infer.code.python.injection import annotated_values
from iamglue.infer.code.python.program import MAIN_BLOCK, all_parameters, is_main_test
from iamglue.infer.code.python.scope_names import bound_name, is_none, later_names
from iamglue.infer.code.python.sequences import ordered_elements
from iamglue.infer.code.python.settings_texts import check_setting

Names = dict[str, Values]
_LOOP_ROUNDS = 3
_UNROLLED_ROUNDS = 8


def evaluate_unit(machine: FixedPoint, unit: Unit) -> None:
    """Evaluate the code of a unit: what it reads, writes, returns and requests."""
    StatementEvaluator(machine, unit).run()


class StatementEvaluator(DefinitionEvaluator):
    """The statements of one unit."""

    def __init__(self, machine: FixedPoint, unit: Unit) -> None:
        super().__init__(machine, unit)
        self.loops: list[list[Names]] = []

    def run(self) -> None:
        """Evaluate the whole code."""
        code = self.code
        if code.parameters is not None:
            for argument in all_parameters(code.parameters):
                values = self.machine.read((self.unit, "parameter", argument.arg), self.unit)
                if argument.annotation is not None:
                    values = annotated_values(values, self.declared(argument.annotation), self.at(argument))
                self.names[argument.arg] = values
                if argument.arg in code.captured:
                    self.machine.write(("local", self.unit, argument.arg), values)
        if isinstance(code.node, ast.Lambda):
            self.machine.write((self.unit, "return"), self.evaluate(code.node.body))
        else:
            self.execute(code.body)

    def execute(self, body: Sequence[ast.stmt]) -> None:
        """Execute statements until one ends the block."""
        for statement in body:
            if not self.is_alive:
                return
            method = _METHODS.get(type(statement))
            if method is not None:
                getattr(self, method)(statement)

    # -- simple statements

    def _do_expr(self, node: ast.Expr) -> None:
        self.evaluate(node.value)

    def _do_assign(self, node: ast.Assign) -> None:
        """Assign a value to each target, and check whether it is a setting of a library."""
        values = self.evaluate(node.value)
        check_setting(values, self.at(node.targets[0]))
        for target in node.targets:
            self.assign(target, values)

    def _do_annassign(self, node: ast.AnnAssign) -> None:
        """Assign a value of a declared type; one that is filled later, as None, stays as it is."""
        declared = self.declared(node.annotation)
        if node.value is not None:
            values = self.evaluate(node.value)
            check_setting(values, self.at(node.target))
            is_filled = is_none(node.value) and bound_name(node.target) in later_names(self.unit.code.module.tree)
            self.assign(node.target, values if is_filled else annotated_values(values, declared, self.at(node)))
        elif isinstance(node.target, ast.Name) and self.class_names:
            self.declare_field(node.target.id, declared, node)

    def _do_augassign(self, node: ast.AugAssign) -> None:
        """Assign what the operator makes of the old value and the other one."""
        load = ast.copy_location(_as_load(node.target), node.target)
        old = self.evaluate(load)
        self.assign(node.target, self.operate(node.op, old, node.value, node))

    def _do_return(self, node: ast.Return) -> None:
        """Note the value that the function returns; the statements after it are not evaluated."""
        if node.value is not None:
            self.machine.write((self.unit, "return"), self.evaluate(node.value))
        self.is_alive = False

    def _do_raise(self, node: ast.Raise) -> None:
        self.evaluate(node.exc)
        self.is_alive = False

    def _do_assert(self, node: ast.Assert) -> None:
        self.evaluate(node.test)

    def _do_delete(self, node: ast.Delete) -> None:
        """Move the elements of a list; what was deleted stays, as another path may use it."""
        for target in node.targets:
            for obj in self.evaluate(target.value) if isinstance(target, ast.Subscript) else ():
                if isinstance(obj, Container):
                    obj.lose_order(self.at(target))

    def _do_break(self, node: ast.Break | ast.Continue) -> None:  # noqa: ARG002
        """End the block; the names at this point count after the loop, and in its next turn."""
        if self.loops:
            self.loops[-1].append(dict(self.names))
        self.is_alive = False

    _do_continue = _do_break

    # -- branches

    def _do_if(self, node: ast.If) -> None:
        """Execute the branches that the condition allows; a `__main__` block is left for later."""
        if not self.code.is_function and self.code.name != MAIN_BLOCK and is_main_test(node.test):
            self.code.module.block_code(node)
            self.execute(node.orelse)
            return
        result = self.truth(node.test)
        bodies = {None: [node.body, node.orelse], True: [node.body], False: [node.orelse]}
        outer = self.certain
        self.certain = {**dict.fromkeys(keys_of_all_branches(node), self.block), **outer}
        self._branches(bodies[result])
        self.certain = outer

    def _execute_block(self, body: Sequence[ast.stmt], *, is_sure: bool = False) -> None:
        """Execute a branch or the body of a loop, which may not be executed unless it `is_sure`."""
        outer = self.block
        if body and not is_sure:
            self.block = (*outer, (body[0].lineno, body[0].col_offset))
        self.execute(body)
        self.block = outer

    def _branches(self, bodies: Sequence[Sequence[ast.stmt]]) -> None:
        """Execute one of several blocks."""
        before = dict(self.names)
        ends: list[Names] = []
        for body in bodies:
            self.names, self.is_alive = dict(before), True
            self._execute_block(body, is_sure=len(bodies) == 1)
            if self.is_alive:
                ends.append(self.names)
        self.is_alive = bool(ends)
        self.names = join_names(ends) if ends else before

    def _do_match(self, node: ast.Match) -> None:
        """Execute each case from the names before; a name in a pattern may be any part of the subject."""
        subject = self.evaluate(node.subject)
        before, ends = dict(self.names), [dict(self.names)]
        for case in node.cases:
            self.names, self.is_alive = dict(before), True
            for name in ast.walk(case.pattern):
                if isinstance(name, ast.MatchAs | ast.MatchStar) and name.name:
                    self.bind(name.name, subject)
                elif isinstance(name, ast.MatchMapping) and name.rest:
                    self.bind(name.rest, subject)
            if case.guard is not None:
                self.evaluate(case.guard)
            self._execute_block(case.body)
            if self.is_alive:
                ends.append(self.names)
        self.names, self.is_alive = join_names(ends), True

    def _do_try(self, node: ast.Try) -> None:
        """Execute the handlers from any point of the block, and the last block in any case."""
        before = dict(self.names)
        self.execute(node.body)
        middle = dict(self.names)
        if self.is_alive:
            self.execute(node.orelse)
        ends = [self.names] if self.is_alive else []
        for handler in node.handlers:
            # The block may fail at any statement.
            self.names, self.is_alive = join_names([before, middle]), True
            self.evaluate(handler.type)
            if handler.name:
                self.bind(handler.name, UNKNOWN_ERROR)
            self._execute_block(handler.body)
            if self.is_alive:
                ends.append(self.names)
        self.is_alive = True
        self.names = join_names(ends or [join_names([before, middle])])
        self.execute(node.finalbody)
        self.is_alive = self.is_alive and bool(ends)

    _do_trystar = _do_try

    def _do_with(self, node: ast.With | ast.AsyncWith) -> None:
        """Execute the block; after one that may suppress errors, the names may be those of any of its points."""
        managers: Values = frozenset()
        for item in node.items:
            values = self.evaluate(item.context_expr)
            at = self.at(item.context_expr)
            bound = frozenset(obj for value in values for obj in value.entered(at))
            if item.optional_vars is not None:
                self.assign(item.optional_vars, bound)
            managers |= values
        before = dict(self.names)
        self.execute(node.body)
        at = self.at(node)
        if any(suppresses_errors(obj, at) for obj in managers) or not (
            self.is_alive or all(obj.is_known for obj in managers)
        ):
            # An error may have ended the block at any statement.
            self.names, self.is_alive = join_names([before, self.names]), True

    _do_asyncwith = _do_with

    # -- loops

    def _do_for(self, node: ast.For | ast.AsyncFor) -> None:
        """Execute the body for each of a few known elements, else with any of them until nothing changes."""
        values = self.evaluate(node.iter)
        ordered = ordered_elements(values, self.at(node.iter))
        # Loops in loops are repeated less: what they give is less exact, and takes no time that grows with the depth.
        if ordered is not None and len(ordered) <= _UNROLLED_ROUNDS >> (2 * len(self.loops)):
            self.loops.append([dict(self.names)])
            for element in ordered:
                self.assign(node.target, element)
                self._execute_block(node.body)
                ends = self.loops[-1]
                ends.extend([self.names] if self.is_alive else [])
                self.names, self.is_alive = join_names(ends) if not self.is_alive else self.names, True
            self.names = join_names([*self.loops.pop()])
        else:
            elements = self.elements(values, node.iter)
            self._loop(node.body, lambda: self.assign(node.target, elements))
        self.execute(node.orelse)

    _do_asyncfor = _do_for

    def _do_while(self, node: ast.While) -> None:
        self._loop(node.body, lambda: self.evaluate(node.test))
        self.execute(node.orelse)

    def _loop(self, body: Sequence[ast.stmt], start) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        """Execute a loop's body until its names change no more; texts that still grow are cut short.

        Names only grow, so a call of the last round is also what it was in the rounds before.
        """
        rounds = max(1, _LOOP_ROUNDS - len(self.loops))
        records = self.machine.records[self.unit]
        first = len(records.requests)
        for number in range(rounds + 1):
            last = len(records.requests)
            before = dict(self.names)
            self.loops.append([before])
            start()
            self._execute_block(body)
            ends = self.loops.pop()
            self.names = join_names([*ends, *([self.names] if self.is_alive else [])])
            self.is_alive = True
            if self.names == before:
                break
            if number == rounds - 1:
                self.names = {
                    name: values if values == before.get(name) else limit_texts(values, 0)[0]
                    for name, values in self.names.items()
                }
        records.drop_repeated(first, last)


# The method for each kind of statement has its name in lower case: `_do_augassign` for ast.AugAssign.
_METHODS = {
    kind: f"_do_{kind.__name__.lower()}"
    for kind in ast.stmt.__subclasses__()
    if hasattr(StatementEvaluator, f"_do_{kind.__name__.lower()}")
}
UNKNOWN_ERROR: Values = frozenset()


def join_names(several: Sequence[Names]) -> Names:
    """The names after one of several paths."""
    joined = dict(several[0]) if several else {}
    for names in several[1:]:
        for name, values in names.items():
            known = joined.get(name)
            joined[name] = values if known is None or known is values else known | values
    return joined


def _as_load(target: ast.expr) -> ast.expr:
    """The target of an assignment as an expression that reads it."""
    match target:
        case ast.Name(id=name):
            return ast.Name(name, ast.Load())
        case ast.Attribute(value=value, attr=name):
            return ast.Attribute(value, name, ast.Load())
        case ast.Subscript(value=value, slice=key):
            return ast.Subscript(value, key, ast.Load())
    return target
