"""What a rule is: a module with a docstring, `RULE`, a pure generator `check`, and cases `GOOD` and `BAD`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from iamglue.errors import IamglueError
from iamglue.findings import Fix, SourceSpan
from iamglue.model.parsed_file import ParsedFile
from iamglue.model.rule import ALL_POLICY_TYPES, RESOURCE_BASED_TYPES, TYPES_WITHOUT_PRINCIPAL, Rule, RuleExample
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import SourceText

__all__ = [
    "ALL_POLICY_TYPES",
    "RESOURCE_BASED_TYPES",
    "TYPES_WITHOUT_PRINCIPAL",
    "FileRuleModule",
    "Rule",
    "RuleExample",
    "RuleModule",
    "RuleViolation",
    "violation_at_error",
    "violation_at_span",
]


@dataclass(slots=True)
class RuleViolation:
    """One fault that a rule found: the node it stands at, what is wrong, and how to go on.

    `code` is one of the rule's codes; "" for a hit that AWS's check does not make.
    """

    node: Node
    message: str
    help: str | None = None
    code: str | None = None
    fix: Fix | None = None


def violation_at_error(error: IamglueError, file: ParsedFile) -> RuleViolation:
    """A hit at the place of an error of reading."""
    location = error.location
    span = SourceSpan(file.path, location.line if location else None, location.column if location else None)
    return violation_at_span(span, file, error.message, error.hint)


def violation_at_span(place: SourceSpan, file: ParsedFile, message: str, help: str | None = None) -> RuleViolation:
    """A hit at a place of a file rather than at a node of a policy."""
    source = _file_source(file.path, file.text)
    start = source.offset_at(place.line or 1, place.column or 1)
    end = source.offset_at(place.end_line, place.end_column or 1) if place.end_line else min(start + 1, len(file.text))
    return RuleViolation(Node(NodeKind.SCALAR, source, start, end), message, help)


@lru_cache(maxsize=1)
def _file_source(path: str, text: str) -> SourceText:
    """A file as an origin: one for all hits of the file, so that its lines are found once."""
    return SourceText(path, text)


class RuleModule(Protocol):
    """A module of this folder that is a rule."""

    @property
    def __doc__(self) -> str | None: ...  # type: ignore[override] # a module's is what its page begins with

    @property
    def RULE(self) -> Rule: ...  # noqa: D102, N802 - constants of the module

    @property
    def GOOD(self) -> tuple[RuleExample, ...]: ...  # noqa: D102, N802

    @property
    def BAD(self) -> tuple[RuleExample, ...]: ...  # noqa: D102, N802

    def check(self, policy: ParsedPolicy, /) -> Iterator[RuleViolation]:
        """The faults of one policy."""


class FileRuleModule(Protocol):
    """A rule about a file as a whole; the texts of its cases are whole files."""

    @property
    def __doc__(self) -> str | None: ...  # type: ignore[override]

    @property
    def RULE(self) -> Rule: ...  # noqa: D102, N802

    @property
    def GOOD(self) -> tuple[RuleExample, ...]: ...  # noqa: D102, N802

    @property
    def BAD(self) -> tuple[RuleExample, ...]: ...  # noqa: D102, N802

    def check_file(self, file: ParsedFile, /) -> Iterator[RuleViolation]:
        """The faults of one file."""
