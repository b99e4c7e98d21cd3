"""An audit as JSON: the report in version 1, and under `roles` what was judged of each role."""

from __future__ import annotations

from typing import Any

from iamglue.formats.reports.report_json import report_data
from iamglue.formats.words.audit_words import roles_by_risk
from iamglue.model.role_context import AuditResult, RoleReplacement, RoleResult
from iamglue.output_escaping import dump_escaped_json
from iamglue.policy.document import policy_data


def audit_json(audit: AuditResult) -> str:
    """The whole audit, indented."""
    roles = [_role(judged) for judged in roles_by_risk(audit)]
    return dump_escaped_json(report_data(audit.report) | {"roles": roles})


def _role(judged: RoleResult) -> dict[str, Any]:
    role = judged.context.role
    return {
        "name": role.name,
        "arn": role.arn,
        "functions": [{"name": each.name, "arn": each.arn} for each in judged.context.functions],
        "risk": judged.risk,
        "granted_actions": judged.granted_count,
        "needed_actions": judged.required_count,
        "inferred": judged.context.is_spec_inferred,
        "findings": len(judged.findings),
        "replacement": None if judged.replacement is None else _replacement(judged.replacement),
    }


def _replacement(replacement: RoleReplacement) -> dict[str, Any]:
    return {
        "policies": [{"name": name, "document": policy_data(policy)} for name, policy in replacement.policies],
        "detach": list(replacement.detach),
        "delete": list(replacement.delete),
        "before": replacement.actions_before,
        "after": replacement.actions_after,
        "proved": list(replacement.proved),
        "unproved": list(replacement.unproved),
        "added": list(replacement.added_statements),
        "notes": list(replacement.notes),
    }
