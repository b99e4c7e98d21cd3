"""What a policy of a file allows outside a zone of trust, with the source of each statement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from iamglue.model.policy_file import PolicyFile, StatementSource
from iamglue.policy.model import Statement
from iamglue.risk.external_access import ExternalAccessKind, ExternalGrant


class ExternalAnswer(StrEnum):
    """Whether the policy allows anything outside; UNKNOWN if it is only known that it may."""

    NO_EXTERNAL_ACCESS = "no-external-access"
    EXTERNAL_ACCESS = "external-access"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ExternalReport:
    """The grants of the policy in `file`, the zone as the user wrote it, and what the answer assumes, if anything."""

    file: PolicyFile
    trust: tuple[str, ...]
    grants: tuple[ExternalGrant, ...]
    assumption: str | None = None

    @property
    def answer(self) -> ExternalAnswer:
        """The answer for the whole policy."""
        if not self.grants:
            return ExternalAnswer.NO_EXTERNAL_ACCESS
        is_known = any(grant.kind is not ExternalAccessKind.UNKNOWN for grant in self.grants)
        return ExternalAnswer.EXTERNAL_ACCESS if is_known else ExternalAnswer.UNKNOWN

    def grants_of(self, kind: ExternalAccessKind) -> tuple[ExternalGrant, ...]:
        """The grants of one kind."""
        return tuple(grant for grant in self.grants if grant.kind is kind)

    def statement(self, grant: ExternalGrant) -> Statement:
        """The statement of a grant."""
        return self.file.policy.statements[grant.statement_index]

    def source(self, grant: ExternalGrant) -> StatementSource:
        """The location of the statement of a grant."""
        return self.file.statement_source(grant.statement_index)


def names_no_principal(statements: Iterable[Statement]) -> bool:
    """Whether some statement has no Principal: then the policy is not resource-based."""
    return any(statement.principals is None for statement in statements)
