"""The operations that `audit` may call, all read-only, and what each of them reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from iamglue.catalog.tables import table_rows


@dataclass(frozen=True, slots=True)
class AuditOperation:
    """An operation of a client, both as AWS spells them.

    `resources` are the narrowest resources known in advance, each as a spec names it: a service (and type), and an ARN
    with variables as in ARN formats. None if the audit's own role needs no permission for it.
    """

    client: str
    name: str
    resources: tuple[tuple[str, str], ...]
    reads: str

    @property
    def action(self) -> str:
        """The IAM action that authorizes the operation: they have the same name."""
        return f"{self.client}:{self.name}"


@cache
def audit_operations() -> dict[str, AuditOperation]:
    """Every operation by its action."""
    operations = (
        AuditOperation(row["client"], row["operation"], _parse_resources(row["resources"]), row["reads"])
        for row in table_rows("audit_operations")
    )
    return {operation.action: operation for operation in operations}


def _parse_resources(text: str) -> tuple[tuple[str, str], ...]:
    """Parse `SERVICE: ARN; ...` into pairs."""
    pairs = (line.partition(": ") for line in text.split("; ") if line)
    return tuple((service, resource) for service, _, resource in pairs)
