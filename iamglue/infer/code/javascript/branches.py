"""Members of objects that are set in a branch in which the object was not made: the object may be without them."""

from __future__ import annotations

from iamglue.infer.code.javascript.frames import Frame, SetMember
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.script_objects import EMPTY, NOTHING, ScriptCollection, Value
from iamglue.infer.code.javascript.syntax import Assignment, Expression, If, Member, Name, Sequence, TargetPattern


def note_block(machine: ScriptMachine, instance: ScriptCollection, frame: Frame) -> None:
    """Note in which branch an object is made."""
    machine.blocks.setdefault(instance, (frame.activation, frame.block))


def members_of_all_branches(node: If) -> frozenset[SetMember]:
    """The members that all branches of an `if` set; none without `else`."""
    if node.branches[-1][0] is not None:
        return frozenset()
    return frozenset.intersection(*(_set_members(body) for _, body in node.branches))


def _set_members(body: Expression) -> frozenset[SetMember]:
    members: set[SetMember] = set()
    for part in body.parts if isinstance(body, Sequence) else (body,):
        if isinstance(part, Assignment) and isinstance(part.target, TargetPattern):
            members |= {member} if (member := set_member_of(part.target)) is not None else set()
        elif isinstance(part, If):
            members |= members_of_all_branches(part)
    return frozenset(members)


def set_member_of(pattern: TargetPattern) -> SetMember | None:
    """The variable and the member of `variable.member`; None for any other target."""
    target = pattern.target
    if isinstance(target, Member) and isinstance(target.target, Name):
        return target.target.name, target.name
    return None


def absence(machine: ScriptMachine, option: object, name: str, pattern: TargetPattern, frame: Frame) -> Value:
    """NOTHING if an object may be without a member that a pattern sets at this point."""
    made = machine.blocks.get(option) if isinstance(option, ScriptCollection) else None
    known = machine.store.get((option, name), EMPTY)
    if made is None or (known and NOTHING not in known):
        return EMPTY
    activation, block = made
    member = set_member_of(pattern)
    here = frame.block if member is None else frame.certain.get(member, frame.block)
    own = block[: len(here)] if activation is frame.activation else ()
    return EMPTY if here == own else frozenset({NOTHING})
