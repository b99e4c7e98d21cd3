"""Arguments of calls, and what is noted of calls of the SDKs: requests, and what is not resolved."""

from __future__ import annotations

from dataclasses import dataclass, field

from iamglue.infer.code.javascript.script_objects import EMPTY, Activation, ScriptObject, Value


@dataclass(slots=True)
class PassedArguments:
    """The arguments of a call: `rest` may be at any position from `len(values)` on, if `is_open` any number."""

    values: tuple[Value, ...] = ()
    rest: Value = EMPTY
    is_open: bool = False  # more arguments may follow, which are `rest`

    def at(self, number: int) -> Value:
        """The argument at a position."""
        return self.values[number] if number < len(self.values) else self.rest


@dataclass(slots=True)
class NotedRequest:
    """A request of the SDK at a place of the program; `clients` are those that send it."""

    client: str
    operation: str
    path: str
    at: tuple[int, int]
    parameters: Value
    helper: str = ""
    is_by_name: bool = False
    is_reached: bool = False
    clients: dict[ScriptObject, None] = field(default_factory=dict)
    context: Activation | None = None


@dataclass(slots=True)
class UncertainCall:
    """A call that looks like one of AWS and is not resolved."""

    path: str
    at: tuple[int, int]
    call: str
    reason: str
    candidates: tuple[str, ...] = ()
