"""The resource parts of ARN formats as patterns: `table/${TableName}` matches `table/` and a name that is not empty."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from iamglue.policy.patterns import wildcards as patterns

_WILDCARDS = re.compile(r"[*?]+")  # some formats have a star of their own
_VARIABLE = re.compile(r"\$\{[^{}]*\}")
_ANY_NAME = "?*"  # a name is not empty
_OPEN = frozenset({"", "*", "?", "$"})  # no name begins here, or a wildcard or variable does


@dataclass(frozen=True, slots=True)
class ResourcePattern:
    """The pattern of a format's resource part, and its literal texts: the first one, and those that follow variables.

    `is_name`: the only variable is at the end.
    """

    pattern: str
    prefix: str
    pieces: tuple[str, ...]
    is_name: bool

    def may_match(self, resource: str) -> bool:
        """Whether some resource part has the format and matches the one of a Resource value."""
        prefix = self.prefix
        if not resource.startswith(prefix):
            return prefix.startswith(patterns.literal_prefix(resource)) and patterns.intersects(self.pattern, resource)
        # Two fast tests decide nearly all pairs: a literal name follows the prefix, or another part is missing.
        if self.is_name and resource[len(prefix) : len(prefix) + 1] not in _OPEN:
            return True
        for piece in self.pieces:
            if piece not in resource and "*" not in resource and "?" not in resource and "$" not in resource:
                return False
        return patterns.intersects(self.pattern, resource)


@cache
def resource_pattern(resource: str) -> ResourcePattern:
    """The pattern of the resource part of a format."""
    pattern = _VARIABLE.sub(_ANY_NAME, resource)
    prefix, *pieces = _WILDCARDS.split(pattern)
    return ResourcePattern(pattern, prefix, tuple(filter(None, pieces)), pattern == prefix + _ANY_NAME)
