"""Buckets and keys in the addresses that functions of libraries take."""

from __future__ import annotations

from iamglue.infer.code.python.abstract_objects import NONE, AbstractObject, Site, Values
from iamglue.infer.code.python.addresses import split_address, split_path
from iamglue.infer.code.python.containers import Container
from iamglue.infer.code.python.strings import UNKNOWN_STRINGS, TextObject
from iamglue.infer.code.values import Text, UnknownPart, ValueOrigin

# Libraries whose addresses are always those of S3; the first takes them without `s3://` as well.
# https://s3fs.readthedocs.io/en/latest/ and https://aws-sdk-pandas.readthedocs.io/en/stable/
_BARE_PATHS = "s3fs"
_ONLY_S3 = frozenset({_BARE_PATHS, "awswrangler"})


def address_parameters(package: str, paths: Values, at: Site) -> dict[str, Values] | None:
    """Bucket and key of addresses; None if none of them may be one of S3.

    An address of the environment or the event, given to a library that reads other files too, is reported.
    """
    buckets: set[AbstractObject] = set()
    keys: set[AbstractObject] = set()
    for obj in paths - NONE:
        inner = obj.elements(at) if isinstance(obj, Container) else frozenset({obj})
        for path in inner:
            place = _bucket_and_key(package, path.as_text)
            if place is not None:
                buckets.add(TextObject(place[0]))
                keys.add(TextObject(place[1]))
            elif package in _ONLY_S3 and not _is_known(path.as_text):
                buckets |= UNKNOWN_STRINGS
                keys |= UNKNOWN_STRINGS
            elif path.as_text is not None and _is_given(path.as_text):
                at.doubt("whether the address is one of S3 is not known")
    return {"Bucket": frozenset(buckets), "Key": frozenset(keys)} if buckets else None


def _bucket_and_key(package: str, text: Text | None) -> tuple[Text, Text] | None:
    """The bucket and key of an address; None if it is not one of S3, or not known."""
    if text is None:
        return None
    return split_path(text) if package == _BARE_PATHS and _has_bare_path(text) else split_address(text)


def _has_bare_path(text: Text) -> bool:
    return bool(text) and isinstance(text[0], str) and "://" not in text[0]


def _is_known(text: Text | None) -> bool:
    """Whether it is known how an address begins."""
    return bool(text) and isinstance(text[0], str)  # type: ignore[index]


def _is_given(text: Text) -> bool:
    """Whether an address is a value of the environment or of the event from its beginning."""
    first = text[0] if text else ""
    return isinstance(first, UnknownPart) and first.origin in (ValueOrigin.ENVIRONMENT, ValueOrigin.EVENT)
