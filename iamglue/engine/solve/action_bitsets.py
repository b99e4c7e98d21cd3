"""Sets of actions as integers: a bit for each action of the catalogue, services read as patterns ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

from iamglue.catalog.resource_formats import (
    action_resource_types,
    has_corrections,
    reference_type_formats,
    resource_type_formats,
    untyped_arn_formats,
)
from iamglue.catalog.services import (
    Action,
    Service,
    actions_with_resource_types,
    find_service,
    service_prefixes,
    service_resource_types,
)
from iamglue.policy.model import MatchList
from iamglue.policy.patterns.wildcards import compile_pattern, has_wildcard, matches

ANY_RESOURCE = "*"
_FEW = 8
# Steps to hold a pattern against the actions of all services.
_ALL = 20_000
# What is said of more actions than this takes so much room that little of it is remembered.
_MANY = 1_000


@dataclass(slots=True)
class _Universe:
    """The services read so far. `first` is the bit of a service's first action; bits are never given twice.

    `actions` are names in lower case, each with its service.
    """

    actions: list[tuple[Service, str]] = field(default_factory=list)
    first: dict[str, int] = field(default_factory=dict)
    masks: dict[str, int] = field(default_factory=dict)
    complete: bool = False


# The catalogue does not change while a program runs, so neither does what has been read of it.
_read = _Universe()


def element_bitset(element: MatchList) -> int:
    """The set of today's actions that an Action or NotAction element matches."""
    mask = patterns_bitset(element.values)
    return all_actions_bitset() & ~mask if element.negated else mask


def bitset_steps(patterns: Iterable[str]) -> int:
    """The steps of work that it takes to find the actions of some patterns that were not looked for before."""
    return sum(_ALL if has_wildcard(pattern.partition(":")[0]) and pattern.strip("*") else 1 for pattern in patterns)


# Thousands of policies name the same few actions together.
@lru_cache(maxsize=8192)
def patterns_bitset(patterns: tuple[str, ...]) -> int:
    """The set of actions that one or more of some patterns match."""
    mask = 0
    for pattern in patterns:
        mask |= pattern_bitset(pattern)
    return mask


def pattern_bitset(pattern: str) -> int:
    """The set of actions that a pattern such as `s3:Get*` matches."""
    found = _read.masks.get(pattern)
    if found is None:
        lower = pattern.lower()
        found = pattern_bitset(lower) if lower != pattern else _pattern_mask(lower)
        _read.masks[pattern] = found
    return found


def names_bitset(prefix: str, names: Iterable[str]) -> int:
    """The set of some actions of a service, by their names in lower case."""
    first, order, mask = _place(prefix), _order(prefix), 0
    for name in names:
        mask |= 1 << order[name]
    return mask << (first or 0)


def all_actions_bitset() -> int:
    """The set of all actions; reads every service."""
    if not _read.complete:
        for prefix in service_prefixes():
            _place(prefix)
        _read.complete = True
    return (1 << len(_read.actions)) - 1


def actions_in(mask: int) -> Iterator[Action]:
    """The actions of a set, in no order that means anything."""
    while 0 < mask.bit_count() < _FEW:
        low = mask & -mask
        yield _action(low.bit_length() - 1)
        mask ^= low
    bits = f"{mask:b}"  # to look for the next one in a text takes a fraction of taking numbers of this length apart
    last = len(bits) - 1
    at = bits.rfind("1")
    while at >= 0:
        yield _action(last - at)
        at = bits.rfind("1", 0, at)


def by_service(mask: int) -> Iterator[tuple[str, int]]:
    """The services that a set has actions of, each with those."""
    while mask:
        prefix = _read.actions[mask.bit_length() - 1][0].prefix
        part = mask & pattern_bitset(f"{prefix}:*")
        yield prefix, part
        mask &= ~part


def first_action(mask: int) -> str:
    """`prefix:Name` of the action of a set's lowest bit."""
    return str(_action((mask & -mask).bit_length() - 1))


def _action(bit: int) -> Action:
    owner, name = _read.actions[bit]
    return owner.actions[name]


def formats_of(mask: int) -> dict[str, dict[str, int]]:
    """For the service in an ARN, the formats that actions of a set take, each with those of the set that take it.

    Under ANY_RESOURCE stand the actions that may be asked for on no resource: those none of whose resource types is
    required (https://docs.aws.amazon.com/service-authorization/latest/reference/
    reference_policies_actions-resources-contextkeys.html).
    """
    return (_formats_of_few if mask.bit_count() < _MANY else _formats_of_many)(mask)


def _formats_of(mask: int) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for prefix, part in reversed(list(by_service(mask))):
        for owner, form, takers in _takers(prefix):
            if takers & part:
                own = found.setdefault(owner, {})
                own[form] = own.get(form, 0) | takers & part
    return found


