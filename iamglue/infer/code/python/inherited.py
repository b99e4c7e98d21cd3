"""What a class or instance has of bases that the program does not have: of `object`, and of libraries."""

from __future__ import annotations

from iamglue.infer.code.python.containers import new_list
from iamglue.infer.code.python.shared import shared_data
from iamglue.infer.code.python.things import UNKNOWN, ArgumentValues, At, Thing, Values


@shared_data
class InheritedThing(Thing):
    """What an instance has of a base of which nothing is known: `ResourceProvider.handle`, which calls `create`."""

    instance: Thing

    @property
    def is_known(self) -> bool:
        """Nothing is known of it."""
        return False

    def call(self, arguments: ArgumentValues, at: At) -> Values:
        """The method may call any method of the instance."""
        at.escape(arguments)
        self.instance.escape(at)
        return UNKNOWN


@shared_data
class SubclassesThing(Thing):
    """`__subclasses__` of a class: the classes of the program that extend it."""

    cls: Thing

    def call(self, arguments: ArgumentValues, at: At) -> Values:  # noqa: ARG002
        """A list of the classes."""
        return frozenset({new_list(at, [at.read((self.cls, "subclasses"))], is_ordered=False)})
