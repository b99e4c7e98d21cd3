"""Context managers that suppress the errors of their blocks, so that the code after a block may run in any case.

https://docs.python.org/3/reference/datamodel.html#object.__exit__
"""

from __future__ import annotations

from iamglue.infer.code.python.abstract_objects import AbstractObject, ArgumentValues, Site, Values
from iamglue.infer.code.python.classes import InstanceObject
from iamglue.infer.code.python.extern import extern_function
from iamglue.infer.code.python.functions import GeneratorObject
from iamglue.infer.code.python.interning import interned_dataclass


@interned_dataclass
class SuppressObject(AbstractObject):
    """A `contextlib.suppress`."""


@extern_function("contextlib.suppress")
def _suppress(arguments: ArgumentValues, at: Site) -> Values:  # noqa: ARG001 - called as all models are
    return frozenset({SuppressObject()})


def suppresses_errors(manager: AbstractObject, at: Site) -> bool:
    """Whether a context manager may suppress errors: also a generator or a class of the program, whatever it does."""
    if isinstance(manager, InstanceObject):
        return any(manager.cls.lookup(name, at)[0] for name in ("__exit__", "__aexit__"))
    return isinstance(manager, SuppressObject | GeneratorObject)
