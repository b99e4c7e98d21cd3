"""Values of a list that other values of the list cover; shared by the rules about redundant actions and resources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.patterns.wildcards import covers, literal_prefix
from iamglue.policy.source.nodes import Node

CoversFunction = Callable[[str, str], bool]
_SPLIT_COLONS = 3  # the service of an ARN is before its third colon; that of an action before its only colon


def quick_covers_action(general: str, specific: str) -> bool:
    """Like `covers_action`, with fast paths for names and for different services."""
    pattern, action = general.lower(), specific.lower()
    if pattern == action or ("*" not in pattern and "?" not in pattern):
        return pattern == action
    prefix = pattern.partition(":")[0]
    return (action.startswith(prefix) or "*" in prefix or "?" in prefix) and covers(pattern, action)


class CoveredValues:
    """A list of values and their texts. Only texts with wildcards cover others, so there are few comparisons.

    A value in a branch of Fn::If covers only values that are in the policy whenever the branch is.
    """

    def __init__(self, values: Iterable[tuple[Node, str]], covers: CoversFunction) -> None:
        # A list of a template may have one value several times by references: there is nothing to remove.
        unique = {id(value[0]): value for value in values}.values()
        # Of equal values, the one with the fewest conditions is retained, and of these the first.
        self._values = sorted(unique, key=lambda value: len(value[0].branches))
        self._covers = covers
        self._seen: dict[str, list[Node]] = {}
        self._patterns_by_prefix: dict[str, list[tuple[str, str, str, Node]]] = {}

    def find_covered(self) -> Iterator[tuple[Node, Node]]:
        """Yield each covered value with a value that covers it; of equal values, all but one."""
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
            equal_nodes = self._seen.setdefault(text, [])
            first = next((seen for seen in equal_nodes if seen.is_present_with(node)), None)
            equal_nodes.append(node)
            if first is not None:
                yield node, first
            elif text.startswith(literal_prefixes) and (covering := self._find_covering_value(node, text)) is not None:
                yield node, covering

    def _find_covering_value(self, node: Node, text: str) -> Node | None:
        """A value with a pattern that covers `text`. Of two patterns that cover each other, the first one wins."""
        resource = _arn_resource(text)
        for prefix in _possible_prefixes(text):
            for start, resource_prefix, pattern, candidate in self._patterns_by_prefix.get(prefix, ()):
                # Comparing the literal prefixes first excludes almost all pairs cheaply.
                if not (resource.startswith(resource_prefix) and text.startswith(start)) or pattern == text:
                    continue
                if not candidate.is_present_with(node):
                    continue
                if self._covers(pattern, text) and (candidate.start < node.start or not self._covers(text, pattern)):
                    return candidate
        return None


def _arn_resource(text: str) -> str:
    """The resource part of an ARN; "" if the text is not an ARN."""
    fields = split_arn_fields(text) if text.startswith("arn:") else ()
    return fields[-1] if len(fields) == ARN_FIELD_COUNT else ""


def _service_prefix(prefix: str) -> str:
    """The part up to the service that all texts of a pattern share; "" if the service is not literal."""
    parts = prefix.split(":", _SPLIT_COLONS)
    return ":".join(parts[:-1]) if parts[0] != "arn" or len(parts) > _SPLIT_COLONS else ""


def _possible_prefixes(text: str) -> tuple[str, ...]:
    """Keys under which patterns that may cover the text are stored."""
    parts = text.split(":", _SPLIT_COLONS)
    return ("", ":".join(parts[:-1])) if len(parts) > 1 else ("",)
