"""Named tuples: `collections.namedtuple`."""

from __future__ import annotations

from iamglue.infer.code.python.containers import Container
from iamglue.infer.code.python.extern import extern_function
from iamglue.infer.code.python.shared import shared_data
from iamglue.infer.code.python.strings import literals_of
from iamglue.infer.code.python.texts import literal_of
from iamglue.infer.code.python.things import UNKNOWN, ArgumentValues, At, Thing, Values


@extern_function("collections.namedtuple")
def _namedtuple(arguments: ArgumentValues, at: At) -> Values:
    fields: list[str] = []
    for thing in arguments.get(1, "field_names"):
        elements = thing.ordered_elements(at) if isinstance(thing, Container) else None
        literal = literal_of(thing.as_text) if thing.as_text is not None else ""
        names = [name for values in elements or () for name in literals_of(values)]
        fields = names or (literal or "").replace(",", " ").split()
    return frozenset({RecordType(tuple(fields))})


@shared_data
class RecordType(Thing):
    """A type that `namedtuple` makes."""

    fields: tuple[str, ...]

    def call(self, arguments: ArgumentValues, at: At) -> Values:
        """A record."""
        record = RecordThing(self.fields, at.site, at.unit.context)
        for position, name in enumerate(self.fields):
            at.write((record, name), arguments.get(position, name))
        return frozenset({record})


@shared_data
class RecordThing(Thing):
    """A named tuple: its fields are cells."""

    fields: tuple[str, ...]
    site: int
    context: tuple[int, ...]

    def attribute(self, name: str, at: At) -> Values:
        """A field."""
        return at.read((self, name)) if name in self.fields else UNKNOWN

    def item(self, key: Values, at: At) -> Values:
        """A field by its number."""
        numbers = [int(name) for name in literals_of(key) if name.isdigit()]
        names = [self.fields[number] for number in numbers if number < len(self.fields)] or self.fields
        return frozenset(thing for name in names for thing in at.read((self, name)))

    def elements(self, at: At) -> Values:
        """Any field."""
        return frozenset(thing for name in self.fields for thing in at.read((self, name)))
