"""Actions that AWS may add: unused names, one for each class of actions that the statements distinguish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from iamglue.catalog.services import find_action, find_service
from iamglue.engine.evaluate.truth import Truth, any_of, opposite
from iamglue.engine.solve.access import StatementTerm
from iamglue.engine.solve.action_bitsets import ANY_RESOURCE, prefixes_taking
from iamglue.engine.solve.arn_classes import ArnPattern, ArnSet, partitions_named, services_named
from iamglue.engine.solve.automaton import GlobPattern, TooManyCombinations, match_combinations
from iamglue.engine.solve.formulas import is_possible
from iamglue.engine.solve.search import MAX_JOINT_PATTERNS, ActionClass, RequestSearch
from iamglue.engine.solve.unlisted import is_open
from iamglue.engine.solve.unlisted_arn_sets import (
    is_untyped_pattern,
    literal_services,
    other_services,
    pattern_arn_set,
    service_arn_set,
    strange_partitions,
)
from iamglue.policy.patterns.globs import parse_glob
from iamglue.policy.patterns.wildcards import covers, has_wildcard, intersects

_EVERY_NAME = "?*:?*"
# The limit of rounds that exclude existing names to find an unused one.
_MAX_ROUNDS = 32


def future_actions(search: RequestSearch) -> Iterator[ActionClass]:
    """An unused name for each class of possible future actions that may be in the access."""
    # An existing name is not a future action, so only patterns and unknown names distinguish classes.
    texts = [term.open_action_texts for term in search.terms]
    possible = [
        None if term_texts or term.statement.actions.negated else False
        for term, term_texts in zip(search.terms, texts, strict=True)
    ]
    if not search.is_satisfiable(possible):
        return  # for example if every action is listed by name
    try:
        for region in (*_regions(search, texts), *_service_regions(search, texts)):
            yield from _region_classes(search, texts, region)
    except TooManyCombinations:
        search.incomplete_reasons.append("too many combinations of action patterns")


def _regions(search: RequestSearch, texts: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """A pattern that matches all names; or, with too many patterns, each pattern as a region of its own.

    A name that only helps if a statement applies matches one of that statement's patterns.
    """
    if len({text for term_texts in texts for text in term_texts}) <= MAX_JOINT_PATTERNS:
        return (_EVERY_NAME,)
    indexed_polarities = enumerate(search.problem.polarities)
    helping = [
        index
        for index, polarity in indexed_polarities
        if polarity >= 0 and not search.terms[index].statement.actions.negated
    ]
    parts = tuple(dict.fromkeys(text for index in helping for text in texts[index]))
    without = [False if index in helping else None for index in range(len(texts))]
    return (_EVERY_NAME,) if is_possible(search.problem.formula, without) else parts


def _service_regions(search: RequestSearch, texts: Sequence[Sequence[str]]) -> Iterator[str]:
    """If actions of any service match: the names of each service whose ARNs a Resource pattern names.

    The sample name of a class may belong to a service without such ARNs.
    """
    matches_any_service = any(term.statement.actions.negated for term in search.terms)
    if matches_any_service or any(has_wildcard(text.partition(":")[0]) for term_texts in texts for text in term_texts):
        named = {
            name for patterns in search.patterns for pattern in patterns for name in services_named((pattern,)) or ()
        }
        yield from (f"{prefix}:?*" for prefix in sorted({prefix for name in named for prefix in prefixes_taking(name)}))


def _region_classes(search: RequestSearch, texts: Sequence[Sequence[str]], region: str) -> Iterator[ActionClass]:
    """The classes of future actions whose names match `region`."""
    coverages = [
        _region_coverage(term, term_texts, region) for term, term_texts in zip(search.terms, texts, strict=True)
    ]
    if not search.is_satisfiable(coverages):
        return
    undecided = [index for index, coverage in enumerate(coverages) if coverage is None]
    patterns = tuple(dict.fromkeys(text for index in undecided for text in texts[index]))
    positions = {text: index for index, text in enumerate(patterns)}
    for vector, name in _find_unused_names(patterns, region):
        active = [bool(coverage) for coverage in coverages]
        for index in undecided:
            is_matched = any(vector >> positions[text] & 1 for text in texts[index])
            active[index] = is_matched is not search.terms[index].statement.actions.negated
        if search.is_satisfiable(active):
            named = dict.fromkeys(
                pattern for index, is_active in enumerate(active) if is_active for pattern in search.patterns[index]
            )
            samples = _resource_samples(name.partition(":")[0], tuple(named), is_open(search, active))
            yield ActionClass(tuple(active), tuple((sample, name) for sample in samples))


def _region_coverage(term: StatementTerm, texts: Sequence[str], region: str) -> Truth:
    """Whether a statement matches all names of a region (True), none of them (False), or some (None)."""
    matched = any_of(True if covers(text, region) else None if intersects(text, region) else False for text in texts)
    return opposite(matched) if term.statement.actions.negated else matched


def _find_unused_names(texts: Sequence[str], region: str) -> Iterator[tuple[int, str]]:
    """Each combination of matching texts, with a name that no current action has."""
    globs = [GlobPattern(parse_glob(text)) for text in texts]
    required = [GlobPattern(parse_glob(text)) for text in dict.fromkeys((_EVERY_NAME, region))]
    patterns = (1 << len(globs)) - 1
    seen_vectors: set[int] = set()
    # The shortest name of a combination may exist: it is then excluded, until an unused name is found.
    for _ in range(_MAX_ROUNDS):
        existing = []
        for combination in match_combinations(globs, *required):
            vector = combination.vector & patterns
            if vector in seen_vectors or combination.vector != vector:
                continue
            if find_action(combination.text) is None:
                seen_vectors.add(vector)
                yield vector, combination.text
            else:
                existing.append(combination.text)
        if not existing:
            return
        globs += [GlobPattern(parse_glob(name)) for name in existing]
    raise TooManyCombinations


@lru_cache(maxsize=4096)
def _resource_samples(prefix: str, patterns: tuple[ArnPattern, ...], unnamed: bool) -> tuple[str | ArnSet, ...]:
    """The resources of a future action: none, a type of its service, or any ARN that fits no type."""
    service = find_service(prefix)
    own_formats = (
        [arn_format for resource_type in service.resource_types.values() for arn_format in resource_type.arn_formats]
        if service
        else []
    )
    owners = {arn_format.split(":", 3)[2] for arn_format in own_formats}.intersection(literal_services(patterns))
    services = (prefix, *sorted(owners - {prefix}), *other_services(patterns, unnamed))
    all_partitions = (*partitions_named(patterns), *strange_partitions(patterns))
    arn_sets = [service_arn_set(name, partition) for name in services for partition in all_partitions]
    return tuple(
        dict.fromkeys(
            (ANY_RESOURCE, *own_formats, *arn_sets, *map(pattern_arn_set, filter(is_untyped_pattern, patterns)))
        )
    )
