"""Addresses: `urllib.parse.urlparse`, and buckets and keys in `s3://bucket/key`."""

from __future__ import annotations

from urllib.parse import urlsplit

from iamglue.infer.code.python.abstract_objects import AbstractObject, ArgumentValues, Site, Values
from iamglue.infer.code.python.extern import extern_function
from iamglue.infer.code.python.interning import interned_dataclass
from iamglue.infer.code.python.strings import UNKNOWN_STRINGS, TextObject
from iamglue.infer.code.python.texts import join_texts, literal_of, literal_text, symbol_of
from iamglue.infer.code.values import Text

_SCHEMES = ("s3://", "s3a://", "s3n://")


@extern_function("urllib.parse.urlparse", "urllib.parse.urlsplit")
def _parse(arguments: ArgumentValues, at: Site) -> Values:  # noqa: ARG001 - called as all models are
    texts = (obj.as_text for obj in arguments.get(0, "url"))
    return frozenset(AddressObject(text) for text in texts if text is not None) or UNKNOWN_STRINGS


@interned_dataclass
class AddressObject(AbstractObject):
    """An address in its parts."""

    text: Text

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002
        """A part: of an address that is not known, its host and path are parts of the same variable or event."""
        literal, split = literal_of(self.text), split_address(self.text)
        if literal is not None:
            try:
                part = getattr(urlsplit(literal), name, None)
            except ValueError:
                return UNKNOWN_STRINGS
            return frozenset({TextObject(literal_text(part))}) if isinstance(part, str) else UNKNOWN_STRINGS
        if split is not None and name in ("netloc", "hostname", "path"):
            return frozenset({TextObject(join_texts(("/",), split[1]) if name == "path" else split[0])})
        return (
            frozenset({TextObject(self.text)})
            if symbol_of(self.text) and name in ("netloc", "path")
            else UNKNOWN_STRINGS
        )


def split_address(text: Text) -> tuple[Text, Text] | None:
    """Bucket and key of `s3://bucket/key`; None if it is not such an address."""
    first = text[0] if text else ""
    if not isinstance(first, str) or not first.startswith(_SCHEMES):
        return None
    return split_path((*literal_text(first.partition("://")[2]), *text[1:]))


def split_path(rest: Text) -> tuple[Text, Text]:
    """Bucket and key of `bucket/key`; without a slash all of it is the bucket."""
    for index, part in enumerate(rest):
        if isinstance(part, str) and "/" in part:
            before, _, after = part.partition("/")
            return (*rest[:index], *literal_text(before)), (*literal_text(after), *rest[index + 1 :])
    return rest, ()
