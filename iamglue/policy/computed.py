"""A property that is worked out once and kept: `functools.cached_property` without its lock.

Python 3.11 takes a lock whenever one is worked out, which for a policy takes longer than most of what is worked out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

_Value = TypeVar("_Value")


class computed(Generic[_Value]):  # noqa: N801 - written where `property` might stand
    """The value of a method, which stands in the instance's own dictionary from then on."""

    def __init__(self, compute: Callable[[Any], _Value]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> computed[_Value]: ...

    @overload
    def __get__(self, instance: object, owner: type) -> _Value: ...

    def __get__(self, instance: object | None, owner: type) -> computed[_Value] | _Value:
        """The value, worked out for the first time: later the instance's own attribute comes first."""
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._compute(instance)
        return value
