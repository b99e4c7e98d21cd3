"""Which values of a list other values of it cover: what the rules of redundant actions and resources share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.patterns.wildcards import literal_prefix
from iamglue.policy.source.nodes import Node

CoversFunction = Callable[[str, str], bool]
_SPLIT_COLONS = 3  # an ARN's service stands before its third colon; an action's before its first, which is its only one


class CoveredValues:
    """The values with the texts to compare. Only texts with wildcards cover others, so there are few comparisons."""

    def __init__(self, values: Iterable[tuple[Node, str]], covers: CoversFunction) -> None:
        self._values = list(values)
        self._covers = covers
        self._seen: dict[str, Node] = {}
        self._patterns_by_prefix: dict[str, list[tuple[str, str, str, Node]]] = {}

    def find_covered(self) -> Iterator[tuple[Node, Node]]:
        """Each covered value with one that covers it; of values that are the same, all but the first."""
        prefixes = set()
        for node, text in self._values:
            if "*" in text or "?" in text:
                prefix = literal_prefix(text)
                prefixes.add(prefix)
                self._patterns_by_prefix.setdefault(_service_prefix(prefix), []).append(
                    (prefix, literal_prefix(_arn_resource(text)), text, node)
                )
        literal_prefixes = tuple(prefixes)
        for node, text in self._values:
            first = self._seen.setdefault(text, node)
            if first is not node:
                yield node, first
            elif text.startswith(literal_prefixes) and (covering := self._find_covering_value(node, text)) is not None:
                yield node, covering

    def _find_covering_value(self, node: Node, text: str) -> Node | None:
        resource = _arn_resource(text)
        for prefix in _possible_prefixes(text):
            for start, resource_prefix, pattern, candidate in self._patterns_by_prefix.get(prefix, ()):
                # What a pattern begins with is compared first: it settles almost all pairs.
                if not (resource.startswith(resource_prefix) and text.startswith(start)) or pattern == text:
                    continue
                if self._covers(pattern, text) and (candidate.start < node.start or not self._covers(text, pattern)):
                    return candidate
        return None


def _arn_resource(text: str) -> str:
    """The resource part of an ARN; empty where there is none."""
    fields = split_arn_fields(text) if text.startswith("arn:") else ()
    return fields[-1] if len(fields) == ARN_FIELD_COUNT else ""


def _service_prefix(prefix: str) -> str:
    """The service that all texts of a pattern name; empty when the pattern leaves it open."""
    parts = prefix.split(":", _SPLIT_COLONS)
    return ":".join(parts[:-1]) if parts[0] != "arn" or len(parts) > _SPLIT_COLONS else ""


def _possible_prefixes(text: str) -> tuple[str, ...]:
    parts = text.split(":", _SPLIT_COLONS)
    return ("", ":".join(parts[:-1])) if len(parts) > 1 else ("",)
