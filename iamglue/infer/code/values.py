"""What expressions of a program may be, as far as its code says: the values of parameters of AWS calls.

The readers of all languages describe values in this way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class ValueOrigin(StrEnum):
    """Where a value comes from. The order is that of certainty: a text with several parts has the last of them."""

    LITERAL = "literal"
    TEMPLATE = "template"
    ENVIRONMENT = "environment"
    EVENT = "event"
    PARAMETER = "parameter"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class UnknownPart:
    """A part of a text that the code does not say.

    `name` is the environment variable's name, the path in the event (`Records[].s3.bucket.name`; `[]` is any element,
    and a key that is not known is `*`), or the name of a parameter that no caller in the project fills; "" if unknown.
    `value` is what the deployment says of it, with `${Name}` for what only the deployment decides; "" if it says
    nothing. With the origin `literal` it is the default that the code has for the environment variable `name`.
    """

    origin: ValueOrigin
    name: str = ""
    value: str = ""


# A text as its parts, in order; two literal parts never stand next to each other.
Text = tuple[str | UnknownPart, ...]

UNKNOWN_TEXT: Text = (UnknownPart(ValueOrigin.UNKNOWN),)


@dataclass(frozen=True, slots=True)
class CodeValue:
    """What an expression may be: one of `texts`, a mapping with `members`, or a list whose elements are `items`.

    Several may hold at once, where the code decides between them. `is_complete` is false if it may also be something
    that the code does not say; a placeholder in a text is not such a case. Numbers and booleans are texts as JSON
    writes them. A member with a key that is not known has the key "*". `optional` are the names of members that not
    every such mapping has.
    """

    texts: frozenset[Text] = frozenset()
    members: tuple[tuple[str, CodeValue], ...] = ()
    items: CodeValue | None = None
    is_complete: bool = True
    optional: frozenset[str] = frozenset()

    def member(self, name: str) -> CodeValue | None:
        """The value of a member; None if there is none of that name."""
        return dict(self.members).get(name)


UNKNOWN_VALUE = CodeValue(is_complete=False)


def join_values(first: CodeValue, second: CodeValue) -> CodeValue:
    """What may be either of two values."""
    if first == second:
        return first
    mine, theirs = dict(first.members), dict(second.members)
    lacking = mine.keys() ^ theirs.keys() if mine and theirs else frozenset[str]()
    members = {
        name: _join_optional(mine.get(name), theirs.get(name)) or UNKNOWN_VALUE for name in sorted({*mine, *theirs})
    }
    return CodeValue(
        first.texts | second.texts,
        tuple(members.items()),
        _join_optional(first.items, second.items),
        first.is_complete and second.is_complete,
        first.optional | second.optional | lacking,
    )


def literal_value(text: str) -> CodeValue:
    """The value that is exactly one text."""
    return CodeValue(frozenset({(text,) if text else ()}))


def environment_default(default: Text, value: Text) -> Text:
    """The text `default`, marked as the default of the environment variable that `value` is.

    It is returned as it is if it has unknown parts, or if `value` is anything else.
    """
    part = value[0] if len(value) == 1 else None
    is_variable = isinstance(part, UnknownPart) and part.origin is ValueOrigin.ENVIRONMENT
    if not isinstance(part, UnknownPart) or not is_variable or len(default) != 1 or not isinstance(default[0], str):
        return default
    return (UnknownPart(ValueOrigin.LITERAL, part.name, default[0]),)


def text_origin(text: Text) -> ValueOrigin:
    """Where a text comes from: the least certain of its parts."""
    return least_certain(part.origin for part in text if isinstance(part, UnknownPart))


def least_certain(origins: Iterable[ValueOrigin]) -> ValueOrigin:
    """The least certain of several origins; that of a literal if there are none."""
    return max(origins, key=list(ValueOrigin).index, default=ValueOrigin.LITERAL)


def _join_optional(first: CodeValue | None, second: CodeValue | None) -> CodeValue | None:
    """What may be either value; the other one if one of them is None."""
    if first is None or second is None:
        return first if second is None else second
    return join_values(first, second)
