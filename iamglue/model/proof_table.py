"""A proof that a policy is enough and no more, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ProofSection(StrEnum):
    """What a line of the proof is about."""

    NEEDED = "every need is allowed"
    NECESSARY = "without it, a need fails"
    NEAR_MISS = "near misses are denied"
    EXACT = "nothing more and nothing less"


@dataclass(frozen=True, slots=True)
class ProofLine:
    """One claim. `holds` is None where it could not be decided; `detail` says what it was tried on."""

    section: ProofSection
    claim: str
    holds: bool | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ProofTable:
    """The proof of one function's policy. `samples` stand for what only the deployment knows."""

    function: str
    lines: tuple[ProofLine, ...]
    samples: tuple[tuple[str, str], ...] = ()

    @property
    def holds(self) -> bool | None:
        """Whether every line does; False if one does not, else None if one is undecided."""
        found = {line.holds for line in self.lines}
        return False if False in found else None if None in found else True
