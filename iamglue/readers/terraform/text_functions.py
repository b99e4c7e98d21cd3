"""Terraform's functions on texts.

https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

import re
from collections.abc import Callable

from iamglue.policy.patterns.variables import tokenize
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.terraform.string_templates import is_traversal, unresolved_parameter
from iamglue.readers.terraform.values import ValueFactory, has_known_items, integer, is_resolved_text

TextFunction = Callable[[ValueFactory, list[Node]], Node | None]
_VERB = re.compile(r"%[sdv]")
# Of regular expressions only what RE2, which Terraform has, and Python read in the same way.
_COMMON_PATTERN = re.compile(r"[\w\s\[\]^*+.,:@-]*")
_OTHER_IN_PYTHON = ("[:", "[[", "--")
# What no account, Region or partition contains.
_ARN_SEPARATORS = (":", "/")
_FIRST_LETTER = re.compile(r"(?<!\w)\w")


def _text_of(node: Node) -> tuple[str, bool] | None:
    """The text of a value, and whether parts of it are unknown; None if it is not one text."""
    if node.kind is NodeKind.SCALAR and not node.is_null:
        return node.text, node.unresolved
    if node.kind is NodeKind.UNKNOWN and is_traversal(node.text):
        return unresolved_parameter(node.text), True
    return None


def _join_parts(factory: ValueFactory, parts: list[str], values: list[Node]) -> Node | None:
    """Literal parts with values between them."""
    texts = [_text_of(value) for value in values]
    known = [text for text in texts if text is not None]
    if len(known) < len(texts):
        return None
    text = parts[0] + "".join(value + part for (value, _), part in zip(known, parts[1:], strict=True))
    return factory.text(text, unresolved=any(unknown for _, unknown in known))


def _format(factory: ValueFactory, arguments: list[Node]) -> Node | None:
    """The formatted text; None for verbs other than `%s`, `%d` and `%v`, or if a value is not a text."""
    if not arguments or arguments[0].kind is not NodeKind.SCALAR:
        return None
    template, *values = arguments
    parts = _VERB.split(template.text.replace("%%", "\0"))
    if len(parts) != len(values) + 1 or "%" in "".join(parts):
        return None
    result = _join_parts(factory, [part.replace("\0", "%") for part in parts], values)
    if result is None or not template.unresolved:
        return result
    return factory.text(result.text, unresolved=True)


def _format_list(factory: ValueFactory, arguments: list[Node]) -> Node | None:
    """One text for each item; lists of arguments have the same length, a text is used for all."""
    lists = [argument for argument in arguments[1:] if argument.kind is NodeKind.LIST]
    if not lists or not all(map(has_known_items, lists)) or len({len(values.items) for values in lists}) != 1:
        return None
    results = []
    for number in range(len(lists[0].items)):
        values = [value.items[number] if value.kind is NodeKind.LIST else value for value in arguments[1:]]
        result = _format(factory, [arguments[0], *values])
        if result is None:
            return None
        results.append(result)
    return factory.list(results)


def _join(factory: ValueFactory, arguments: list[Node]) -> Node | None:
    """The texts of all lists with a separator between them; None if some item is not known."""
    separator, *lists = arguments or [factory.null()]
    if not is_resolved_text(separator) or not lists or not all(map(has_known_items, lists)):
        return None
    items = [item for values in lists for item in values.items]
    if len(items) < 2:
        return items[0] if items else factory.text("")
    return _join_parts(factory, ["", *[separator.text] * (len(items) - 1), ""], items)


def _split_text(factory: ValueFactory, arguments: list[Node]) -> Node | None:
    """The parts of a text; None if a part of it that is not known may contain the separator."""
    if len(arguments) != 2 or not is_resolved_text(arguments[0]) or not arguments[0].text:
        return None
    separator, text = arguments
    if text.kind is not NodeKind.SCALAR or text.is_null:
        return None
    parameters = [token.name for token in tokenize(text.text) if token.is_parameter] if text.unresolved else []
    if parameters and (separator.text not in _ARN_SEPARATORS or not all(map(_is_part_of_arns, parameters))):
        return None  # an unknown value may contain the separator
    parts = _split_outside_parameters(text.text, separator.text) if text.unresolved else text.text.split(separator.text)
    return factory.list(factory.text(part, unresolved="${" in part and text.unresolved) for part in parts)


def _is_part_of_arns(name: str) -> bool:
    """Whether a parameter is a part of every ARN, such as the account or Region, so that it has no `:` and no `/`."""
    return name.startswith("AWS::")


def _split_outside_parameters(text: str, separator: str) -> list[str]:
    hidden = text.replace("${AWS::", "\0")
    return [part.replace("\0", "${AWS::") for part in hidden.split(separator)]


def _replace(factory: ValueFactory, arguments: list[Node]) -> Node | None:
    """The text with a part replaced: a text, or a regular expression between slashes."""
    if len(arguments) != 3 or not all(map(is_resolved_text, arguments)):
        return None
    text, old, new = (argument.text for argument in arguments)
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        result = _replace_pattern(text, old[1:-1], new)
        return None if result is None else factory.text(result)
    return factory.text(text.replace(old, new))


def _replace_pattern(text: str, pattern: str, new: str) -> str | None:
    """The text with the matches of a regular expression replaced; None if Terraform's RE2 may do it in another way."""
    if not _COMMON_PATTERN.fullmatch(pattern) or any(part in pattern for part in _OTHER_IN_PYTHON) or "$" in new:
        return None
    try:
        expression = re.compile(pattern)
    except re.error:
        return None
    return None if expression.fullmatch("") else expression.sub(lambda _: new, text)


