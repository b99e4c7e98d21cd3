"""Requests on ARNs that fit no format of AWS's reference: it says what exists, never what does not.

AWS's own documents have no account, Multi-Region access points no Region, and a service may have resources that its
page does not name. Such an ARN may be any action's resource if the whole pattern that names it fits no resource type
of its service. Where a pattern fits a type of the action besides, the ARNs count whose resource part is of a type of
the action or of none. What fits only types that the action does not take is no resource of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, reduce
from operator import or_

from iamglue.engine.solve.access import Access
from iamglue.engine.solve.action_bitsets import ANY_RESOURCE, first_action, formats_of, replaced_formats_of
from iamglue.engine.solve.arn_classes import ArnPattern, ArnSet, partitions_named
from iamglue.engine.solve.search import ActionClass, CandidateRequest, Search, patterns_of
from iamglue.engine.solve.unlisted_arn_sets import (
    documented_arn_sets,
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

_Shapes = tuple[tuple[ArnSet, int], ...]


def unlisted_candidates(search: Search) -> Iterator[CandidateRequest]:
    """Requests for actions of the catalogue on ARNs that it does not list."""
    for active, shapes in unlisted_classes(search):
        yield from search.candidates(ActionClass(active, tuple((kind, first_action(mask)) for kind, mask in shapes)))


def find_untyped_patterns(access: Access) -> tuple[ArnPattern, ...]:
    """The Resource patterns of an access that fit no type of their service."""
    return tuple(dict.fromkeys(p for leaf in access.terms for p in patterns_of(leaf) if is_untyped_pattern(p)))


def unlisted_classes(search: Search) -> Iterator[tuple[tuple[bool, ...], _Shapes]]:
    """Today's actions in classes, with the shapes of unlisted ARNs and the actions that take them."""
    confined = [_is_confined(search, at) for at in range(len(search.terms))]
    strays = tuple(
        dict.fromkeys((*search.untyped_patterns, *(p for own in search.patterns for p in own if is_untyped_pattern(p))))
    )
    for active, atom in search.atoms():
        reaching = tuple(on and not shut for on, shut in zip(active, confined, strict=True))
        if search.is_satisfiable(reaching):
            patterns = tuple(dict.fromkeys(p for at, on in enumerate(reaching) if on for p in search.patterns[at]))
            yield reaching, _shapes_of(atom, patterns, strays, is_open(search, reaching))


def is_open(search: Search, active: Sequence[bool]) -> bool:
    """Whether a leaf that matches takes resources that no pattern names."""
    return any(on and _takes_unnamed(search, at) for at, on in enumerate(active))


def _takes_unnamed(search: Search, at: int) -> bool:
    resources = search.terms[at].statement.resources
    return resources is None or resources.negated or any(pattern.matches_everything for pattern in search.patterns[at])


def _is_confined(search: Search, at: int) -> bool:
    """Whether a leaf matches no ARN but listed ones."""
    return not _takes_unnamed(search, at) and all(map(is_listed, search.patterns[at]))


@lru_cache(maxsize=4096)
def _shapes_of(atom: int, patterns: tuple[ArnPattern, ...], strays: tuple[ArnPattern, ...], unnamed: bool) -> _Shapes:
    """The shapes of the unlisted ARNs that actions of a set may be asked for on, each with those actions.

    `strays` are patterns that fit no type at all: what they match may be a resource of any action.
    """
    known = [(each, True) for each in partitions_named(patterns)]
    partitions = (*known, *((each, False) for each in strange_partitions(patterns)))
    found: list[tuple[ArnSet, int]] = []
    for name in literal_services(patterns):
        own = _taken(atom, name)
        met = {form: mask for form, mask in own.items() if unnamed or any(overlaps(p, form, name) for p in patterns)}
        rest = _union(met.values())
        for partition, is_known in partitions if rest else ():
            found += [(unlisted_arn_set(form, name, partition, is_known), mask) for form, mask in met.items()]
            for kind, forms in documented_arn_sets(name, partition):
                found.append((kind, _union(mask for form, mask in met.items() if form in forms)))
            found.append((unmatched_arn_set(name, partition), rest))
    found += [(pattern_arn_set(pattern), atom) for pattern in strays]
    typed = _union(mask for own in formats_of(atom).values() for form, mask in own.items() if form != ANY_RESOURCE)
    for name in other_services(patterns, unnamed):
        found += [(service_arn_set(name, partition), typed) for partition, _ in partitions]
    return tuple((kind, mask) for kind, mask in found if mask)


def _taken(atom: int, service: str) -> dict[str, int]:
    """The formats of a service's ARNs that actions of a set take, those that our corrections replace among them."""
    taken, replaced = formats_of(atom), replaced_formats_of(atom)
    anyone = [own for name, own in taken.items() if name.startswith("${")]
    found: dict[str, int] = {}
    for own in (taken.get(service, {}), *anyone, replaced.get(service, {})):
        for form, mask in own.items():
            found[form] = found.get(form, 0) | mask
    return found


def _union(masks: Iterable[int]) -> int:
    return reduce(or_, masks, 0)
