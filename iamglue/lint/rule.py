"""What a rule is: a module with a docstring, `RULE`, a pure generator `check`, and cases `GOOD` and `BAD`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from iamglue.errors import IamglueError
from iamglue.findings import Fix, Place
from iamglue.model.parsed_file import WrittenFile
from iamglue.model.rule import EVERY_TYPE, RESOURCE_BASED, WITHOUT_PRINCIPAL, Case, Rule
from iamglue.policy.parsed_policy import WrittenPolicy
from iamglue.policy.source.nodes import Node, Shape
from iamglue.policy.source.source_text import Origin

__all__ = [
    "EVERY_TYPE",
    "RESOURCE_BASED",
    "WITHOUT_PRINCIPAL",
    "Case",
    "FileRuleModule",
    "Hit",
    "Rule",
    "RuleModule",
    "at_error",
    "at_place",
]


@dataclass(slots=True)
class Hit:
    """One fault that a rule found: the node it stands at, what is wrong, and how to go on.

    `code` is one of the rule's codes; "" for a hit that AWS's check does not make.
    """

    node: Node
    message: str
    help: str | None = None
    code: str | None = None
    fix: Fix | None = None


def at_error(error: IamglueError, file: WrittenFile) -> Hit:
    """A hit at the place of an error of reading."""
    where = error.location
    place = Place(file.path, where.line if where else None, where.column if where else None)
    return at_place(place, file, error.message, error.hint)


def at_place(place: Place, file: WrittenFile, message: str, help: str | None = None) -> Hit:
    """A hit at a place of a file rather than at a node of a policy."""
    origin = _whole(file.path, file.text)
    start = origin.offset(place.line or 1, place.column or 1)
    end = origin.offset(place.end_line, place.end_column or 1) if place.end_line else min(start + 1, len(file.text))
    return Hit(Node(Shape.SCALAR, origin, start, end), message, help)


@lru_cache(maxsize=1)
def _whole(path: str, text: str) -> Origin:
    """A file as an origin: one for all hits of the file, so that its lines are found once."""
    return Origin(path, text)


class RuleModule(Protocol):
    """A module of this folder that is a rule."""

    @property
    def __doc__(self) -> str | None: ...  # type: ignore[override] # a module's is what its page begins with

    @property
    def RULE(self) -> Rule: ...  # noqa: D102, N802 - constants of the module

    @property
    def GOOD(self) -> tuple[Case, ...]: ...  # noqa: D102, N802

    @property
    def BAD(self) -> tuple[Case, ...]: ...  # noqa: D102, N802

    def check(self, policy: WrittenPolicy, /) -> Iterator[Hit]:
        """The faults of one policy."""


class FileRuleModule(Protocol):
    """A rule about a file as a whole; the texts of its cases are whole files."""

    @property
    def __doc__(self) -> str | None: ...  # type: ignore[override]

    @property
    def RULE(self) -> Rule: ...  # noqa: D102, N802

    @property
    def GOOD(self) -> tuple[Case, ...]: ...  # noqa: D102, N802

    @property
    def BAD(self) -> tuple[Case, ...]: ...  # noqa: D102, N802

    def check_file(self, file: WrittenFile, /) -> Iterator[Hit]:
        """The faults of one file."""
