"""The resource parts of ARN formats as patterns: `table/${TableName}` matches `table/` and a name that is not empty."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from iamglue.policy.patterns import wildcards as patterns
from iamglue.policy.patterns.matching import Matcher

_VARIABLE = re.compile(r"\$\{[^{}]*\}")
_ANY_NAME = "?*"  # a name is not empty
_OPEN = frozenset({"", "*", "?", "$"})  # no name begins here, or a wildcard or variable does


@dataclass(frozen=True, slots=True)
class ResourcePattern:
    """The pattern of a format's resource part, the text before its first wildcard, and a test whether a text matches.

    `is_name`: its only variable is at the end.
    """

    pattern: str
    prefix: str
    is_name: bool
    matches: Matcher

    def may_match(self, resource: str) -> bool:
        """Whether some resource part has the format and matches the one of a Resource value."""
        starts = resource.startswith(self.prefix)
        # Fast path for most values: a literal name follows.
        if starts and self.is_name and resource[len(self.prefix) : len(self.prefix) + 1] not in _OPEN:
            return True
        if "*" not in resource and "?" not in resource and "$" not in resource:
            return starts and self.matches(resource)
        return patterns.intersects(self.pattern, resource)


@cache
def resource_pattern(resource: str) -> ResourcePattern:
    """The pattern of the resource part of a format."""
    pattern = _VARIABLE.sub(_ANY_NAME, resource)
    prefix = patterns.literal_prefix(pattern)
    return ResourcePattern(pattern, prefix, pattern == prefix + _ANY_NAME, patterns.compile_pattern(pattern))