_formats_of_few = lru_cache(maxsize=1024)(_formats_of)
_formats_of_many = lru_cache(maxsize=16)(_formats_of)


@cache
def _takers(prefix: str) -> tuple[tuple[str, str, int], ...]:
    """The formats that the actions of a service take, each with the ARN's service and the actions that take it."""
    known: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    found: dict[tuple[str, str], int] = {}
    corrected, first = has_corrections(prefix), _place(prefix) or 0
    for at, (name, types, required) in enumerate(actions_with_resource_types(prefix)):
        # Many actions of a service take the same resource types; corrections are about single actions.
        forms = None if corrected else known.get(types)
        if forms is None:
            forms = known[types] = list(_texts(f"{prefix}:{name}"))
        for form in forms if required else (*forms, (ANY_RESOURCE, ANY_RESOURCE)):
            found[form] = found.get(form, 0) | 1 << at
    for name, text in untyped_arn_formats(prefix):
        found[text.split(":", 3)[2], text] = 1 << _order(prefix)[name]
    return tuple((owner, form, bits << first) for (owner, form), bits in found.items())


@lru_cache(maxsize=1024)
def replaced_formats_of(mask: int) -> dict[str, dict[str, int]]:
    """The formats that our corrections replace: for the service in an ARN, each with the actions that take its type."""
    found: dict[str, dict[str, int]] = {}
    for prefix, part in by_service(mask):
        for action in actions_in(part) if has_corrections(prefix) else ():
            name = str(action)
            for kind in action_resource_types(name).values():
                for text in set(kind.arn_formats) - {form.text for form in resource_type_formats(name, kind)}:
                    own = found.setdefault(text.split(":", 3)[2], {})
                    own[text] = own.get(text, 0) | names_bitset(prefix, (action.name.lower(),))
    return found


@cache
def prefixes_taking(owner: str) -> frozenset[str]:
    """The prefixes of the services that have actions that take ARNs of the service `owner`."""
    return frozenset(prefix for prefix in service_prefixes() if owner in _owners(prefix))


@cache
def _owners(prefix: str) -> frozenset[str]:
    """The services of the ARNs that actions of a service take."""
    if has_corrections(prefix):
        return frozenset(owner for owner, _, _ in _takers(prefix))
    # To take all formats apart takes several times as long.
    return frozenset(
        text.split(":", 3)[2]
        for name in service_resource_types(prefix)
        for text in reference_type_formats(prefix, name)
    )


def _texts(action: str) -> Iterator[tuple[str, str]]:
    for kind in action_resource_types(action).values():
        for form in resource_type_formats(action, kind):
            yield form.service, form.text


def _pattern_mask(pattern: str) -> int:
    if pattern.strip("*") == "" and pattern:
        return all_actions_bitset()
    prefix, colon, name = pattern.partition(":")
    if not has_wildcard(prefix):
        return _names_mask(prefix, name) if colon else 0
    # A star in the service's name may run past the colon, so the pattern is held against whole names.
    all_actions_bitset()
    bits = "".join(["1" if match else "0" for match in map(compile_pattern(pattern), _all_names())])
    return int(bits, 2)


@cache
def _all_names() -> tuple[str, ...]:
    """The whole names of all actions, that of the lowest bit last."""
    return tuple(f"{owner.prefix}:{action}" for owner, action in reversed(_read.actions))


def _names_mask(prefix: str, name: str) -> int:
    first = _place(prefix)
    found = find_service(prefix)
    if first is None or found is None:
        return 0
    if name and not name.strip("*"):
        return ((1 << len(found.actions)) - 1) << first
    if not has_wildcard(name):
        order = _order(prefix).get(name)
        return 0 if order is None else 1 << (first + order)
    start, names = name.rstrip("*"), _order(prefix)
    if has_wildcard(start) or "$" in start:
        matched = [order for known, order in names.items() if matches(name, known)]
    else:  # as most patterns are: a beginning and a star
        matched = [order for known, order in names.items() if known.startswith(start)]
    mask = 0
    for order in matched:
        mask |= 1 << order
    return mask << first


_orders: dict[str, dict[str, int]] = {}


def _order(prefix: str) -> dict[str, int]:
    found = _orders.get(prefix)
    if found is None:
        known = find_service(prefix)
        found = _orders[prefix] = {name: at for at, name in enumerate(known.actions if known else ())}
    return found


def _place(prefix: str) -> int | None:
    """The bit of the service's first action, given to it when it is first asked for; None for no such service."""
    if prefix not in _read.first:
        found = find_service(prefix)
        if found is None:
            return None
        _read.first[prefix] = len(_read.actions)
        _read.actions.extend([(found, name) for name in found.actions])
    return _read.first[prefix]
