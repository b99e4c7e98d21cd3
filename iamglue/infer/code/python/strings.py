"""Strings as objects: their methods, formatting and concatenation on the parts that are known.

The file is long because a text, its methods and its pieces make each other.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable

from iamglue.infer.code.python.abstract_objects import (
    MAX_TEXTS,
    NONE,
    NOTHING,
    UNKNOWN,
    AbstractObject,
    ArgumentValues,
    Site,
    Values,
    limit_texts,
)
from iamglue.infer.code.python.interning import interned_dataclass
from iamglue.infer.code.python.text_changes import SAME, last_piece, remove_affix, replace_text, same_text
from iamglue.infer.code.python.texts import join_texts, literal_of, literal_text, step_into, symbol_of
from iamglue.infer.code.values import UNKNOWN_TEXT, Text, UnknownPart, ValueOrigin

_SPLITS = {"split", "rsplit", "partition", "rpartition", "splitlines"}
_DATA_METHODS = frozenset({"get", "items", "values", "keys", "pop", "setdefault"})
_SNAKE = re.compile(r"_([a-z0-9])")
# Attributes of the event classes of Powertools for AWS Lambda that are not the snake case of the event's keys.
# https://docs.powertools.aws.dev/lambda/python/latest/utilities/data_classes/
_EVENT_ATTRIBUTES = {
    "records": ("Records",),
    "record": ("Records", "[]"),
    "bucket_name": ("Records", "[]", "s3", "bucket", "name"),
    "object_key": ("Records", "[]", "s3", "object", "key"),
    "get_object": ("object",),
    "json_body": ("body", "#json"),
    "decoded_body": ("body",),
    "sns_message": ("Records", "[]", "Sns", "Message"),
    "sns": ("Sns",),
    "message": ("Message",),
    "new_image": ("NewImage",),
    "old_image": ("OldImage",),
    "raw_event": (),
    "event_source_arn": ("eventSourceARN",),
}


@interned_dataclass
class TextObject(AbstractObject):
    """A text, number or boolean, or a part of the event, of the environment or of a parameter that no caller fills."""

    text: Text

    @property
    def as_text(self) -> Text:
        """The text."""
        return self.text

    def with_text(self, text: Text) -> AbstractObject:
        """Another text."""
        return TextObject(text)

    @property
    def is_known(self) -> bool:
        """A parameter that no caller fills may be a client; texts and parts of the event are none."""
        return not any(
            isinstance(part, UnknownPart) and part.origin in (ValueOrigin.PARAMETER, ValueOrigin.UNKNOWN)
            for part in self.text
        )

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002
        """A method, or an attribute of a part of the event."""
        symbol = symbol_of(self.text)
        if symbol is None:
            # A member of an enumeration is its value.
            return frozenset({self if name == "value" else TextMethod(self.text, name)})
        if name in _DATA_METHODS or name in SAME or name in _SPLITS or name in ("format", "join", "replace"):
            return frozenset({TextMethod(self.text, name)})
        steps = _EVENT_ATTRIBUTES.get(name) if symbol.origin is ValueOrigin.EVENT else None
        if steps is None:
            key = _SNAKE.sub(lambda match: match[1].upper(), name) if symbol.origin is ValueOrigin.EVENT else name
            steps = (key,)
        text: Text = self.text
        for step in steps:
            part = symbol_of(text)
            text = step_into(part, step) if part else text
        return frozenset({TextObject(text)})

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """What a parameter that is a function returns."""
        at.escape(arguments)
        return UNKNOWN

    def item(self, key: Values, at: Site) -> Values:  # noqa: ARG002
        """A member of a part of the event or of decoded JSON; a part of a text is not known."""
        symbol = symbol_of(self.text)
        if symbol is None:
            return UNKNOWN_STRINGS
        return values_of(step_into(symbol, _path_step(obj)) for obj in key) if key else NOTHING

    def elements(self, at: Site) -> Values:  # noqa: ARG002
        """The elements of a part of the event."""
        symbol = symbol_of(self.text)
        return frozenset({TextObject(step_into(symbol, "[]"))}) if symbol else UNKNOWN_STRINGS


@interned_dataclass
class TextMethod(AbstractObject):
    """A bound method of a text."""

    text: Text
    name: str

    def call(self, arguments: ArgumentValues, at: Site) -> Values:  # noqa: PLR0911
        """The result, by what is known of the text and of the arguments."""
        if self.name in SAME:
            return values_of([same_text(self.text, self.name, _one_literal(arguments.get(0, "chars")))])
        symbol = symbol_of(self.text)
        if self.name in _DATA_METHODS and symbol is not None:
            return self._read_data(symbol, arguments)
        if self.name in _SPLITS:
            limit = _one_literal(arguments.get(1, "maxsplit")) or "-1"
            return frozenset({PiecesObject(self.text, self.name, _one_literal(arguments.get(0, "sep")), limit)})
        if self.name == "replace":
            return values_of(
                [replace_text(self.text, _one_literal(arguments.get(0, "")), _one_literal(arguments.get(1, "")))]
            )
        if self.name == "join":
            return _join(self.text, arguments.get(0, ""), at)
        if self.name == "format":
            return format_values(self.text, arguments, at)
        if self.name in ("removeprefix", "removesuffix"):
            return values_of([remove_affix(self.text, self.name, _one_literal(arguments.get(0, "")))])
        return UNKNOWN if symbol else UNKNOWN_STRINGS

    def _read_data(self, symbol: UnknownPart, arguments: ArgumentValues) -> Values:
        """What a method of a mapping gives that is a part of the event or of decoded JSON."""
        if self.name in ("get", "pop", "setdefault"):
            keys = arguments.get(0, "")
            return values_of(step_into(symbol, _path_step(obj)) for obj in keys) | arguments.get(1, "default")
        if self.name == "items":
            return frozenset({PairsObject(symbol)})
        return frozenset({TextObject(step_into(symbol, "*"))}) if self.name == "values" else UNKNOWN_STRINGS


@interned_dataclass
class PairsObject(AbstractObject):
    """The `items()` of a mapping that is a part of the event."""

    part: UnknownPart

    def elements(self, at: Site) -> Values:  # noqa: ARG002
        """A key and a value."""
        return frozenset({self})

    def item(self, key: Values, at: Site) -> Values:  # noqa: ARG002
        """The value; the key is not known."""
        return frozenset({TextObject(step_into(self.part, "*"))}) | UNKNOWN_STRINGS


@interned_dataclass
class PiecesObject(AbstractObject):
    """The result of `split` and the like."""

    text: Text
    method: str
    separator: str | None
    limit: str = "-1"

    def elements(self, at: Site) -> Values:  # noqa: ARG002
        """Any piece."""
        literal = literal_of(self.text)
        if literal is not None:
            return values_of(literal_text(piece) for piece in self._literal_pieces(literal))
        symbol = symbol_of(self.text)
        return values_of([step_into(symbol, "[]")]) if symbol else UNKNOWN_STRINGS

    def item(self, key: Values, at: Site) -> Values:
        """A piece: of an ARN, address or path the variable or part of the event still names the resource."""
        index = _one_literal(key)
        literal = literal_of(self.text)
        if index is None or not re.fullmatch(r"-?\d{1,6}", index):
            return self.elements(at)
        if literal is not None:
            pieces = self._literal_pieces(literal)
            return (
                values_of([literal_text(pieces[int(index)])]) if -len(pieces) <= int(index) < len(pieces) else NOTHING
            )
        last = self.text[-1]
        if index == "-1" and isinstance(last, str) and self.separator and self.separator in last:
            return values_of([literal_text(last.split(self.separator)[-1])])
        symbol = symbol_of(self.text)
        if index == "-1" and isinstance(last, UnknownPart) and symbol is None and self.separator:
            return values_of([last_piece(self.text, self.separator)])
        if symbol is not None and self.separator in ("/", ":", ":::", "://"):
            return values_of([self.text])
        return self.elements(at)

    def _literal_pieces(self, literal: str) -> list[str]:
        """The pieces of a known text."""
        if self.method == "splitlines":
            return literal.splitlines()
        if self.method in ("partition", "rpartition"):
            return list(getattr(literal, self.method)(self.separator or " "))
        limit = int(self.limit) if re.fullmatch(r"-?\d{1,6}", self.limit) else -1
        split = literal.rsplit if self.method == "rsplit" else literal.split
        return split(self.separator or None, limit)


_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
UNKNOWN_STRINGS: Values = frozenset({TextObject(UNKNOWN_TEXT)})


def text_values(text: str) -> Values:
    """The values that are exactly one text."""
    return frozenset({TextObject((text,) if text else ())})


def values_of(texts: Iterable[Text]) -> Values:
    """The values that are one of several texts."""
    return limit_texts(frozenset(map(TextObject, texts)), MAX_TEXTS)[0]


def texts_of(values: Values) -> list[Text]:
    """Values as texts, each once; what is not a text is a text that is not known."""
    return list(dict.fromkeys(UNKNOWN_TEXT if (text := obj.as_text) is None else text for obj in values))


def literals_of(values: Values) -> list[str]:
    """The texts that are known as a whole, sorted."""
    return sorted(
        literal for obj in values if (text := obj.as_text) is not None and (literal := literal_of(text)) is not None
    )


def add_values(left: Values, right: Values) -> Values:
    """`left + right`: a number that is not known if one of both is only numbers and no text stands before it."""
    if _are_numbers(left) or (_are_numbers(right) and not any(map(_begins_with_letters, texts_of(left)))):
        return UNKNOWN_STRINGS
    return concatenate(left, right)


def _begins_with_letters(text: Text) -> bool:
    return bool(text) and isinstance(text[0], str) and not _NUMBER.fullmatch(text[0])


def _are_numbers(values: Values) -> bool:
    literals = [literal_of(text) if (text := obj.as_text) is not None else None for obj in values]
    return bool(literals) and all(literal is not None and _NUMBER.fullmatch(literal) for literal in literals)


def concatenate(*several: Values) -> Values:
    """Every text that parts one after the other may give."""
    if any(not values for values in several):
        return NOTHING
    results: set[Text] = {()}
    for values in several:
        texts = texts_of(values)
        if len(results) * len(texts) > MAX_TEXTS:
            return values_of([join_texts(next(iter(results)), UNKNOWN_TEXT) if len(results) == 1 else UNKNOWN_TEXT])
        results = {join_texts(first, second) for first, second in itertools.product(results, texts)}
    return values_of(results)


def format_values(template: Text, arguments: ArgumentValues, at: Site) -> Values:
    """The results of `template.format(...)`."""
    literal = literal_of(template)
    if literal is None:
        return UNKNOWN_STRINGS
    numbers = itertools.count()

    def field(name: str) -> Values:
        """The value of `{name}`, with its attributes and items; a name that is not given is not known."""
        first, *steps = re.split(r"[.\[]", name.partition("!")[0].partition(":")[0])
        position = next(numbers) if first == "" else int(first) if first.isdigit() and len(first) < 4 else -1
        values = arguments.get(position, first)
        for step in steps:
            values = frozenset(value for obj in values for value in obj.item(text_values(step.rstrip("]")), at))
        return values or UNKNOWN_STRINGS

    return _substitute(re.split(r"(\{\{|\}\}|\{[^{}]*\})", literal), lambda piece: field(piece[1:-1]), "{")


def percent_values(template: Values, argument: Callable[[int, str], Values]) -> Values:
    """The results of `template % argument`; `argument` gives the value of a place or name."""
    results: Values = NOTHING
    for text in texts_of(template):
        literal = literal_of(text)
        if literal is None:
            results |= UNKNOWN_STRINGS
            continue
        numbers = itertools.count()

        def field(piece: str, numbers: itertools.count[int] = numbers) -> Values:
            """The value of `%s`, by its number, or of `%(name)s`."""
            if piece == "%%":
                return text_values("%")
            name = re.match(r"%\((.*?)\)", piece)
            return (argument(-1, name[1]) if name else argument(next(numbers), "")) or UNKNOWN_STRINGS

        pieces = re.split(r"(%(?:\([^)]*\))?[-+ #0-9.*]*[a-zA-Z%])", literal)
        results |= _substitute(pieces, field, "%")
    return results


def _substitute(pieces: list[str], field: Callable[[str], Values], sign: str) -> Values:
    """The text with a value for each field; every second piece is a field."""
    values: list[Values] = []
    for number, piece in enumerate(pieces):
        if piece in ("{{", "}}") and sign == "{":
            values.append(text_values(piece[0]))
        elif number % 2:
            values.append(field(piece))
        elif piece:
            values.append(text_values(piece))
    return concatenate(*values)


def _join(separator: Text, argument: Values, at: Site) -> Values:
    """`separator.join(list)`: in order if the list's elements are known one by one."""
    results: Values = NOTHING
    for obj in argument:
        elements = getattr(obj, "ordered_elements", None)
        known = elements(at) if elements else None
        if known is None:
            results |= UNKNOWN_STRINGS
            continue
        parts: list[Values] = []
        for element in known:
            parts.extend(([frozenset({TextObject(separator)})] if parts else []) + [element])
        results |= concatenate(*parts) if parts else text_values("")
    return results


def _one_literal(values: Values) -> str | None:
    texts = literals_of(values)
    return texts[0] if len(texts) == 1 and len(values) == 1 else None


def _path_step(key: AbstractObject) -> str:
    """A key as a step of a path."""
    literal = literal_of(key.as_text) if key.as_text is not None else None
    if literal is None:
        return "*"
    return "[]" if re.fullmatch(r"-?\d+", literal) else literal


def constant_values(value: object) -> Values:
    """The values of a constant."""
    if value is None:
        return NONE
    if isinstance(value, bool):
        return text_values("true" if value else "false")
    if isinstance(value, bytes):
        return text_values(value.decode("utf-8", "replace"))
    return text_values(str(value)) if isinstance(value, str | int | float) else UNKNOWN_STRINGS
