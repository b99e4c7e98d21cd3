"""Sets of actions as integers, with one bit for each action of the catalogue. Services are loaded on demand."""

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
_SMALL_BITSET = 8
# The steps to compare a pattern with the actions of all services.
_ALL_SERVICES_STEPS = 20_000
# The results for larger sets use so much memory that few of them are cached.
_LARGE_BITSET = 1_000


@dataclass(slots=True)
class _ActionIndex:
    """The services loaded so far.

    `first_bits` has the bit of each service's first action; bits never change. `actions` has the service and the
    lower-case name of each action.
    """

    actions: list[tuple[Service, str]] = field(default_factory=list)
    first_bits: dict[str, int] = field(default_factory=dict)
    pattern_bitsets: dict[str, int] = field(default_factory=dict)
    complete: bool = False


# A module-level cache is safe: the catalogue does not change while a program runs.
_index = _ActionIndex()


def element_bitset(element: MatchList) -> int:
    """The catalogue's actions that an Action or NotAction element matches."""
    bitset = patterns_bitset(element.values)
    return all_actions_bitset() & ~bitset if element.negated else bitset


@lru_cache(maxsize=8192)
def bitset_steps(patterns: tuple[str, ...]) -> int:
    """The steps of work to find the actions of patterns that are not cached yet."""
    return sum(
        _ALL_SERVICES_STEPS if has_wildcard(pattern.partition(":")[0]) and pattern.strip("*") else 1
        for pattern in patterns
    )


# Cached because many policies of an account list the same actions.
@lru_cache(maxsize=8192)
def patterns_bitset(patterns: tuple[str, ...]) -> int:
    """The actions that at least one pattern matches."""
    bitset = 0
    for pattern in patterns:
        bitset |= pattern_bitset(pattern)
    return bitset


def pattern_bitset(pattern: str) -> int:
    """The actions that a pattern such as `s3:Get*` matches."""
    cached = _index.pattern_bitsets.get(pattern)
    if cached is None:
        lower = pattern.lower()
        cached = pattern_bitset(lower) if lower != pattern else _compute_pattern_bitset(lower)
        _index.pattern_bitsets[pattern] = cached
    return cached


def names_bitset(prefix: str, names: Iterable[str]) -> int:
    """The set of some actions of a service, given by their names in lower case."""
    first, positions, bitset = _first_bit(prefix), _name_positions(prefix), 0
    for name in names:
        bitset |= 1 << positions[name]
    return bitset << (first or 0)


def all_actions_bitset() -> int:
    """All actions of the catalogue. Loads every service."""
    if not _index.complete:
        for prefix in service_prefixes():
            _first_bit(prefix)
        _index.complete = True
    return (1 << len(_index.actions)) - 1


def actions_in(bitset: int) -> Iterator[Action]:
    """The actions of a set, in no particular order."""
    while 0 < bitset.bit_count() < _SMALL_BITSET:
        lowest = bitset & -bitset
        yield _action_of_bit(lowest.bit_length() - 1)
        bitset ^= lowest
    bits = f"{bitset:b}"  # searching in a string is much faster than arithmetic on ints of this size
    last_bit = len(bits) - 1
    position = bits.rfind("1")
    while position >= 0:
        yield _action_of_bit(last_bit - position)
        position = bits.rfind("1", 0, position)


def by_service(bitset: int) -> Iterator[tuple[str, int]]:
    """The services that a set has actions of, each with its part of the set."""
    while bitset:
        prefix = _index.actions[bitset.bit_length() - 1][0].prefix
        part = bitset & pattern_bitset(f"{prefix}:*")
        yield prefix, part
        bitset &= ~part


def first_action(bitset: int) -> str:
    """`prefix:Name` of the action with the lowest bit."""
    return str(_action_of_bit((bitset & -bitset).bit_length() - 1))


def _action_of_bit(bit: int) -> Action:
    """The action of a bit."""
    owner, name = _index.actions[bit]
    return owner.actions[name]


def formats_of(bitset: int) -> dict[str, dict[str, int]]:
    """For each service of an ARN, the ARN formats of the set's actions, each with the actions that use it.

    Under ANY_RESOURCE are the actions that may be requested on no resource, because none of their resource types is
    required
    (https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
    """
    return (_formats_of_small if bitset.bit_count() < _LARGE_BITSET else _formats_of_large)(bitset)


def _find_formats(bitset: int) -> dict[str, dict[str, int]]:
    """`formats_of` without caches."""
    formats: dict[str, dict[str, int]] = {}
    for prefix, part in reversed(list(by_service(bitset))):
        for owner, arn_format, actions in _service_formats(prefix):
            if actions & part:
                service_formats = formats.setdefault(owner, {})
                service_formats[arn_format] = service_formats.get(arn_format, 0) | actions & part
    return formats


_formats_of_small = lru_cache(maxsize=1024)(_find_formats)
_formats_of_large = lru_cache(maxsize=16)(_find_formats)


