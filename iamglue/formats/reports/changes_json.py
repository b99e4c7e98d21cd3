"""Changes of access as JSON; every list is complete."""

from __future__ import annotations

import json
from typing import Any

from iamglue.formats.reports.diff_json import one_way_reasons, request_data, statement_diff_data
from iamglue.model.access_change import AccessChanges, HolderChange, UnitChange
from iamglue.model.difference import OneWayDiff


def changes_json(changes: AccessChanges) -> str:
    """The answer, and for each compared file what its roles and policies gain and lose."""
    data = {
        "version": 1,
        "answer": changes.answer.value,
        "base": changes.base,
        "head": changes.head,
        "changed_files": changes.changed_count,
        "excluded": list(changes.excluded),
        "not_read": list(changes.not_read),
        "files": [_unit(unit) for unit in changes.units],
    }
    return json.dumps(data, indent=2) + "\n"


def _unit(unit: UnitChange) -> dict[str, Any]:
    """An item of `files`: a file, or the files that are deployed together."""
    return {
        "path": unit.path,
        "old_path": unit.old_path,
        "status": unit.status.value,
        "answer": unit.answer.value,
        "unknown": list(unit.unknown),
        "assumed": list(unit.notes),
        "policies": [_holder(holder) for holder in unit.holders],
    }


def _holder(holder: HolderChange) -> dict[str, Any]:
    """An item of `policies`: a role or policy, with what it may do now and before."""
    return {
        "name": holder.name,
        "answer": holder.answer.value,
        "unknown": list(holder.unknown),
        "added": _one_way(holder.allowed.added),
        "removed": _one_way(holder.allowed.removed),
        "no_longer_denied": None if holder.lifted is None else _one_way(holder.lifted),
    }


def _one_way(diff: OneWayDiff) -> dict[str, Any]:
    """What one side allows and the other does not, with a request as witness."""
    return {
        "answer": diff.comparison.answer.value,
        "witness": request_data(diff.comparison.witness),
        "statements": [statement_diff_data(item) for item in diff.shown],
        "incomplete": list(one_way_reasons(diff)),
    }
