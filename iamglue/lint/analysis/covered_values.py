"""Which values of a list other values of it cover: what the rules of redundant actions and resources share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.patterns.wildcards import literal_prefix
from iamglue.policy.source.nodes import Node

CoversFunction = Callable[[str, str], bool]
_DEEP = 3  # an ARN's service stands before its third colon; an action's before its first, which is its only one


class CoveredValues:
    """The values with the texts to compare. Only texts with wildcards cover others, so there are few comparisons."""

    def __init__(self, values: Iterable[tuple[Node, str]], covers: CoversFunction) -> None:
        self._values = list(values)
        self._covers = covers
        self._seen: dict[str, Node] = {}
        self._wide: dict[str, list[tuple[str, str, str, Node]]] = {}

    def find_covered(self) -> Iterator[tuple[Node, Node]]:
        """Each covered value with one that covers it; of values that are the same, all but the first."""
        starts = set()
        for node, text in self._values:
            if "*" in text or "?" in text:
                start = literal_prefix(text)
                starts.add(start)
                self._wide.setdefault(_head(start), []).append((start, literal_prefix(_tail(text)), text, node))
        may_be_covered = tuple(starts)
        for node, text in self._values:
            first = self._seen.setdefault(text, node)
            if first is not node:
                yield node, first
            elif text.startswith(may_be_covered) and (by := self._by(node, text)) is not None:
                yield node, by

    def _by(self, node: Node, text: str) -> Node | None:
        tail = _tail(text)
        for head in _heads(text):
            for start, last, pattern, other in self._wide.get(head, ()):
                # What a pattern begins with is compared first: it settles almost all pairs.
                if not (tail.startswith(last) and text.startswith(start)) or pattern == text:
                    continue
                if self._covers(pattern, text) and (other.start < node.start or not self._covers(text, pattern)):
                    return other
        return None


def _tail(text: str) -> str:
    """The resource part of an ARN; empty where there is none."""
    fields = split_arn_fields(text) if text.startswith("arn:") else ()
    return fields[-1] if len(fields) == ARN_FIELD_COUNT else ""


def _head(start: str) -> str:
    """The service that all texts of a pattern name; empty when the pattern leaves it open."""
    pieces = start.split(":", _DEEP)
    return ":".join(pieces[:-1]) if pieces[0] != "arn" or len(pieces) > _DEEP else ""


def _heads(text: str) -> tuple[str, ...]:
    pieces = text.split(":", _DEEP)
    return ("", ":".join(pieces[:-1])) if len(pieces) > 1 else ("",)
