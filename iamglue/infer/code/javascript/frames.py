"""The variables of a function at a point of its statements, and where several ways lead to one point."""

from __future__ import annotations

from dataclasses import dataclass, field

from iamglue.infer.code.javascript.script_objects import Activation, Value, join
from iamglue.infer.code.javascript.syntax import Binding

Variables = dict[Binding, Value]
Block = tuple[object, ...]
SetMember = tuple[str, str]  # the variable and the member


@dataclass(slots=True)
class Frame:
    """The variables of a function at a point of its statements; `is_ended` after `return` and the like.

    `block` is the branches and loops in which the point is. `certain` has the members of variables' objects that all
    branches set in which the point is, each with the block before these branches.
    """

    activation: Activation
    variables: Variables
    is_ended: bool = False
    loops: int = 0
    jumps: list[Variables] = field(default_factory=list)
    block: Block = ()
    certain: dict[SetMember, Block] = field(default_factory=dict)

    def fork(self, branch: object = None) -> Frame:
        """The same point, from where a branch goes on; without `branch` one that is executed in any case."""
        block = self.block if branch is None else (*self.block, branch)
        return Frame(self.activation, dict(self.variables), self.is_ended, self.loops, self.jumps, block, self.certain)

    def merge(self, branches: list[Frame]) -> None:
        """Go on from the ends of branches."""
        live = [branch.variables for branch in branches if not branch.is_ended]
        self.is_ended = not live
        self.variables = join_variables(live or [branch.variables for branch in branches])


def join_variables(states: list[Variables]) -> Variables:
    """The variables at a point to which several ways lead."""
    first, *others = states
    result = dict(first)
    for state in others:
        for binding, value in state.items():
            known = result.get(binding)
            if known is not value:
                result[binding] = value if known is None else join(known, value)
    return result
