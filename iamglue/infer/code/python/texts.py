"""Texts of which parts are not known: joining, bounds, and paths into the event, the environment and parameters."""

from __future__ import annotations

from collections.abc import Collection

from iamglue.infer.code.values import UNKNOWN_TEXT, Text, UnknownPart, ValueOrigin

MAX_LENGTH = 2000
_MAX_PARTS = 12
_MAX_STEPS = 8


def join_texts(*texts: Text) -> Text:
    """Texts one after the other; what is too long ends in an unknown part, and unknown parts in a row are one."""
    parts: list[str | UnknownPart] = []
    for text in texts:
        for part in text:
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            elif part != "" and not (parts and part == parts[-1] == UNKNOWN_TEXT[0]):
                parts.append(part)
    return limit_text(tuple(parts))


def limit_text(text: Text) -> Text:
    """The text, cut if it is too long or has too many parts."""
    if len(text) > _MAX_PARTS:
        text = (*text[:_MAX_PARTS], *UNKNOWN_TEXT)
    if any(isinstance(part, str) and len(part) > MAX_LENGTH for part in text):
        first = text[0]
        return (first[:MAX_LENGTH], *UNKNOWN_TEXT) if isinstance(first, str) else UNKNOWN_TEXT
    return text


def common_text(texts: Collection[Text]) -> Text:
    """The literal beginning that all texts have, with an unknown part."""
    beginnings = [text[0] if text and isinstance(text[0], str) else "" for text in texts]
    first, last = min(beginnings, default=""), max(beginnings, default="")
    length = next((at for at in range(len(first)) if not last.startswith(first[: at + 1])), len(first))
    shared = first[:length]
    return (shared, *UNKNOWN_TEXT) if shared else UNKNOWN_TEXT


def literal_of(text: Text) -> str | None:
    """The text as a string; None if a part of it is not known."""
    if not text:
        return ""
    part = text[0]
    if len(text) > 1 or (isinstance(part, UnknownPart) and part.origin is not ValueOrigin.LITERAL):
        return None
    # The default of an environment variable has its name as well.
    return part if isinstance(part, str) else part.value


def symbol_of(text: Text) -> UnknownPart | None:
    """The only part of a text that is not known as a whole and has a name or is the event; else None."""
    part = text[0] if len(text) == 1 else None
    if isinstance(part, UnknownPart) and part.origin not in (ValueOrigin.UNKNOWN, ValueOrigin.LITERAL):
        return part
    return None


def step_into(part: UnknownPart, key: str) -> Text:
    """A member of what a part stands for.

    `[]` is any element, `*` a key that is not known, `#json` the decoded JSON of it (`Records[].body#json.key`).
    """
    steps = part.name.count(".") + part.name.count("[]") + part.name.count("#json")
    if steps > _MAX_STEPS:
        return (part,)
    if key in ("[]", "#json"):
        if part.name.endswith("#json") and key == "#json":
            return (part,)
        return (UnknownPart(part.origin, part.name + key),)
    return (UnknownPart(part.origin, f"{part.name}.{key}" if part.name else key),)


def literal_text(text: str) -> Text:
    """A string as a text."""
    return (text,) if text else ()
