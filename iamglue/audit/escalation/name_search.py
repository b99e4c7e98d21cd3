"""Finds the ARNs that a pattern matches among thousands."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from iamglue.policy.arns import resource_matches

_NOT_LITERAL = re.compile(r"\$\{[^}]*\}|[*?$]")


class NameSearch:
    """ARNs as one text, in which the rarest literal part of a pattern is looked up before any ARN is compared.

    Many roles with a pattern of their own each (`role/team-17-*`) then do not cost a comparison with every ARN each.
    """

    def __init__(self, arns: Iterable[str]) -> None:
        self._arns = list(arns)
        self._text = "\n".join(self._arns)
        self._starts = [0, *accumulate(len(arn) + 1 for arn in self._arns)]

    def matching(self, pattern: str) -> list[str]:
        """The ARNs that a pattern matches, in their order."""
        literal = min(_NOT_LITERAL.split(pattern), key=self._text.count)
        return [arn for arn in self._containing(literal) if resource_matches(pattern, arn)]

    def _containing(self, literal: str) -> Iterator[str]:
        """Yield the ARNs that contain the text, each once; all of them for an empty text."""
        if not literal:
            yield from self._arns
            return
        at = self._text.find(literal)
        while at >= 0:
            line = bisect_right(self._starts, at) - 1
            yield self._arns[line]
            at = self._text.find(literal, self._starts[line + 1])
