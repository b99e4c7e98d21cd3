"""Environment variables: `os.environ`, `os.getenv` and what is like it."""

from __future__ import annotations

from iamglue.infer.code.python.abstract_objects import NONE, AbstractObject, ArgumentValues, Site, Values
from iamglue.infer.code.python.extern import OBJECTS, extern_function
from iamglue.infer.code.python.interning import interned_dataclass
from iamglue.infer.code.python.strings import UNKNOWN_STRINGS, literals_of, texts_of, values_of
from iamglue.infer.code.python.texts import literal_of
from iamglue.infer.code.values import UNKNOWN_TEXT, UnknownPart, ValueOrigin, environment_default


def environment_values(names: Values) -> Values:
    """The environment variables of those names."""
    return values_of(
        (UnknownPart(ValueOrigin.ENVIRONMENT, literal),) if (literal := literal_of(text)) is not None else UNKNOWN_TEXT
        for text in texts_of(names)
    )


@interned_dataclass
class EnvironmentObject(AbstractObject):
    """`os.environ`."""

    def item(self, key: Values, at: Site) -> Values:
        """A variable, or what the program sets it to."""
        values = environment_values(key)
        for name in literals_of(key):
            values |= at.read(("environment", name))
        return values

    def set_item(self, key: Values, values: Values, at: Site) -> None:
        """Store what the program sets a variable to."""
        for name in literals_of(key):
            at.write(("environment", name), values)

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002
        """The bound method of that name."""
        return frozenset({EnvironmentMethod(name)})

    def elements(self, at: Site) -> Values:  # noqa: ARG002
        """A name that is not known."""
        return UNKNOWN_STRINGS


@interned_dataclass
class EnvironmentMethod(AbstractObject):
    """A method of `os.environ`."""

    name: str

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """`get` and `setdefault` give the variable or the default."""
        if self.name in ("get", "setdefault", "pop"):
            return _with_default(arguments, at)
        if self.name == "copy":
            return frozenset({EnvironmentObject()})
        return UNKNOWN_STRINGS


OBJECTS["os.environ"] = frozenset({EnvironmentObject()})
OBJECTS["os.environb"] = frozenset({EnvironmentObject()})


@extern_function("os.getenv", "os.environ.get", "decouple.config", "environs.Env.str")
def _getenv(arguments: ArgumentValues, at: Site) -> Values:
    return _with_default(arguments, at)


def _with_default(arguments: ArgumentValues, at: Site) -> Values:
    """The variable, or the default."""
    values = EnvironmentObject().item(arguments.get(0, "key"), at)
    return values | (defaults_of(values, arguments.get(1, "default")) or NONE)


def defaults_of(values: Values, defaults: Values) -> Values:
    """Default values, each as that of the environment variable that the only value is."""
    if len(values) != 1:
        return defaults
    (variable,) = texts_of(values)
    texts = {obj: obj.as_text for obj in defaults}
    others = frozenset(obj for obj, text in texts.items() if text is None)
    return others | values_of(environment_default(text, variable) for text in texts.values() if text is not None)
