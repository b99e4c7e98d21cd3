"""How much text the expressions of a file may put into its texts: what doubles at each step would fill any memory."""

from __future__ import annotations

from iamglue.findings import Gap, NotEvaluated, Subject
from iamglue.policy.source.nodes import MAX_EXPANDED

# No policy that AWS takes is as long as this: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
MAX_PUT = 64 * 1024


class TextBudget:
    """What may be put into one text, and into all texts of a file. What is over it stays an expression, not known."""

    def __init__(self) -> None:
        self._left = MAX_EXPANDED
        self._exceeded = False

    def fits(self, length: int) -> bool:
        """Whether so many characters may be put into one text."""
        if length <= MAX_PUT:
            return True
        self._exceeded = True
        return False

    def takes(self, length: int) -> bool:
        """Whether so many characters may be put into the file's texts besides those so far; they are counted."""
        if length > self._left:
            self._exceeded = True
            return False
        self._left -= length
        return True

    def gaps(self, path: str) -> tuple[NotEvaluated, ...]:
        """What is not known of a file because of it; nothing where all was within it."""
        if not self._exceeded:
            return ()
        reason = f"it is longer than {MAX_PUT:,} characters in one text, or {MAX_EXPANDED:,} in all"
        what = "what expressions come to, which stays written as they are"
        return (NotEvaluated(Gap.UNDECIDABLE, Subject("file", path), what, reason),)
