"""Statements: branches, loops, `try`, `return`; what is after `return` in a branch is not evaluated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from iamglue.infer.code.javascript.branches import members_of_all_branches
from iamglue.infer.code.javascript.evaluation import EVALUATORS, assign, elements, evaluate
from iamglue.infer.code.javascript.frames import Frame, Variables, join_variables
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.object_members import member_names
from iamglue.infer.code.javascript.script_objects import EMPTY, UNKNOWN, Value
from iamglue.infer.code.javascript.syntax import ForEach, If, Leave, Loop, Return, Switch, Try

# The bodies of loops are evaluated twice, so that what one turn assigns is seen by the next; in deeper loops once.
_MAX_REPEATED_LOOPS = 3


def _if(machine: ScriptMachine, node: If, frame: Frame) -> Value:
    """Evaluate each branch from the state before it; without `else`, none may be taken."""
    ends: list[Frame] = []
    certain = {**dict.fromkeys(members_of_all_branches(node), frame.block), **frame.certain}
    for condition, body in node.branches:
        if condition is None:
            last = frame.fork(body)
            last.certain = certain
            evaluate(machine, body, last)
            frame.merge([*ends, last])
            return EMPTY
        evaluate(machine, condition, frame)
        branch = frame.fork(body)
        branch.certain = certain
        evaluate(machine, body, branch)
        ends.append(branch)
    frame.merge([*ends, frame.fork()])
    return EMPTY


def _loop(machine: ScriptMachine, node: Loop, frame: Frame) -> Value:
    """Evaluate the start once, and then what is repeated."""
    if node.start is not None:
        evaluate(machine, node.start, frame)

    def turn(inner: Frame) -> None:
        """Evaluate one turn of the loop, up to a statement that leaves it."""
        for part in node.parts:
            if not inner.is_ended:
                evaluate(machine, part, inner)

    _repeat(frame, node, turn)
    return EMPTY


def _iteration(machine: ScriptMachine, node: ForEach, frame: Frame) -> Value:
    """Evaluate the body for the elements or keys, for each of a few objects by itself."""
    values = evaluate(machine, node.values, frame)
    value = member_names(machine, values) if node.is_of_keys else elements(machine, values)

    def run(item: Value) -> Value:
        """Evaluate the loop with one value of its variable."""

        def turn(inner: Frame) -> None:
            """Evaluate one turn of the loop with the value."""
            assign(machine, node.target, item, inner)
            evaluate(machine, node.body, inner)

        _repeat(frame, node, turn)
        return EMPTY

    return machine.one_by_one(value, run)


def _repeat(frame: Frame, node: object, turn: Callable[[Frame], None]) -> None:
    """Run a loop's body, and join what each turn assigns with the state before: the loop may have no turn."""
    for _ in range(2 if frame.loops < _MAX_REPEATED_LOOPS else 1):
        jumps: list[Variables] = []
        block = (*frame.block, node)
        inner = replace(
            frame, variables=dict(frame.variables), is_ended=False, loops=frame.loops + 1, jumps=jumps, block=block
        )
        turn(inner)
        states = [frame.variables, inner.variables, *jumps]
        frame.variables = join_variables(states)


def _switch(machine: ScriptMachine, node: Switch, frame: Frame) -> Value:
    """Evaluate each case from the state before, and from the end of the case above it if that falls through."""
    evaluate(machine, node.value, frame)
    jumps: list[Variables] = []
    ends: list[Frame] = []
    previous: Frame | None = None
    for condition, body in node.cases:
        if condition is not None:
            evaluate(machine, condition, frame)
        block = (*frame.block, body)
        case = replace(frame, variables=dict(frame.variables), is_ended=False, jumps=jumps, block=block)
        if previous is not None and not previous.is_ended:
            case.variables = join_variables([case.variables, previous.variables])
        evaluate(machine, body, case)
        previous = case
    has_default = any(condition is None for condition, _ in node.cases)
    ends += [previous] if previous is not None else []
    ends += [Frame(frame.activation, state) for state in jumps]
    ends += [frame.fork()] if not has_default or not ends else []
    frame.merge(ends)
    return EMPTY


def _try(machine: ScriptMachine, node: Try, frame: Frame) -> Value:
    """Evaluate the handler from any state of the body, and the finalizer in any case."""
    handler = frame.fork(node)
    evaluate(machine, node.body, frame)
    handler.variables = join_variables([handler.variables, frame.variables])
    if node.handler is not None:
        if node.target is not None:
            assign(machine, node.target, UNKNOWN, handler)
        evaluate(machine, node.handler, handler)
        frame.merge([frame.fork(), handler])
    if node.finalizer is not None:
        was_ended, frame.is_ended = frame.is_ended, False
        evaluate(machine, node.finalizer, frame)
        frame.is_ended = frame.is_ended or was_ended
    return EMPTY


def _return(machine: ScriptMachine, node: Return, frame: Frame) -> Value:
    """Note the value that the function returns; the statements after it are not evaluated."""
    value = evaluate(machine, node.value, frame) if node.value is not None else EMPTY
    machine.write((frame.activation, "return"), value)
    frame.is_ended = True
    return EMPTY


def _leave(machine: ScriptMachine, node: Leave, frame: Frame) -> Value:
    """End the branch; the state at `break` and `continue` goes on after the loop or `switch`."""
    if node.value is not None:
        evaluate(machine, node.value, frame)
    if node.is_jump:
        frame.jumps.append(dict(frame.variables))
    frame.is_ended = True
    return EMPTY


EVALUATORS.update(
    {
        If: _if,
        Loop: _loop,
        ForEach: _iteration,
        Switch: _switch,
        Try: _try,
        Return: _return,
        Leave: _leave,
    }
)
