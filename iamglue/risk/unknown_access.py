"""What is not known of a caller's access."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnknownAccess:
    """What is not known of a caller's access.

    `is_failure`: something could not be read or decided, in contrast to what values that are not known decide.
    """

    text: str
    is_failure: bool = True
