"""The interface of a rule module: docstring, `RULE`, a pure generator `check`, and examples `GOOD` and `BAD`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from iamglue.errors import IamglueError
from iamglue.findings import Fix, Severity, SourceSpan
from iamglue.model.parsed_file import ParsedFile
from iamglue.model.rule import (
    ALL_POLICY_TYPES,
    RESOURCE_BASED_TYPES,
    TYPES_WITHOUT_PRINCIPAL,
    DocumentedRule,
    Rule,
    RuleExample,
)
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
    """One problem that a rule reports: its node, the message, the help, and the fix.

    `code` is one of the codes of the rule; "" if AWS's check does not report this problem, None for the first code.
    `detail` is a text of the policy that tells several problems with the same code at one node apart, such as a
    condition key; it identifies the finding in a baseline. `severity` is set if it differs from that of the rule.
    """

    node: Node
    message: str
    help: str | None = None
    code: str | None = None
    fix: Fix | None = None
    detail: str = ""
    severity: Severity | None = None


def violation_at_error(error: IamglueError, file: ParsedFile) -> RuleViolation:
    """A violation at the location of a parse error."""
    location = error.location
    span = SourceSpan(file.path, location.line if location else None, location.column if location else None)
    return violation_at_span(span, file, error.message, error.advice)


def violation_at_span(span: SourceSpan, file: ParsedFile, message: str, help: str | None = None) -> RuleViolation:
    """A violation at a position of a file instead of a node of a policy."""
    source = _file_source(file.path, file.text)
    start = source.offset_at(span.line or 1, span.column or 1)
    end = source.offset_at(span.end_line, span.end_column or 1) if span.end_line else min(start + 1, len(file.text))
    return RuleViolation(Node(NodeKind.SCALAR, source, start, end), message, help)


@lru_cache(maxsize=1)
def _file_source(path: str, text: str) -> SourceText:
    """The source of a file, cached so that its lines are only computed once."""
    return SourceText(path, text)


class RuleModule(DocumentedRule, Protocol):
    """A module of `iamglue.lint.rules` that is a rule."""

    def check(self, policy: ParsedPolicy, /) -> Iterator[RuleViolation]:
        """The problems of one policy."""


class FileRuleModule(DocumentedRule, Protocol):
    """A rule about a whole file; the texts of its examples are files."""

    def check_file(self, file: ParsedFile, /) -> Iterator[RuleViolation]:
        """The problems of one file."""
