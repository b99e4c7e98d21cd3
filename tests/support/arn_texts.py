"""Which resource types a pattern of ARNs fits, read from AWS's reference afresh, and the ARNs that its text makes."""

from __future__ import annotations

import itertools
import re
from functools import cache, lru_cache

from iamglue.catalog.services import find_action, find_service, service_prefixes

VARIABLE = re.compile(r"\$\{[^}]*\}")
# What stands for a `*`: nothing, a name, and what separates names.
FILLINGS = ("", "a", "/", ":")


@cache
def formats(arn_service: str) -> tuple[tuple[str, ...], ...]:
    """The six fields of every format that has this service field, variables as `?*`."""
    texts = {
        text
        for prefix in service_prefixes()
        for kind in find_service(prefix).resource_types.values()
        for text in kind.arn_formats
    }
    fields = (tuple(VARIABLE.sub("?*", text).split(":", 5)) for text in sorted(texts))
    return tuple(each for each in fields if each[2] == arn_service)


@cache
def own_formats(name: str) -> tuple[tuple[str, ...], ...]:
    """Those of the types that an action takes."""
    known = find_action(name)
    if known is None:
        return ()
    kinds = (find_service(known.service).resource_types[each.name.lower()] for each in known.resource_types)
    return tuple(tuple(VARIABLE.sub("?*", text).split(":", 5)) for kind in kinds for text in kind.arn_formats)


@lru_cache(maxsize=100_000)
def share_a_text(one: str, other: str) -> bool:
    """Whether some text matches two globs: each letter of the one leads to places in the other."""
    places = _past_stars(other, {0})
    for letter in one:
        if letter == "*":
            places = set(range(min(places), len(other) + 1))
        else:
            kept = {place for place in places if other[place : place + 1] == "*"}
            read = {
                place + 1
                for place in places - kept
                if place < len(other) and (other[place] == letter or "?" in (other[place], letter))
            }
            places = _past_stars(other, kept | read)
        if not places:
            return False
    return len(other) in places


def _past_stars(glob: str, places: set[int]) -> set[int]:
    """The places, and those after the stars that stand there: a star may match nothing."""
    reached = set(places)
    for start in places:
        stars = len(glob) - start - len(glob[start:].lstrip("*"))
        reached.update(range(start, start + stars + 1))
    return reached


def fits(arn: tuple[str, ...], form: tuple[str, ...], start: int = 3) -> bool:
    """Whether an ARN or pattern of six fields fits a format in its service and in the fields from `start` on."""
    return all(map(share_a_text, (arn[2], *arn[start:]), (form[2], *form[start:])))


def is_stray(arn: str) -> bool:
    """Whether a pattern fits no type of its service: what it matches may be any action's resource."""
    fields = tuple(arn.split(":", 5))
    return len(fields) == 6 and not any(fits(fields, form) for form in formats(fields[2]))


def fits_only_other_types(name: str, arn: str) -> bool:
    """Whether a pattern fits a type of its service, and none that the action takes by so much as its resource part."""
    fields = tuple(arn.split(":", 5))
    return len(fields) == 6 and not is_stray(arn) and not any(fits(fields, form, 5) for form in own_formats(name))


def is_of_other_type(name: str, arn: str) -> bool:
    """Whether an ARN is a resource of types that an action does not take: by all fields, or by its resource part."""
    fields = tuple(arn.split(":", 5))
    for start in (3, 5):
        if any(fits(fields, _possibly_empty(form), start) for form in formats(fields[2])):
            return not any(fits(fields, form, start) for form in map(_possibly_empty, own_formats(name)))
    return not any(form[2] == fields[2] for form in own_formats(name)) and bool(formats(fields[2]))


def _possibly_empty(form: tuple[str, ...]) -> tuple[str, ...]:
    return (*form[:5], form[5].replace("?*", "*"))


def texts_of(pattern: str) -> list[str]:
    """The ARNs that a pattern's own text makes: each `*` filled with nothing, a name, or a separator."""
    pieces = pattern.split("*")
    filled = itertools.product(FILLINGS, repeat=len(pieces) - 1)
    joined = (
        "".join(itertools.chain.from_iterable(itertools.zip_longest(pieces, each, fillvalue=""))) for each in filled
    )
    return [text for text in dict.fromkeys(joined) if text.count(":") >= 5]