@cache
def _service_formats(prefix: str) -> tuple[tuple[str, str, int], ...]:
    """The ARN formats of a service's actions: the ARN's service, the format, and the actions that use it."""
    formats_by_types: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    bits_by_format: dict[tuple[str, str], int] = {}
    is_corrected, first = has_corrections(prefix), _first_bit(prefix) or 0
    for position, (name, types, required) in enumerate(actions_with_resource_types(prefix)):
        # Many actions of a service have the same resource types. Corrections are per action, so they are not shared.
        formats = None if is_corrected else formats_by_types.get(types)
        if formats is None:
            formats = formats_by_types[types] = list(_action_formats(f"{prefix}:{name}"))
        for arn_format in formats if required else (*formats, (ANY_RESOURCE, ANY_RESOURCE)):
            bits_by_format[arn_format] = bits_by_format.get(arn_format, 0) | 1 << position
    for name, text in untyped_arn_formats(prefix):
        untyped = text.split(":", 3)[2], text
        bits_by_format[untyped] = bits_by_format.get(untyped, 0) | 1 << _name_positions(prefix)[name]
    return tuple((owner, arn_format, bits << first) for (owner, arn_format), bits in bits_by_format.items())


@lru_cache(maxsize=1024)
def replaced_formats_of(bitset: int) -> dict[str, dict[str, int]]:
    """The formats that our corrections replace, by service of the ARN, each with the actions that use its type."""
    formats: dict[str, dict[str, int]] = {}
    for prefix, part in by_service(bitset):
        for action in actions_in(part) if has_corrections(prefix) else ():
            name = str(action)
            for resource_type in action_resource_types(name).values():
                for text in set(resource_type.arn_formats) - {
                    arn_format.text for arn_format in resource_type_formats(name, resource_type)
                }:
                    service_formats = formats.setdefault(text.split(":", 3)[2], {})
                    service_formats[text] = service_formats.get(text, 0) | names_bitset(prefix, (action.name.lower(),))
    return formats


@cache
def prefixes_taking(owner: str) -> frozenset[str]:
    """The prefixes of the services with actions on ARNs of the service `owner`."""
    return frozenset(prefix for prefix in service_prefixes() if owner in arn_services(prefix))


@cache
def arn_services(prefix: str) -> frozenset[str]:
    """The services of the ARNs that a service's actions use."""
    if has_corrections(prefix):
        return frozenset(owner for owner, _, _ in _service_formats(prefix))
    # Parsing all formats takes several times as long.
    return frozenset(
        text.split(":", 3)[2]
        for name in service_resource_types(prefix)
        for text in reference_type_formats(prefix, name)
    )


def _action_formats(action: str) -> Iterator[tuple[str, str]]:
    """The ARN's service and the text of each ARN format of an action."""
    for resource_type in action_resource_types(action).values():
        for arn_format in resource_type_formats(action, resource_type):
            yield arn_format.service, arn_format.text


def _compute_pattern_bitset(pattern: str) -> int:
    """The bitset of a lower-case pattern, without the cache."""
    if pattern.strip("*") == "" and pattern:
        return all_actions_bitset()
    prefix, colon, name = pattern.partition(":")
    if not has_wildcard(prefix):
        return _name_pattern_bitset(prefix, name) if colon else 0
    # A star in the service prefix may also match past the colon, so the pattern is compared with whole names.
    all_actions_bitset()
    bits = "".join(
        ["1" if matches_name else "0" for matches_name in map(compile_pattern(pattern), _all_action_names())]
    )
    return int(bits, 2)


@cache
def _all_action_names() -> tuple[str, ...]:
    """The full names of all actions, highest bit first."""
    return tuple(f"{owner.prefix}:{action}" for owner, action in reversed(_index.actions))


def _name_pattern_bitset(prefix: str, name: str) -> int:
    """The actions of one service that a pattern of names matches."""
    first = _first_bit(prefix)
    service = find_service(prefix)
    if first is None or service is None:
        return 0
    if name and not name.strip("*"):
        return ((1 << len(service.actions)) - 1) << first
    if not has_wildcard(name):
        position = _name_positions(prefix).get(name)
        return 0 if position is None else 1 << (first + position)
    start, positions = name.rstrip("*"), _name_positions(prefix)
    if has_wildcard(start) or "$" in start:
        matching = [position for known_name, position in positions.items() if matches(name, known_name)]
    else:  # the usual pattern: a prefix and a star
        matching = [position for known_name, position in positions.items() if known_name.startswith(start)]
    bitset = 0
    for position in matching:
        bitset |= 1 << position
    return bitset << first


_name_positions_cache: dict[str, dict[str, int]] = {}


def _name_positions(prefix: str) -> dict[str, int]:
    """The position of each action in its service, by lower-case name."""
    positions = _name_positions_cache.get(prefix)
    if positions is None:
        service = find_service(prefix)
        positions = _name_positions_cache[prefix] = {
            name: position for position, name in enumerate(service.actions if service else ())
        }
    return positions


def _first_bit(prefix: str) -> int | None:
    """The bit of the service's first action. Loads the service if needed; None for an unknown service."""
    if prefix not in _index.first_bits:
        service = find_service(prefix)
        if service is None:
            return None
        _index.first_bits[prefix] = len(_index.actions)
        _index.actions.extend([(service, name) for name in service.actions])
    return _index.first_bits[prefix]
