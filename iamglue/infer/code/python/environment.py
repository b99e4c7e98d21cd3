"""Environment variables: `os.environ`, `os.getenv` and what is like it."""

from __future__ import annotations

from iamglue.infer.code.python.extern import OBJECTS, extern_function
from iamglue.infer.code.python.shared import shared_data
from iamglue.infer.code.python.strings import UNKNOWN_STRINGS, literals_of, texts_of, values_of
from iamglue.infer.code.python.texts import literal_of
from iamglue.infer.code.python.things import NONE, ArgumentValues, At, Thing, Values
from iamglue.infer.code.values import UNKNOWN_TEXT, UnknownPart, ValueOrigin, environment_default


def environment_values(names: Values) -> Values:
    """The environment variables of those names."""
    return values_of(
        (UnknownPart(ValueOrigin.ENVIRONMENT, literal),) if (literal := literal_of(text)) is not None else UNKNOWN_TEXT
        for text in texts_of(names)
    )


@shared_data
class EnvironmentThing(Thing):
    """`os.environ`."""

    def item(self, key: Values, at: At) -> Values:
        """A variable, or what the program sets it to."""
        values = environment_values(key)
        for name in literals_of(key):
            values |= at.read(("environment", name))
        return values

    def set_item(self, key: Values, values: Values, at: At) -> None:
        """Store what the program sets a variable to."""
        for name in literals_of(key):
            at.write(("environment", name), values)

    def attribute(self, name: str, at: At) -> Values:  # noqa: ARG002
        """A method."""
        return frozenset({EnvironmentMethod(name)})

    def elements(self, at: At) -> Values:  # noqa: ARG002
        """A name that is not known."""
        return UNKNOWN_STRINGS


@shared_data
class EnvironmentMethod(Thing):
    """A method of `os.environ`."""

    name: str

    def call(self, arguments: ArgumentValues, at: At) -> Values:
        """`get` and `setdefault` give the variable or the default."""
        if self.name in ("get", "setdefault", "pop"):
            return _with_default(arguments, at)
        if self.name == "copy":
            return frozenset({EnvironmentThing()})
        return UNKNOWN_STRINGS


OBJECTS["os.environ"] = frozenset({EnvironmentThing()})
OBJECTS["os.environb"] = frozenset({EnvironmentThing()})


@extern_function("os.getenv", "os.environ.get", "decouple.config", "environs.Env.str")
def _getenv(arguments: ArgumentValues, at: At) -> Values:
    return _with_default(arguments, at)


def _with_default(arguments: ArgumentValues, at: At) -> Values:
    """The variable, or the default."""
    values = EnvironmentThing().item(arguments.get(0, "key"), at)
    return values | (defaults_of(values, arguments.get(1, "default")) or NONE)


def defaults_of(values: Values, defaults: Values) -> Values:
    """Default values, each as that of the environment variable that the only value is."""
    if len(values) != 1:
        return defaults
    (variable,) = texts_of(values)
    texts = {thing: thing.as_text for thing in defaults}
    others = frozenset(thing for thing, text in texts.items() if text is None)
    return others | values_of(environment_default(text, variable) for text in texts.values() if text is not None)
