"""Actions that AWS may add: names that today's catalogue lacks, in classes that the statements tell apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamglue.access.search import Actions, Search
from iamglue.access.sets import Leaf
from iamglue.access.tracks import TooMany, Track, combinations
from iamglue.access.universe import ANY_RESOURCE
from iamglue.catalog.services import action, service
from iamglue.iam.globs import glob
from iamglue.iam.patterns import is_pattern

_NAME = Track(glob("?*:?*"))
# So often names that exist are set apart to find one that does not.
_ROUNDS = 32


def future_actions(search: Search) -> Iterator[Actions]:
    """A name for each class of actions that do not exist but could, where such an action may be in the access."""
    # A name that exists is no name of the future, so only patterns and unknown names tell these apart.
    texts = tuple(
        dict.fromkeys(
            text
            for leaf in search.leaves
            for value in leaf.statement.actions.values
            if is_pattern(text := value.lower()) or action(text) is None
        )
    )
    place = {text: at for at, text in enumerate(texts)}

    def matching(vector: int) -> tuple[bool, ...]:
        return tuple(_matches(leaf, vector, place) for leaf in search.leaves)

    def is_possible(vector: int) -> bool:
        return search.problem.formula([None if on else False for on in matching(vector)]) is not False

    try:
        for vector, name in _names(texts, is_possible):
            yield Actions(matching(vector), tuple((form, name) for form in _formats(name.partition(":")[0])))
    except TooMany:
        search.gaps.append("too many combinations of action patterns")


def _names(texts: tuple[str, ...], is_possible: Callable[[int], bool]) -> Iterator[tuple[int, str]]:
    """Each possible combination of matching texts, with a name that no action of today has."""
    tracks = [Track(glob(text)) for text in texts]
    patterns = (1 << len(tracks)) - 1
    told: set[int] = set()
    # The shortest name of a combination may exist: then it is set apart, until one is found that does not.
    for _ in range(_ROUNDS):
        existing = []
        for found in combinations(tracks, _NAME):
            vector = found.vector & patterns
            if vector in told or found.vector != vector or not is_possible(vector):
                continue
            if action(found.text) is None:
                told.add(vector)
                yield vector, found.text
            else:
                existing.append(found.text)
        if not existing:
            return
        tracks += [Track(glob(name)) for name in existing]
    raise TooMany


def _matches(leaf: Leaf, vector: int, place: dict[str, int]) -> bool:
    actions = leaf.statement.actions
    held = (place.get(value.lower()) for value in actions.values)
    return any(at is not None and vector >> at & 1 for at in held) is not actions.negated


def _formats(prefix: str) -> tuple[str, ...]:
    known = service(prefix)
    own = [form for kind in known.resource_types.values() for form in kind.arn_formats] if known else []
    general = f"arn:${{Partition}}:{prefix}:${{Region}}:${{Account}}:${{Resource}}"
    return tuple(dict.fromkeys((ANY_RESOURCE, *own, general)))
