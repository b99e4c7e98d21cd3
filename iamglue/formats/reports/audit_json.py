"""An audit as JSON: the report in version 1, and the result of each role under `roles`."""

from __future__ import annotations

from typing import Any

from iamglue.formats.reports.report_json import report_data
from iamglue.formats.words.audit_words import roles_by_risk
from iamglue.model.role_context import AuditResult, RoleReplacement, RoleResult
from iamglue.output_escaping import dump_escaped_json
from iamglue.policy.document import policy_data


def audit_json(audit: AuditResult) -> str:
    """The audit as indented JSON."""
    roles = [_role(role_result) for role_result in roles_by_risk(audit)]
    return dump_escaped_json(report_data(audit.report) | {"roles": roles})


def _role(role_result: RoleResult) -> dict[str, Any]:
    """An item of `roles`; counts that are not known are null."""
    role = role_result.context.role
    return {
        "name": role.name,
        "arn": role.arn,
        "functions": [{"name": function.name, "arn": function.arn} for function in role_result.context.functions],
        "risk": role_result.risk,
        "granted_actions": role_result.granted_count,
        "needed_actions": role_result.required_count,
        "used_actions": role_result.used_count,
        "inferred": role_result.context.is_spec_inferred,
        "findings": len(role_result.findings),
        "replacement": None if role_result.replacement is None else _replacement(role_result.replacement),
    }


def _replacement(replacement: RoleReplacement) -> dict[str, Any]:
    """The proposed replacement: the new policies, and those to detach and to delete."""
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
