"""Limits for the text that the expressions of a file produce, because repeated doubling would exhaust the memory."""

from __future__ import annotations

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.policy.source.nodes import MAX_EXPANDED_LENGTH

# In characters. Every AWS quota for a policy is lower: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
MAX_INTERPOLATED_LENGTH = 64 * 1024


class TextBudget:
    """Counts the interpolated characters of a text and of a file; beyond the limit, expressions stay unresolved."""

    def __init__(self) -> None:
        self._remaining = MAX_EXPANDED_LENGTH
        self._exceeded = False

    def fits(self, length: int) -> bool:
        """Whether `length` characters may be interpolated into one text."""
        if length <= MAX_INTERPOLATED_LENGTH:
            return True
        self._exceeded = True
        return False

    def consume(self, length: int) -> bool:
        """Whether `length` more characters may be interpolated into the file's texts; if so, count them."""
        if length > self._remaining:
            self._exceeded = True
            return False
        self._remaining -= length
        return True

    def not_evaluated(self, path: str) -> tuple[NotEvaluated, ...]:
        """The entry that reports unresolved expressions of a file; none if the limits were not exceeded."""
        if not self._exceeded:
            return ()
        reason = (
            f"they are longer than {MAX_INTERPOLATED_LENGTH:,} characters in one text, "
            f"or {MAX_EXPANDED_LENGTH:,} in total"
        )
        what = "the values of expressions, which stay unresolved"
        return (NotEvaluated(NotEvaluatedKind.UNDECIDABLE, Subject("file", path), what, reason),)
