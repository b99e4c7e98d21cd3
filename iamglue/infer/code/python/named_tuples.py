"""Named tuples and namespaces: `collections.namedtuple`, `types.SimpleNamespace` and `threading.local`."""

from __future__ import annotations

from iamglue.infer.code.python.abstract_objects import UNKNOWN, AbstractObject, ArgumentValues, Site, Values
from iamglue.infer.code.python.containers import ANY, Container, copy_items
from iamglue.infer.code.python.extern import extern_function
from iamglue.infer.code.python.interning import interned_dataclass
from iamglue.infer.code.python.strings import literals_of, text_values
from iamglue.infer.code.python.texts import literal_of


@extern_function("collections.namedtuple")
def _namedtuple(arguments: ArgumentValues, at: Site) -> Values:
    """The type, by field names in a list or in one text; no fields if they are not known."""
    fields: list[str] = []
    for obj in arguments.get(1, "field_names"):
        elements = obj.ordered_elements(at) if isinstance(obj, Container) else None
        literal = literal_of(obj.as_text) if obj.as_text is not None else ""
        names = [name for values in elements or () for name in literals_of(values)]
        fields = names or (literal or "").replace(",", " ").split()
    return frozenset({RecordType(tuple(fields))})


@interned_dataclass
class RecordType(AbstractObject):
    """A type that `namedtuple` makes."""

    fields: tuple[str, ...]

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """A record with the arguments as fields."""
        record = RecordObject(self.fields, at.site, at.unit.context)
        for position, name in enumerate(self.fields):
            at.write((record, name), arguments.get(position, name))
        return frozenset({record})


@interned_dataclass
class RecordObject(AbstractObject):
    """A named tuple: its fields are cells."""

    fields: tuple[str, ...]
    site: int
    context: tuple[int, ...]

    def attribute(self, name: str, at: Site) -> Values:
        """A field; other names are not known."""
        return at.read((self, name)) if name in self.fields else UNKNOWN

    def item(self, key: Values, at: Site) -> Values:
        """A field by its number."""
        numbers = [int(name) for name in literals_of(key) if name.isdigit()]
        names = [self.fields[number] for number in numbers if number < len(self.fields)] or self.fields
        return frozenset(obj for name in names for obj in at.read((self, name)))

    def elements(self, at: Site) -> Values:
        """Any field."""
        return frozenset(obj for name in self.fields for obj in at.read((self, name)))


@extern_function("types.SimpleNamespace", "argparse.Namespace", "threading.local")
def _namespace(arguments: ArgumentValues, at: Site) -> Values:
    """A namespace with the keywords as attributes, and with the members of a mapping that is given."""
    members = Container("dict", at.site, at.unit.context)
    for obj in arguments.get(0, ""):
        copy_items(obj, members, at)
    for name, values in arguments.keywords.items():
        members.put(at, (name,), values)
    if arguments.more_keywords:
        members.put(at, ANY, UNKNOWN)
    return frozenset({NamespaceObject(members)})


@interned_dataclass
class NamespaceObject(AbstractObject):
    """A namespace: its attributes are the items of `members`."""

    members: Container

    def attribute(self, name: str, at: Site) -> Values:
        """What the namespace has by that name."""
        return self.members.item(text_values(name), at)

    def set_attribute(self, name: str, values: Values, at: Site) -> None:
        """Add to what the namespace has by that name."""
        self.members.put(at, (name,), values)

    def escape(self, at: Site) -> None:
        """Its attributes are given away as well."""
        self.members.escape(at)
