"""Members of objects that are set in a branch in which the object was not made: the object may be without them."""

from __future__ import annotations

from iamglue.infer.code.javascript.frames import Frame
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.script_objects import EMPTY, NOTHING, ScriptCollection, Value


def note_block(machine: ScriptMachine, instance: ScriptCollection, frame: Frame) -> None:
    """Note in which branch an object is made."""
    machine.blocks.setdefault(instance, (frame.activation, frame.block))


def absence(machine: ScriptMachine, option: object, name: str, frame: Frame) -> Value:
    """NOTHING if an object may be without a member that is set at this point."""
    made = machine.blocks.get(option) if isinstance(option, ScriptCollection) else None
    known = machine.store.get((option, name), EMPTY)
    if made is None or (known and NOTHING not in known):
        return EMPTY
    activation, block = made
    own = block[: len(frame.block)] if activation is frame.activation else ()
    return EMPTY if frame.block == own else frozenset({NOTHING})
