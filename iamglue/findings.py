"""What `lint` and `audit` report: findings with their rank, place and fix, and what could not be looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from iamglue.output_escaping import escape_surrogates
from iamglue.policy.source.edits import Edit, Edits


class Severity(StrEnum):
    """How grave a finding is, in Access Analyzer's words; the first is the gravest.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-validation.html
    """

    ERROR = "error"
    SECURITY_WARNING = "security-warning"
    WARNING = "warning"
    SUGGESTION = "suggestion"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return _BY_RANK.index(self)


_BY_RANK = tuple(Severity)


class Confidence(StrEnum):
    """How sure it is that a finding is a fault."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class SourceSpan:
    """Where a finding stands. Lines and columns count from 1, the end is the place just after it.

    `pointer` is a JSON pointer into the policy document (`/Statement/0/Action/1`); empty for the whole of it.
    `excerpt` is the line of the file, for people.
    """

    path: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    pointer: str = ""
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class TextEdit:
    """A replacement in a file: the text from `start` to `end` (line and column, from 1) becomes `text`."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """How to fix a problem. `safe`: the changed policy allows nothing that the old one did not.

    `edits` are offsets into the file's text, `text_edits` the same as lines and columns.
    """

    description: str
    edits: tuple[Edit, ...]
    safe: bool = False
    text_edits: tuple[TextEdit, ...] = ()


def build_fix(description: str, edits: Edits, *, safe: bool = False) -> Fix | None:
    """A fix of these edits; None where there are none, because the text does not allow it."""
    return Fix(description, edits, safe) if edits else None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about: `kind` is policy, role, function or the like."""

    kind: str
    name: str
    arn: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. `rule` is the slug, `access_analyzer` AWS's code where AWS has a check for the same thing.

    `url` is the page that the rule rests on; `breadth` marks findings about access wider than it need be;
    `sid` is that of the statement at fault.
    """

    rule: str
    severity: Severity
    message: str
    span: SourceSpan
    subject: Subject
    confidence: Confidence = Confidence.HIGH
    help: str | None = None
    access_analyzer: str | None = None
    url: str | None = None
    fix: Fix | None = None
    breadth: bool = False
    sid: str | None = None

    @property
    def identity(self) -> str:
        """What tells it from other findings and stays when its lines move: rule, path, subject and message, hashed."""
        return finding_identity(self.rule, self.span.path, self.subject.name, self.message)


def finding_identity(rule: str, path: str, subject: str, message: str) -> str:
    """The identity of a finding of which these are known."""
    import hashlib  # noqa: PLC0415 - startup: most runs tell findings apart by nothing

    parts = [rule, path, subject, message]
    return hashlib.sha256(escape_surrogates("\0".join(parts)).encode()).hexdigest()[:32]


class NotEvaluatedKind(StrEnum):
    """Why something was not looked at."""

    FAILED = "failed"  # a read or a check failed
    UNDECIDABLE = "undecidable"  # a value that is not known before deployment


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """Something that was not looked at: `what`, and the reason."""

    kind: NotEvaluatedKind
    subject: Subject
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found, in the order of the places, and what it could not look at.

    `files` and `policies` count what was looked at, `suppressed` the findings that were left out on request.
    """

    findings: tuple[Finding, ...] = ()
    not_evaluated: tuple[NotEvaluated, ...] = ()
    file_count: int = 0
    policy_count: int = 0
    suppressed_count: int = 0

    @property
    def has_failures(self) -> bool:
        """Whether a read or a check failed, so that nothing is said of a part."""
        return any(each.kind is NotEvaluatedKind.FAILED for each in self.not_evaluated)

    def has_severity_at_least(self, severity: Severity) -> bool:
        """Whether a finding is at least as grave as `severity`."""
        return any(each.severity.rank <= severity.rank for each in self.findings)


def merge_reports(reports: Iterable[Report]) -> Report:
    """Several reports as one, in their order."""
    found = tuple(reports)
    return Report(
        tuple(finding for each in found for finding in each.findings),
        tuple(gap for each in found for gap in each.not_evaluated),
        sum(each.file_count for each in found),
        sum(each.policy_count for each in found),
        sum(each.suppressed_count for each in found),
    )
