"""The operations that `audit` may call, none of which changes anything, and what each reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from iamglue.catalog.tables import table_rows


@dataclass(frozen=True, slots=True)
class AuditOperation:
    """An operation of a client, both as AWS spells them.

    `resources` are the narrowest that can be named beforehand, each as a spec names it: a service (and type), and an
    ARN with variables as in ARN formats. None where the audit's own role needs no permission for it.
    """

    client: str
    name: str
    resources: tuple[tuple[str, str], ...]
    reads: str

    @property
    def action(self) -> str:
        """The IAM action that the operation needs: these have the same names."""
        return f"{self.client}:{self.name}"


@cache
def audit_operations() -> dict[str, AuditOperation]:
    """Every operation by its action."""
    found = (
        AuditOperation(row["client"], row["operation"], _lines(row["resources"]), row["reads"])
        for row in table_rows("audit_operations")
    )
    return {each.action: each for each in found}


def _lines(text: str) -> tuple[tuple[str, str], ...]:
    found = (line.partition(": ") for line in text.split("; ") if line)
    return tuple((service, resource) for service, _, resource in found)