def _on_text(convert: Callable[[str], str]) -> TextFunction:
    """A function of one known text."""

    def call(factory: ValueFactory, arguments: list[Node]) -> Node | None:
        return factory.text(convert(arguments[0].text)) if all(map(is_resolved_text, arguments)) else None

    return call


def _affix(convert: Callable[[str, str], str | bool]) -> TextFunction:
    """A function of a text and an affix or set of characters."""

    def call(factory: ValueFactory, arguments: list[Node]) -> Node | None:
        """The result; None if one of the two texts is not known."""
        if len(arguments) != 2 or not all(map(is_resolved_text, arguments)):
            return None
        result = convert(arguments[0].text, arguments[1].text)
        return factory.plain(result) if isinstance(result, bool) else factory.text(result)

    return call


def _substr(factory: ValueFactory, arguments: list[Node]) -> Node | None:
    """The text from an offset; a negative length is up to its end."""
    if len(arguments) != 3 or not is_resolved_text(arguments[0]):
        return None
    offset, length = integer(arguments[1]), integer(arguments[2])
    if offset is None or length is None or offset < 0:
        return None
    return factory.text(arguments[0].text[offset:] if length < 0 else arguments[0].text[offset : offset + length])


def _to_text(factory: ValueFactory, arguments: list[Node]) -> Node | None:
    """The value as text; INVALID for a list or map, which Terraform refuses."""
    argument = arguments[0] if len(arguments) == 1 else factory.null()
    if argument.kind in (NodeKind.LIST, NodeKind.MAP):
        return factory.unknown("a list or map as text", "tag:yaml.org,2002:null")
    if argument.kind is NodeKind.SCALAR and argument.plain and not argument.is_null:
        return factory.text(argument.text)
    return argument


def _first_argument(_: ValueFactory, arguments: list[Node]) -> Node | None:
    return arguments[0] if len(arguments) == 1 else None


TEXT_FUNCTIONS: dict[str, TextFunction] = {
    "chomp": _on_text(lambda text: text.rstrip("\r\n")),
    "endswith": _affix(str.endswith),
    "format": _format,
    "formatlist": _format_list,
    "join": _join,
    "lower": _on_text(str.lower),
    "nonsensitive": _first_argument,
    "replace": _replace,
    "sensitive": _first_argument,
    "split": _split_text,
    "startswith": _affix(str.startswith),
    "strcontains": _affix(lambda text, part: part in text),
    "substr": _substr,
    "title": _on_text(lambda text: _FIRST_LETTER.sub(lambda letter: letter[0].upper(), text)),
    "tobool": _first_argument,
    "tonumber": _first_argument,
    "tostring": _to_text,
    "trim": _affix(lambda text, characters: text.strip(characters)),
    "trimprefix": _affix(str.removeprefix),
    "trimspace": _on_text(str.strip),
    "trimsuffix": _affix(str.removesuffix),
    "upper": _on_text(str.upper),
}
