"""Values of which equal instances are one object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, fields
from itertools import count
from threading import RLock
from typing import Any, ClassVar, TypeVar, dataclass_transform

_T = TypeVar("_T")


class _SharedType(type):
    """A type of which equal instances are one object, so that they are compared and hashed at once.

    Their hash is the number of their making: sets of them are in the same order in every run.
    """

    instances: ClassVar[dict[tuple[Any, ...], Any]] = {}
    _numbers: ClassVar[Iterator[int]] = count()

    def __call__(cls: type[_T], *positional: Any, **keywords: Any) -> _T:
        names: tuple[str, ...] = cls.__match_args__  # type: ignore[attr-defined]
        if keywords or len(positional) < len(names):
            defaults = cls.defaults  # type: ignore[attr-defined]
            positional = (
                *positional,
                *(keywords[name] if name in keywords else defaults[name] for name in names[len(positional) :]),
            )
        key = (cls, *positional)
        instances = _SharedType.instances
        instance: _T | None = instances.get(key)
        if instance is None:
            instance = type.__call__(cls, *positional)
            object.__setattr__(instance, "number", next(_SharedType._numbers))
            instances[key] = instance
        return instance


_lock = RLock()


@contextmanager
def forgetting() -> Iterator[None]:
    """Drop the values that are made in a block after it: the analysis of one program at a time."""
    with _lock:
        before = dict(_SharedType.instances)
        try:
            yield
        finally:
            _SharedType.instances = before


class Shared(metaclass=_SharedType):
    """A value of which equal instances are one object."""

    __slots__ = ("number",)
    number: int
    defaults: ClassVar[Mapping[str, Any]] = {}

    def __hash__(self) -> int:
        return self.number


@dataclass_transform(frozen_default=True)
def shared_data(cls: type[_T]) -> type[_T]:
    """A frozen data class of things or of other shared values."""
    made = dataclass(frozen=True, slots=True, eq=False)(cls)
    defaults = {part.name: part.default for part in fields(made) if part.default is not MISSING}  # type: ignore[arg-type]
    made.defaults = defaults  # type: ignore[attr-defined]
    return made
