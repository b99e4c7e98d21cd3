"""A proof that a policy grants what is required and nothing more, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ProofSection(StrEnum):
    """The section of the proof that a line belongs to."""

    CALLS = "every call is allowed, and every grant is asked for"
    NEEDED = "every need is allowed"
    NECESSARY = "without it, a need fails"
    NEAR_MISS = "near misses are denied"
    EXACT = "nothing more and nothing less"


@dataclass(frozen=True, slots=True)
class ProofLine:
    """One claim. `holds` is None if it is undecided; `detail` describes the requests that were tested."""

    section: ProofSection
    claim: str
    holds: bool | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ProofTable:
    """The proof for one function's policy. `samples` replace values that only the deployment knows."""

    function: str
    lines: tuple[ProofLine, ...]
    samples: tuple[tuple[str, str], ...] = ()

    @property
    def holds(self) -> bool | None:
        """Whether every line holds; False if one does not, otherwise None if one is undecided."""
        outcomes = {line.holds for line in self.lines}
        return False if False in outcomes else None if None in outcomes else True
