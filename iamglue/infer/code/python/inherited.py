"""What a class or instance has of bases that the program does not have: of `object`, and of libraries."""

from __future__ import annotations

from iamglue.infer.code.python.abstract_objects import UNKNOWN, AbstractObject, ArgumentValues, Site, Values
from iamglue.infer.code.python.containers import new_list
from iamglue.infer.code.python.interning import interned_dataclass


@interned_dataclass
class InheritedObject(AbstractObject):
    """What an instance has of a base of which nothing is known: `ResourceProvider.handle`, which calls `create`."""

    instance: AbstractObject

    @property
    def is_known(self) -> bool:
        """Nothing is known of it."""
        return False

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """The method may call any method of the instance."""
        at.escape(arguments)
        self.instance.escape(at)
        return UNKNOWN


@interned_dataclass
class SubclassesObject(AbstractObject):
    """`__subclasses__` of a class: the classes of the program that extend it."""

    cls: AbstractObject

    def call(self, arguments: ArgumentValues, at: Site) -> Values:  # noqa: ARG002
        """A list of the classes."""
        return frozenset({new_list(at, [at.read((self.cls, "subclasses"))], is_ordered=False)})
