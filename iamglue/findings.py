"""The results of `lint` and `audit`: findings with their severity, location and fix, and what was not evaluated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from iamglue.output_escaping import escape_surrogates
from iamglue.policy.source.edits import Edit, Edits


class Severity(StrEnum):
    """The severity of a finding, in Access Analyzer's terms; the first is the most severe.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-validation.html
    """

    ERROR = "error"
    SECURITY_WARNING = "security-warning"
    WARNING = "warning"
    SUGGESTION = "suggestion"

    @property
    def rank(self) -> int:
        """The rank of the severity: 0 for the most severe."""
        return _BY_RANK.index(self)


_BY_RANK = tuple(Severity)


class Confidence(StrEnum):
    """How certain it is that a finding is a real problem."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class SourceSpan:
    """The location of a finding. Lines and columns count from 1; the end is exclusive.

    `pointer` is a JSON pointer into the policy document (`/Statement/0/Action/1`), empty for the whole document; for
    `audit --template`, into the template. `excerpt` is the line of the file, for display.
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

    `edits` are offsets into the file's text, `text_edits` the same as lines and columns: only reports that show them
    have them.
    """

    description: str
    edits: tuple[Edit, ...]
    safe: bool = False
    text_edits: tuple[TextEdit, ...] = ()


def build_fix(description: str, edits: Edits, *, safe: bool = False) -> Fix | None:
    """Build a fix from edits; None if there are no edits because the text does not allow them."""
    return Fix(description, edits, safe) if edits else None


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject of a finding; `kind` is policy, role, function or similar."""

    kind: str
    name: str
    arn: str | None = None


@dataclass(frozen=True, slots=True)
class HopStatement:
    """A statement that allows a hop: the action, the policy's ARN or name with a JSON pointer, and both as text.

    `role` is the ARN of the role that the policy belongs to, as its own or as its trust policy.
    """

    action: str
    role: str
    policy: str
    pointer: str
    text: str


@dataclass(frozen=True, slots=True)
class EscalationHop:
    """One step of privilege escalation, from a role to a role, user or resource, by ARN; None if any will do.

    `name` is the name of the role that takes it. `unknown` is why the step is not certain, empty if it is.
    """

    name: str
    source: str
    target: str | None
    statements: tuple[HopStatement, ...]
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem. `rule` is the slug; `access_analyzer` is AWS's code if AWS has a check for the same problem.

    `url` is the page that the rule is based on; `breadth` marks findings about access that is broader than necessary;
    `sid` is the Sid of the statement. `about` has the texts of the policy that the finding is about, for `identity`.
    If `span` is a location in a template, `document` has the policy's name and the JSON pointers into its document.
    `consequences` are the findings of less severe rules about the same statements. `chain` has the steps of privilege
    escalation from the subject on.
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
    about: tuple[str, ...] = ()
    document: SourceSpan | None = None
    consequences: tuple[Finding, ...] = ()
    chain: tuple[EscalationHop, ...] = ()

    @property
    def identity(self) -> str:
        """A hash of rule, path, subject and `about`: unchanged if lines move or the message is worded anew.

        Several findings have the same identity if a policy has the same problem several times.
        """
        import hashlib  # noqa: PLC0415 - startup: most runs need no finding identity

        parts = (self.rule, self.span.path, self.subject.name, self.access_analyzer or "", *self.about)
        return hashlib.sha256(escape_surrogates("\0".join(parts)).encode()).hexdigest()[:32]


class NotEvaluatedKind(StrEnum):
    """Why something was not evaluated."""

    FAILED = "failed"  # a read or a check failed
    UNDECIDABLE = "undecidable"  # it depends on a value that is not known before deployment

    @classmethod
    def of(cls, *, is_failure: bool) -> NotEvaluatedKind:
        """The kind of something that is not known: because of a failure, or because values are not known."""
        return cls.FAILED if is_failure else cls.UNDECIDABLE


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """Something that was not evaluated, and the reason.

    `policies_unknown`: the subject, a role, has or may have policies of which nothing is known, not even their names.
    `rule` is the name of the own rule of the user's organization that was not evaluated, if it is one. `unread_file` is
    the file that has the policy and was not checked with this one: its path, or its expression if that is not known.
    `outside_policy` is the ARN or the expression of a managed policy that is declared elsewhere.
    """

    kind: NotEvaluatedKind
    subject: Subject
    what: str
    reason: str
    policies_unknown: bool = False
    rule: str = ""
    unread_file: str = ""
    outside_policy: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of a run, in the order of their locations, and what was not evaluated.

    `file_count` and `policy_count` count what was evaluated, `suppressed_count` the suppressed findings.
    """

    findings: tuple[Finding, ...] = ()
    not_evaluated: tuple[NotEvaluated, ...] = ()
    file_count: int = 0
    policy_count: int = 0
    suppressed_count: int = 0

    @property
    def has_failures(self) -> bool:
        """Whether a read or a check failed, so that the report is incomplete."""
        return any(entry.kind is NotEvaluatedKind.FAILED for entry in self.not_evaluated)

    def has_severity_at_least(self, severity: Severity) -> bool:
        """Whether a finding has this severity or a higher one."""
        return any(finding.severity.rank <= severity.rank for finding in self.findings)


def unique_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, one of those that say the same of the same text, with a fix if one of them has it.

    A loop of a template writes a statement several times, and a file may be read by itself and as a part of others.
    """
    unique: dict[tuple[str, SourceSpan, str], Finding] = {}
    for finding in findings:
        known = unique.setdefault((finding.rule, finding.span, finding.message), finding)
        if known.fix is None and finding.fix is not None:
            unique[finding.rule, finding.span, finding.message] = finding
    return tuple(unique.values())


def merge_reports(reports: Iterable[Report]) -> Report:
    """Merge reports into one, in order."""
    all_reports = tuple(reports)
    return Report(
        tuple(finding for report in all_reports for finding in report.findings),
        tuple(entry for report in all_reports for entry in report.not_evaluated),
        sum(report.file_count for report in all_reports),
        sum(report.policy_count for report in all_reports),
        sum(report.suppressed_count for report in all_reports),
    )
