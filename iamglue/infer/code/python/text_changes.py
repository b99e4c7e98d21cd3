"""What string methods make of a text of which parts are not known."""

from __future__ import annotations

from iamglue.infer.code.python.texts import join_texts, literal_of, literal_text, symbol_of
from iamglue.infer.code.values import UNKNOWN_TEXT, Text, ValueOrigin

# Methods whose result has the same meaning for naming a resource: `strip` of a variable, `decode` of a key.
SAME = frozenset(
    {
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "upper",
        "casefold",
        "decode",
        "encode",
        "copy",
        "read",
        "title",
        "expandtabs",
    }
)
_CASES = frozenset({"lower", "upper", "casefold", "title"})
_CHANGES = _CASES | {"strip", "lstrip", "rstrip"}


def same_text(text: Text, method: str, characters: str | None) -> Text:
    """The result of a method of `SAME`, with the characters that it strips; unknown parts stay."""
    if method not in _CHANGES or not text:
        return text
    given = [characters] if characters is not None and method.endswith("strip") else []
    literal = literal_of(text)
    if literal is not None:
        return literal_text(getattr(literal, method)(*given))
    if method == "title":  # it depends on the letters before a part
        return join_texts(*(UNKNOWN_TEXT if isinstance(part, str) else (part,) for part in text))
    if method in _CASES:
        return tuple(getattr(part, method)() if isinstance(part, str) else part for part in text)
    first, last = text[0], text[-1]
    if method in ("strip", "lstrip") and isinstance(first, str):
        text = (*literal_text(first.lstrip(*given)), *text[1:])
    if method in ("strip", "rstrip") and isinstance(last, str):
        text = (*text[:-1], *literal_text(last.rstrip(*given)))
    return text


def replace_text(text: Text, old: str | None, new: str | None) -> Text:
    """A replacement in the parts that are known, by texts that are None if they are not known.

    A part of the event stays what it is, as in `key.replace("+", " ")`, and so does one that loses a part of an ARN.
    """
    if old is None or new is None:
        symbol = symbol_of(text)
        return text if symbol and symbol.origin is ValueOrigin.EVENT else UNKNOWN_TEXT
    parts: list[Text] = []
    for part in text:
        if isinstance(part, str):
            parts.append(literal_text(part.replace(old, new) if old else part))
        else:
            is_same = part.origin is ValueOrigin.EVENT or ":" in old or "/" in old
            parts.append((part,) if is_same else UNKNOWN_TEXT)
    return join_texts(*parts)


def remove_affix(text: Text, method: str, affix: str | None) -> Text:
    """The result of `removeprefix` or `removesuffix`."""
    literal = literal_of(text)
    if literal is not None and affix is not None:
        return literal_text(getattr(literal, method)(affix))
    return text if symbol_of(text) else UNKNOWN_TEXT


def last_piece(text: Text, separator: str) -> Text:
    """The last piece of a text of several parts."""
    for index in range(len(text) - 1, -1, -1):
        part = text[index]
        if isinstance(part, str) and separator in part:
            return join_texts(literal_text(part.rpartition(separator)[2]), text[index + 1 :])
    return text
