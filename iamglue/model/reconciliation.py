"""What is declared, called, used and granted of each action and resource of a function, and where these disagree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from iamglue.errors import Location
from iamglue.findings import NotEvaluatedKind
from iamglue.model.spec import AccessEntry
from iamglue.policy.model import Statement

# What else evidence says, such as the number of requests.
EvidenceValue = str | int | bool | None


class AccessSource(StrEnum):
    """Where access is known from: the spec, the code, the record of requests, the policies of the role."""

    DECLARED = "declared"
    CALLED = "called"
    USED = "used"
    GRANTED = "granted"


class ReconcileVerdict(StrEnum):
    """How the sources agree about an action on a resource."""

    AGREES = "agrees"
    UNDECIDED = "undecided"
    NOT_GRANTED = "not-granted"
    CALLED_NOT_DECLARED = "called-not-declared"
    USED_NOT_DECLARED = "used-not-declared"
    ATTEMPTED = "attempted"
    GRANTED_NOT_NEEDED = "granted-not-needed"
    DECLARED_NOT_NEEDED = "declared-not-needed"
    DECLARED_NOT_CALLED = "declared-not-called"
    DECLARED_NOT_USED = "declared-not-used"

    @property
    def is_disagreement(self) -> bool:
        """Whether two sources disagree for certain, so that the spec, the policy or the code must change."""
        return self not in (ReconcileVerdict.AGREES, ReconcileVerdict.UNDECIDED)


@dataclass(frozen=True, slots=True)
class SourceEvidence:
    """One piece of evidence for a row: where it is, and what it says.

    `location` is a line of the spec, the code or a policy file; `is_exact` is False if the source names the resource by
    a parameter or a pattern that may be the row's resource. `data` has more, such as the number of requests.
    """

    text: str
    location: Location | None = None
    is_exact: bool = True
    data: Mapping[str, EvidenceValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """What one source says of a row: yes, no, or None if that is not known; `reason` is why it is no or not known.

    `lacks_allow`: what is not granted would be by an Allow in the role's own policies: nothing denies it.
    """

    value: bool | None
    reason: str = ""
    evidence: tuple[SourceEvidence, ...] = ()
    lacks_allow: bool = False


@dataclass(frozen=True, slots=True)
class ReconcileSuggestion:
    """The change that ends a disagreement, in words.

    `add_entry` is the entry that the spec lacks, `add_access` the same with its action in `do`, to be joined with
    others; `remove_entry` is the place of one that nothing needs; `add_statement` is the statement that the policy
    lacks. What is to be removed from a policy is in `text` and in the row.
    """

    text: str
    add_entry: AccessEntry | None = None
    add_access: AccessEntry | None = None
    remove_entry: Location | None = None
    add_statement: Statement | None = None


@dataclass(frozen=True, slots=True)
class ReconcileRow:
    """One action on one resource of a function, with what each source says.

    A row with `is_remainder` stands for what a policy's statement allows and no other row names: `action` is as the
    policy has it, perhaps a pattern, of which `action_count` actions remain.
    """

    function: str
    action: str
    resource: str
    answers: Mapping[AccessSource, SourceAnswer]
    verdict: ReconcileVerdict
    risk: int
    suggestion: ReconcileSuggestion | None = None
    is_remainder: bool = False
    action_count: int = 1

    def value(self, source: AccessSource) -> bool | None:
        """What a source says: yes, no, or None if that is not known."""
        return self.answers[source].value

    @property
    def combination(self) -> tuple[bool | None, ...]:
        """What the four sources say, in their order."""
        return tuple(self.value(source) for source in AccessSource)


@dataclass(frozen=True, slots=True)
class ReconcileGap:
    """What was not evaluated: `kind` is None if the source was not given, else why."""

    source: AccessSource
    what: str
    reason: str
    kind: NotEvaluatedKind | None = None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The rows of all functions, the highest risk first, and what was not evaluated.

    `reading_times` is when each account that has the roles was read, None if that is not known.
    """

    spec: str
    functions: tuple[str, ...]
    rows: tuple[ReconcileRow, ...]
    gaps: tuple[ReconcileGap, ...] = ()
    reading_times: tuple[str | None, ...] = ()

    @property
    def disagreements(self) -> tuple[ReconcileRow, ...]:
        """The rows in which two sources disagree for certain."""
        return tuple(row for row in self.rows if row.verdict.is_disagreement)

    @property
    def has_failures(self) -> bool:
        """Whether something could not be read or evaluated, so that the table is incomplete."""
        return any(gap.kind is NotEvaluatedKind.FAILED for gap in self.gaps)


def ranked_rows(rows: Iterable[ReconcileRow]) -> tuple[ReconcileRow, ...]:
    """The rows, disagreements before the others, the highest risk first."""
    return tuple(
        sorted(
            rows,
            key=lambda row: (
                not row.verdict.is_disagreement,
                -row.risk,
                row.function,
                row.action.lower(),
                row.resource,
            ),
        )
    )
