"""What expressions evaluate to: a value is a set of options, each a text or one of the objects below.

Objects are compared by identity; `ScriptMachine.intern` gives the same one for the same origin.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from iamglue.infer.code.javascript.syntax import ClassInfo, FunctionInfo
from iamglue.infer.code.values import UNKNOWN_TEXT, Text, UnknownPart, ValueOrigin, environment_default


@dataclass(slots=True, eq=False)
class ScriptObject:
    """Something that a value may be and that is not a text."""


Value = frozenset[Text | ScriptObject]

# That a value may be undefined, as the program writes it: `local ? endpoint : undefined`, `...(local && {endpoint})`.
NOTHING = ScriptObject()

EMPTY: Value = frozenset()
UNKNOWN: Value = frozenset({UNKNOWN_TEXT})
# A text that has too many forms: it takes up all other texts, so that a value does not grow for ever.
MANY_TEXTS: Text = (UnknownPart(ValueOrigin.UNKNOWN, "*"),)

MAX_TEXTS = 32
MAX_OBJECTS = 160
MAX_PARTS = 12
MAX_LENGTH = 500


@dataclass(slots=True, eq=False)
class Activation:
    """A call of a function, in the context of the calls that lead to it: its variables are its own."""

    info: FunctionInfo
    context: tuple[object, ...]
    parent: Activation | None
    is_reached: bool = False


@dataclass(slots=True, eq=False)
class ScriptFunction(ScriptObject):
    """A function with the variables around it; `owner` is the class of a method, `this` what it is bound to.

    `bound_count`: so many first arguments are bound to it, which are in the machine's store.
    """

    info: FunctionInfo
    parent: Activation
    owner: ScriptClass | None = None
    this: Value | None = None
    bound_count: int = 0


@dataclass(slots=True, eq=False)
class ScriptClass(ScriptObject):
    """A class with the variables around it."""

    info: ClassInfo
    parent: Activation


@dataclass(slots=True, eq=False)
class ScriptCollection(ScriptObject):
    """An object: `kind` is `object`, `array` or `map`; `keys` are the names of its members."""

    kind: str
    owner: ScriptClass | ScriptFunction | None = None
    keys: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class ScriptModule(ScriptObject):
    """The exports of a file of the project."""

    path: str


@dataclass(slots=True, eq=False)
class PackageMember(ScriptObject):
    """A member of a package, or of what the language has (package `global`)."""

    package: str
    names: tuple[str, ...]


@dataclass(slots=True, eq=False)
class ScriptEnvironment(ScriptObject):
    """`process.env`; `is_checked`: as a library for checking gives it, which may add names of its own."""

    is_checked: bool = False


@dataclass(slots=True, eq=False)
class ScriptClient(ScriptObject):
    """A client of AWS by botocore's name; `style` is `v3`, `v2` or `document` (v2's document client).

    Its options are in the machine's store. A client that only its declared type makes known is `is_declared`.
    """

    client: str
    style: str
    is_declared: bool = False


@dataclass(slots=True, eq=False)
class ScriptCommand(ScriptObject):
    """A command of the SDK v3: its request is `key` of the machine's requests; `operation` is "" if not known."""

    client: str
    operation: str
    key: object


@dataclass(slots=True, eq=False)
class ScriptResponse(ScriptObject):
    """What a request of the SDK gives, or a part of it: `names` are the members that lead to it."""

    client: str
    operation: str
    key: object
    names: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class UncalledMethod(ScriptObject):
    """A method that is not called yet, of something the program did not write; `leading` are bound arguments."""

    receiver: Text | ScriptObject
    name: str
    leading: tuple[Value, ...] = ()


@dataclass(slots=True, eq=False)
class ScriptHelper(ScriptObject):
    """An object of a class of a library whose documentation says which requests its methods make."""

    package: str
    name: str


@dataclass(slots=True, eq=False)
class ScriptCredentials(ScriptObject):
    """Credentials of a role that the code assumes; the role's ARN is in the machine's store."""

    key: object


@dataclass(slots=True, eq=False)
class PromiseSettler(ScriptObject):
    """The function that gives a promise, or a callback's caller, its value."""

    key: object


def text_of(text: str) -> Value:
    """The value that is one literal text."""
    return frozenset({(text,) if text else ()})


def placeholder(origin: ValueOrigin, name: str) -> Value:
    """The value that is a text which the code does not say."""
    return frozenset({(UnknownPart(origin, name),)})


def join(first: Value, second: Value) -> Value:
    """What may be either of two values; too many texts are one that is not known."""
    if second <= first:
        return first
    if not first:
        return second
    value = first | second
    if len(value) <= MAX_TEXTS and MANY_TEXTS not in value:
        return value
    others = frozenset(option for option in value if not isinstance(option, tuple))
    if MANY_TEXTS in value or len(value) - len(others) > MAX_TEXTS:
        value = others | {MANY_TEXTS}
    return value if len(others) <= MAX_OBJECTS else first | {MANY_TEXTS}


def environment_defaults(value: Value, defaults: Value) -> Value:
    """Default values, each text as that of the environment variable that `value` is, if it is one."""
    variable = next(iter(value), None) if len(value) == 1 else None
    if not isinstance(variable, tuple):
        return defaults
    return frozenset(
        environment_default(option, variable) if isinstance(option, tuple) else option for option in defaults
    )


def join_all(values: list[Value]) -> Value:
    """What may be any of several values."""
    result = EMPTY
    for value in values:
        result = join(result, value)
    return result


def literal_texts(value: Value) -> list[str]:
    """The texts that are known completely."""
    return sorted(literal for option in value if (literal := literal_text(option)) is not None)


def literal_text(option: Text | ScriptObject) -> str | None:
    """A text that is known completely; None for all else."""
    if not isinstance(option, tuple) or len(option) > 1:
        return None
    if not option:
        return ""
    part = option[0]
    if isinstance(part, UnknownPart):
        return part.value if part.origin is ValueOrigin.LITERAL else None  # the default of an environment variable
    return part


def single_placeholder(option: Text | ScriptObject) -> UnknownPart | None:
    """The one part of a text that is nothing but a placeholder."""
    if isinstance(option, tuple) and len(option) == 1 and isinstance(option[0], UnknownPart):
        return option[0]
    return None


def concatenate(values: list[Value]) -> Value:
    """The texts that values give one after another; what is not a text is a part that is not known."""
    results: set[Text] = {()}
    for value in values:
        texts = {option if isinstance(option, tuple) else UNKNOWN_TEXT for option in value if option is not NOTHING}
        if len(results) * len(texts) > MAX_TEXTS:
            texts = {UNKNOWN_TEXT}
        results = {_append_text(text, other) for text in results for other in texts}
    return frozenset(results)


def _append_text(first: Text, second: Text) -> Text:
    """One text after another; too long a text is one that takes up all others."""
    if first and second and isinstance(first[-1], str) and isinstance(second[0], str):
        text: Text = (*first[:-1], first[-1] + second[0], *second[1:])
    elif first and second and first[-1] == second[0] == UNKNOWN_TEXT[0]:
        text = (*first, *second[1:])
    else:
        text = (*first, *second)
    is_long = len(text) > MAX_PARTS or sum(len(part) for part in text if isinstance(part, str)) > MAX_LENGTH
    return MANY_TEXTS if is_long else text
