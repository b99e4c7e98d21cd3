"""Requests on ARNs that fit no format of AWS's reference, which does not list every resource that exists.

AWS's own documents have no account, Multi-Region access points have no Region, and a service may have resources that
its page does not list. Such an ARN may be the resource of any action if the whole pattern that names it fits no
resource type of its service. If a pattern also fits a type of the action, those ARNs count whose resource part is of a
type of the action, or of none. An ARN that fits only types that the action does not use is not a resource of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, reduce
from operator import or_

from iamglue.engine.solve.access import Access
from iamglue.engine.solve.action_bitsets import ANY_RESOURCE, first_action, formats_of, replaced_formats_of
from iamglue.engine.solve.arn_classes import ArnPattern, ArnSet, partitions_named
from iamglue.engine.solve.search import ActionClass, CandidateRequest, RequestSearch
from iamglue.engine.solve.unlisted_arn_sets import (
    documented_arn_sets,
    intersects,
    is_listed,
    is_untyped_pattern,
    literal_services,
    other_services,
    overlaps,
    pattern_arn_set,
    service_arn_set,
    strange_partitions,
    unlisted_arn_set,
    unmatched_arn_set,
)

_ArnSetActions = tuple[tuple[ArnSet, int], ...]


def unlisted_candidates(search: RequestSearch) -> Iterator[CandidateRequest]:
    """Requests for actions of the catalogue on ARNs that it does not list."""
    for active, arn_sets in unlisted_classes(search):
        yield from search.candidates(
            ActionClass(active, tuple((arn_set, first_action(bitset)) for arn_set, bitset in arn_sets))
        )


def find_untyped_patterns(access: Access) -> tuple[ArnPattern, ...]:
    """The Resource patterns of an access that fit no type of their service."""
    return tuple(
        dict.fromkeys(pattern for term in access.terms for pattern in term.arn_patterns if is_untyped_pattern(pattern))
    )


def unlisted_classes(search: RequestSearch) -> Iterator[tuple[tuple[bool, ...], _ArnSetActions]]:
    """The catalogue's actions in classes, with sets of unlisted ARNs and the actions that may use them."""
    confined = [_matches_only_listed(search, index) for index in range(len(search.terms))]
    untyped_patterns = tuple(
        dict.fromkeys(
            (
                *search.untyped_patterns,
                *(pattern for formats in search.patterns for pattern in formats if is_untyped_pattern(pattern)),
            )
        )
    )
    for active, actions in search.action_groups():
        reaching = tuple(is_active and not is_confined for is_active, is_confined in zip(active, confined, strict=True))
        if search.is_satisfiable(reaching):
            patterns = tuple(
                dict.fromkeys(
                    pattern
                    for index, is_active in enumerate(reaching)
                    if is_active
                    for pattern in search.patterns[index]
                )
            )
            yield reaching, _find_arn_sets(actions, patterns, untyped_patterns, is_open(search, reaching))


def is_open(search: RequestSearch, active: Sequence[bool]) -> bool:
    """Whether a matching term includes resources that no pattern names."""
    return any(is_active and _matches_unnamed_resources(search, index) for index, is_active in enumerate(active))


def _matches_unnamed_resources(search: RequestSearch, index: int) -> bool:
    """Whether a term includes resources that no pattern names."""
    resources = search.terms[index].statement.resources
    return (
        resources is None or resources.negated or any(pattern.matches_everything for pattern in search.patterns[index])
    )


def _matches_only_listed(search: RequestSearch, index: int) -> bool:
    """Whether a term matches only ARNs that are listed, and that are the resources of the actions that list them."""
    return not _matches_unnamed_resources(search, index) and all(
        is_listed(pattern) and not any(intersects(pattern, untyped) for untyped in search.untyped_patterns)
        for pattern in search.patterns[index]
    )


@lru_cache(maxsize=4096)
def _find_arn_sets(
    actions: int, patterns: tuple[ArnPattern, ...], untyped_patterns: tuple[ArnPattern, ...], unnamed: bool
) -> _ArnSetActions:
    """The sets of unlisted ARNs that these actions may be requested on, each with those actions.

    `untyped_patterns` fit no type at all: what they match may be a resource of any action.
    """
    known_partitions = [(name, True) for name in partitions_named(patterns)]
    partitions = (*known_partitions, *((name, False) for name in strange_partitions(patterns)))
    arn_sets: list[tuple[ArnSet, int]] = []
    for name in literal_services(patterns):
        formats = _service_formats(actions, name)
        overlapping = {
            arn_format: bitset
            for arn_format, bitset in formats.items()
            if unnamed or any(overlaps(pattern, arn_format, name) for pattern in patterns)
        }
        remaining = _union(overlapping.values())
        for partition, is_known in partitions if remaining else ():
            arn_sets += [
                (unlisted_arn_set(arn_format, name, partition, is_known), bitset)
                for arn_format, bitset in overlapping.items()
            ]
            for arn_set, forms in documented_arn_sets(name, partition):
                arn_sets.append(
                    (arn_set, _union(bitset for arn_format, bitset in overlapping.items() if arn_format in forms))
                )
            arn_sets.append((unmatched_arn_set(name, partition), remaining))
    arn_sets += [(pattern_arn_set(pattern), actions) for pattern in untyped_patterns]
    typed = _union(
        bitset
        for formats in formats_of(actions).values()
        for arn_format, bitset in formats.items()
        if arn_format != ANY_RESOURCE
    )
    for name in other_services(patterns, unnamed):
        arn_sets += [(service_arn_set(name, partition), typed) for partition, _ in partitions]
    return tuple((arn_set, bitset) for arn_set, bitset in arn_sets if bitset)


def _service_formats(actions: int, service: str) -> dict[str, int]:
    """The formats of a service's ARNs that actions of a set use, including those that our corrections replace."""
    by_service, replaced = formats_of(actions), replaced_formats_of(actions)
    any_service = [formats for name, formats in by_service.items() if name.startswith("${")]
    merged: dict[str, int] = {}
    for formats in (by_service.get(service, {}), *any_service, replaced.get(service, {})):
        for arn_format, bitset in formats.items():
            merged[arn_format] = merged.get(arn_format, 0) | bitset
    return merged


def _union(masks: Iterable[int]) -> int:
    return reduce(or_, masks, 0)
