"""Classes of ARN formats that a search need not distinguish."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, reduce
from operator import or_

from iamglue.engine.solve.action_bitsets import ANY_RESOURCE, formats_of
from iamglue.engine.solve.budget import spend

# The number of actions that are processed in one step.
_ACTIONS_PER_STEP = 8
# The results for larger sets of actions use so much memory that few of them are cached.
_LARGE_BITSET = 1_000


def classify_formats(actions: int, named: frozenset[str] | None) -> tuple[tuple[str, int], ...]:
    """The ARN formats of a class of actions, each with the actions that use it. None for `named` means all services.

    Formats of services that no Resource pattern names are equivalent, so only one of them is kept.
    """
    spend(1 + actions.bit_count() // _ACTIONS_PER_STEP)
    return (_formats_of_small if actions.bit_count() < _LARGE_BITSET else _formats_of_large)(actions, named)


def _find_formats(actions: int, named: frozenset[str] | None) -> tuple[tuple[str, int], ...]:
    """`classify_formats` without caches."""
    by_service = formats_of(actions)
    # A format with a variable as its service may be of any service.
    services = [s for s in sorted(by_service) if named is None or s in named or s.startswith((ANY_RESOURCE, "${"))]
    formats = [entry for name in services for entry in by_service[name].items()]
    merged = _merge_formats([service_formats for name, service_formats in by_service.items() if name not in services])
    # A request on an ARN is a better example than one on no resource.
    return tuple(sorted([*formats, *([merged] if merged else [])], key=lambda entry: entry[0] == ANY_RESOURCE))


_formats_of_small = lru_cache(maxsize=4096)(_find_formats)
_formats_of_large = lru_cache(maxsize=16)(_find_formats)


def _merge_formats(formats: Sequence[dict[str, int]]) -> tuple[str, int] | None:
    """All actions that use some of the formats, and one format that the first of these actions uses."""
    entries = [entry for service_formats in formats for entry in service_formats.items()]
    actions = reduce(or_, (format_actions for _, format_actions in entries), 0)
    lowest = actions & -actions
    return next(((arn_format, actions) for arn_format, format_actions in entries if format_actions & lowest), None)
