"""Values of which equal instances are one object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from inspect import get_annotations
from itertools import count
from threading import RLock
from typing import Any, ClassVar, TypeVar, cast, dataclass_transform

_T = TypeVar("_T")


class _InternedType(type):
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
        instances = _InternedType.instances
        instance: _T | None = instances.get(key)
        if instance is None:
            instance = type.__call__(cls, *positional)
            object.__setattr__(instance, "number", next(_InternedType._numbers))
            instances[key] = instance
        return instance


_lock = RLock()


@contextmanager
def temporary_interning() -> Iterator[None]:
    """Drop the values that are made in a block after it: the analysis of one program at a time."""
    with _lock:
        before = dict(_InternedType.instances)
        try:
            yield
        finally:
            _InternedType.instances = before


class Interned(metaclass=_InternedType):
    """A value of which equal instances are one object."""

    __slots__ = ("number",)
    __match_args__: ClassVar[tuple[str, ...]] = ()
    number: int
    defaults: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, *values: Any) -> None:
        for name, value in zip(self.__match_args__, values, strict=True):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed")

    def __hash__(self) -> int:
        return self.number

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__qualname__}({values})"


@dataclass_transform(frozen_default=True)
def interned_dataclass(cls: type[_T]) -> type[_T]:
    """A class of objects or of other interned values whose annotated names are its fields, like a frozen data class.

    `dataclasses` compiles methods for each class, which takes longer at the start than a small program's analysis.
    """
    own = tuple(get_annotations(cls))
    inherited: tuple[str, ...] = cls.__match_args__  # type: ignore[attr-defined]
    namespace = {name: value for name, value in cls.__dict__.items() if name not in (*own, "__dict__", "__weakref__")}
    namespace["__slots__"] = tuple(name for name in own if name not in inherited)
    namespace["__match_args__"] = (*inherited, *namespace["__slots__"])
    defaults = {name: cls.__dict__[name] for name in own if name in cls.__dict__}
    namespace["defaults"] = {**cls.defaults, **defaults}  # type: ignore[attr-defined]
    return cast("type[_T]", _InternedType(cls.__name__, cls.__bases__, namespace))
