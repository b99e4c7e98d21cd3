"""An audit as JSON: the report in version 1, and under `roles` what was judged of each role."""

from __future__ import annotations

from typing import Any

from iamglue.formats.reports.report_json import report_data
from iamglue.formats.words.audit_words import by_risk
from iamglue.inert import json_text
from iamglue.model.role_context import Audit, Judged, Replacement
from iamglue.policy.document import document


def audit_json(audit: Audit) -> str:
    """The whole audit, indented."""
    roles = [_role(judged) for judged in by_risk(audit)]
    return json_text(report_data(audit.report) | {"roles": roles})


def _role(judged: Judged) -> dict[str, Any]:
    role = judged.case.role
    return {
        "name": role.name,
        "arn": role.arn,
        "functions": [{"name": each.name, "arn": each.arn} for each in judged.case.functions],
        "risk": judged.risk,
        "granted_actions": judged.granted,
        "needed_actions": judged.needed,
        "inferred": judged.case.inferred,
        "findings": len(judged.findings),
        "replacement": None if judged.replacement is None else _replacement(judged.replacement),
    }


def _replacement(replacement: Replacement) -> dict[str, Any]:
    return {
        "policies": [{"name": name, "document": document(policy)} for name, policy in replacement.policies],
        "detach": list(replacement.detach),
        "delete": list(replacement.delete),
        "before": replacement.before,
        "after": replacement.after,
        "proved": list(replacement.proved),
        "unproved": list(replacement.unproved),
        "added": list(replacement.added),
        "notes": list(replacement.notes),
    }
