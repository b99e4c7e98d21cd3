"""What `generate` checked, explained and proved, as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from iamglue.formats.reports.diff_json import statement_data
from iamglue.model.permission_set import PermissionSet
from iamglue.model.proof_table import ProofTable


def generation_json(
    permission_sets: Sequence[PermissionSet],
    *,
    out_of_date: Sequence[str] | None,
    explains: bool,
    proofs: Sequence[ProofTable],
) -> str:
    """A report of the functions in order; what was not asked for is null.

    `out_of_date` are the files of `--check` that differ, None without it; `proofs` are those of the functions, or none.
    """
    functions = [
        {
            "function": permission_set.function,
            "notes": list(permission_set.notes),
            "statements": _statements(permission_set) if explains else None,
            "proof": _proof(proofs[number]) if proofs else None,
        }
        for number, permission_set in enumerate(permission_sets)
    ]
    files = None if out_of_date is None else list(out_of_date)
    return json.dumps({"version": 1, "out_of_date": files, "functions": functions}, indent=2) + "\n"


def _statements(permission_set: PermissionSet) -> list[dict[str, Any]]:
    """The statements of a function, each with the lines of the spec that require it."""
    return [
        {"statement": statement_data(explained.statement), "because": [str(reason) for reason in explained.reasons]}
        for explained in permission_set.explained_statements
    ]


def _proof(table: ProofTable) -> dict[str, Any]:
    """The proof of a function; `holds` is null for a line that is not decided."""
    return {
        "holds": table.holds,
        "samples": dict(table.samples),
        "lines": [
            {"section": line.section.value, "claim": line.claim, "holds": line.holds, "detail": line.detail}
            for line in table.lines
        ],
    }
