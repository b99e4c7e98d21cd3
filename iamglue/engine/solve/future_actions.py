"""Actions that AWS may add: names that today's catalogue lacks, in classes that the statements tell apart."""

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
from iamglue.engine.solve.search import MAX_JOINT_PATTERNS, ActionClass, Search
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
# So often names that exist are set apart to find one that does not.
_ROUNDS = 32


def future_actions(search: Search) -> Iterator[ActionClass]:
    """A name for each class of actions that do not exist but could, where such an action may be in the access."""
    # A name that exists is no name of the future, so only patterns and unknown names tell these apart.
    texts = [
        [
            text
            for value in leaf.statement.actions.values
            if has_wildcard(text := value.lower()) or find_action(text) is None
        ]
        for leaf in search.terms
    ]
    open_ones = [
        None if own or leaf.statement.actions.negated else False for leaf, own in zip(search.terms, texts, strict=True)
    ]
    if not search.is_satisfiable(open_ones):
        return  # as where what is asked for is listed by name
    try:
        for inside in (*_regions(search, texts), *_services(search, texts)):
            yield from _region(search, texts, inside)
    except TooManyCombinations:
        search.incomplete_reasons.append("too many combinations of action patterns")


def _regions(search: Search, texts: list[list[str]]) -> tuple[str, ...]:
    """All names at once; or where too many patterns divide them, those that each pattern matches.

    A name that only helps where a leaf applies is matched by one of that leaf's patterns.
    """
    if len({text for own in texts for text in own}) <= MAX_JOINT_PATTERNS:
        return (_EVERY_NAME,)
    signs = enumerate(search.problem.polarities)
    helping = [at for at, sign in signs if sign >= 0 and not search.terms[at].statement.actions.negated]
    parts = tuple(dict.fromkeys(text for at in helping for text in texts[at]))
    without = [False if at in helping else None for at in range(len(texts))]
    return (_EVERY_NAME,) if is_possible(search.problem.formula, without) else parts


def _services(search: Search, texts: list[list[str]]) -> Iterator[str]:
    """Where actions of any service match: the names in each service whose ARNs a Resource pattern names.

    The name that stands for a class may be of a service that has no such ARNs.
    """
    wide = any(leaf.statement.actions.negated for leaf in search.terms)
    if wide or any(has_wildcard(text.partition(":")[0]) for own in texts for text in own):
        named = {name for own in search.patterns for pattern in own for name in services_named((pattern,)) or ()}
        yield from (f"{prefix}:?*" for prefix in sorted({prefix for name in named for prefix in prefixes_taking(name)}))


def _region(search: Search, texts: list[list[str]], inside: str) -> Iterator[ActionClass]:
    known = [_stands(leaf, own, inside) for leaf, own in zip(search.terms, texts, strict=True)]
    if not search.is_satisfiable(known):
        return
    undecided = [at for at, truth in enumerate(known) if truth is None]
    patterns = tuple(dict.fromkeys(text for at in undecided for text in texts[at]))
    place = {text: at for at, text in enumerate(patterns)}
    for vector, name in _names(patterns, inside):
        active = [bool(truth) for truth in known]
        for at in undecided:
            held = any(vector >> place[text] & 1 for text in texts[at])
            active[at] = held is not search.terms[at].statement.actions.negated
        if search.is_satisfiable(active):
            named = dict.fromkeys(p for at, on in enumerate(active) if on for p in search.patterns[at])
            forms = _forms(name.partition(":")[0], tuple(named), is_open(search, active))
            yield ActionClass(tuple(active), tuple((form, name) for form in forms))


def _stands(leaf: StatementTerm, texts: list[str], inside: str) -> Truth:
    """Whether a leaf matches all names of a region, none of them (False), or some (None)."""
    matched = any_of(True if covers(text, inside) else None if intersects(text, inside) else False for text in texts)
    return opposite(matched) if leaf.statement.actions.negated else matched


def _names(texts: Sequence[str], inside: str) -> Iterator[tuple[int, str]]:
    """Each combination of matching texts, with a name that no action of today has."""
    tracks = [GlobPattern(parse_glob(text)) for text in texts]
    required = [GlobPattern(parse_glob(text)) for text in dict.fromkeys((_EVERY_NAME, inside))]
    patterns = (1 << len(tracks)) - 1
    told: set[int] = set()
    # The shortest name of a combination may exist: then it is set apart, until one is found that does not.
    for _ in range(_ROUNDS):
        existing = []
        for found in match_combinations(tracks, *required):
            vector = found.vector & patterns
            if vector in told or found.vector != vector:
                continue
            if find_action(found.text) is None:
                told.add(vector)
                yield vector, found.text
            else:
                existing.append(found.text)
        if not existing:
            return
        tracks += [GlobPattern(parse_glob(name)) for name in existing]
    raise TooManyCombinations


@lru_cache(maxsize=4096)
def _forms(prefix: str, patterns: tuple[ArnPattern, ...], unnamed: bool) -> tuple[str | ArnSet, ...]:
    """What a future action may be asked for on: no resource, a type of its service, or any ARN that no type fits."""
    known = find_service(prefix)
    own = [form for kind in known.resource_types.values() for form in kind.arn_formats] if known else []
    owners = {form.split(":", 3)[2] for form in own}.intersection(literal_services(patterns))
    free = (prefix, *sorted(owners - {prefix}), *other_services(patterns, unnamed))
    all_partitions = (*partitions_named(patterns), *strange_partitions(patterns))
    shapes = [service_arn_set(name, partition) for name in free for partition in all_partitions]
    return tuple(
        dict.fromkeys((ANY_RESOURCE, *own, *shapes, *map(pattern_arn_set, filter(is_untyped_pattern, patterns))))
    )
