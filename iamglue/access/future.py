"""Actions that AWS may add: names that today's catalogue lacks, in classes that the statements tell apart."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.access.search import Actions, Search
from iamglue.access.sets import Leaf
from iamglue.access.tracks import TooMany, Track, combinations
from iamglue.access.universe import ANY_RESOURCE
from iamglue.catalog.services import action, service
from iamglue.iam.globs import glob
from iamglue.iam.patterns import is_pattern

_NAME = Track(glob("?*:?*"))


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
    try:
        for found in combinations([Track(glob(text)) for text in texts], _NAME):
            active = tuple(_matches(leaf, found.vector, place) for leaf in search.leaves)
            possible = search.formula([None if on else False for on in active]) is not False
            if possible and action(found.text) is None:
                yield Actions(active, tuple((form, found.text) for form in _formats(found.text.partition(":")[0])))
    except TooMany:
        search.gaps.append("too many combinations of action patterns")


def _matches(leaf: Leaf, vector: int, place: dict[str, int]) -> bool:
    actions = leaf.statement.actions
    held = (place.get(value.lower()) for value in actions.values)
    return any(at is not None and vector >> at & 1 for at in held) is not actions.negated


def _formats(prefix: str) -> tuple[str, ...]:
    known = service(prefix)
    own = [form for kind in known.resource_types.values() for form in kind.arn_formats] if known else []
    general = f"arn:${{Partition}}:{prefix}:${{Region}}:${{Account}}:${{Resource}}"
    return tuple(dict.fromkeys((ANY_RESOURCE, *own, general)))
