"""What was inferred from code, as the JSON of `infer code`, version 1 (docs/infer.md)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from iamglue.catalog.verbs import verbs
from iamglue.infer.code.calls import CodePlace
from iamglue.infer.evidence import InferredAccess, InferredCode

VERSION = 1


def code_report(inferred: InferredCode) -> dict[str, Any]:
    """The report as JSON data."""
    return {
        "version": VERSION,
        "access": [_access_data(item) for item in inferred.access],
        "conditional": [
            {
                "action": item.action,
                "resource": item.resource,
                "when": item.when,
                "evidence": places_data(item.evidence),
            }
            for item in inferred.conditional
        ],
        "unresolved": unresolved_data(inferred),
        "other_roles": [
            {"operation": item.operation, "role": item.role, "evidence": places_data(item.evidence)}
            for item in inferred.other_roles
        ],
        "files": {"read": len(inferred.read), "failed": failed_data(inferred)},
    }


def unresolved_data(inferred: InferredCode) -> list[dict[str, Any]]:
    """The calls that were not resolved, as JSON data."""
    return [
        {**_place_data(item.place), "call": item.call, "reason": item.reason, "candidates": list(item.candidates)}
        for item in inferred.unresolved
    ]


def failed_data(inferred: InferredCode) -> list[dict[str, Any]]:
    """The files that were not read, as JSON data."""
    return [{**_place_data(item.place), "reason": item.reason} for item in inferred.failed]


def _access_data(item: InferredAccess) -> dict[str, Any]:
    """One access as JSON data; `prefix` is left out if the entry has none."""
    return {
        "action": item.action,
        "resource": item.resource,
        "operation": item.operation,
        "list": str(item.entry.access),
        "verb": _verb(item),
        "evidence": places_data(item.evidence),
        "origin": str(item.origin),
        "basis": str(item.basis),
        "reached": item.is_reached,
        "companion_of": item.companion_of or None,
        **({"prefix": item.entry.prefix} if item.entry.prefix else {}),
    }


def _verb(item: InferredAccess) -> str:
    """The word of `do` that means exactly this action: a verb, else the name of the action."""
    service, _, name = item.action.partition(":")
    same = [verb for verb in verbs(service, item.entry.access) if verb.actions == (item.action,)]
    return next((verb.name for verb in sorted(same, key=lambda verb: not verb.default)), name)


def places_data(places: Iterable[CodePlace]) -> list[dict[str, Any]]:
    """Places in the code, as JSON data."""
    return [_place_data(place) for place in places]


def _place_data(place: CodePlace) -> dict[str, Any]:
    return {"path": place.path, "line": place.line or None, "column": place.column or None}
