"""How much text the expressions of a file may put into its texts: what doubles at each step would fill any memory."""

from __future__ import annotations

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.policy.source.nodes import MAX_EXPANDED_LENGTH

# No policy that AWS takes is as long as this: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
MAX_INTERPOLATED_LENGTH = 64 * 1024


class TextBudget:
    """What may be put into one text, and into all texts of a file. What is over it stays an expression, not known."""

    def __init__(self) -> None:
        self._left = MAX_EXPANDED_LENGTH
        self._exceeded = False

    def fits(self, length: int) -> bool:
        """Whether so many characters may be put into one text."""
        if length <= MAX_INTERPOLATED_LENGTH:
            return True
        self._exceeded = True
        return False

    def consume(self, length: int) -> bool:
        """Whether so many characters may be put into the file's texts besides those so far; they are counted."""
        if length > self._left:
            self._exceeded = True
            return False
        self._left -= length
        return True

    def not_evaluated(self, path: str) -> tuple[NotEvaluated, ...]:
        """What is not known of a file because of it; nothing where all was within it."""
        if not self._exceeded:
            return ()
        reason = (
            f"it is longer than {MAX_INTERPOLATED_LENGTH:,} characters in one text, or {MAX_EXPANDED_LENGTH:,} in all"
        )
        what = "what expressions come to, which stays written as they are"
        return (NotEvaluated(NotEvaluatedKind.UNDECIDABLE, Subject("file", path), what, reason),)
