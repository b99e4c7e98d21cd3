"""An audit as one self-contained HTML page: compressed data, which the page's script displays as text nodes.

Names and documents from AWS are data and never markup. The content security policy of the page allows only the page's
own script and style, by hash, and no network access.
"""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

from iamglue.findings import Finding, NotEvaluatedKind, Severity
from iamglue.formats.reports.html_page import PAGE_FILTERS, asset_text
from iamglue.formats.templates import render_template
from iamglue.formats.words.audit_words import (
    audit_summary,
    not_evaluated_text,
    role_title,
    roles_by_risk,
    span_text,
)
from iamglue.formats.words.finding_words import consequence_lines, hop_lines
from iamglue.model.role_context import AuditResult, RoleReplacement, RoleResult
from iamglue.output_escaping import escape_to_one_line
from iamglue.policy.document import policy_data
from iamglue.version import VERSION

# Characters that are not used in a URL fragment.
_NOT_ALPHANUMERIC = re.compile("[^0-9A-Za-z]")
# gzip level: 9 takes twice as long and saves 5 percent.
_LEVEL = 3
_SEVERITIES = {severity: number for number, severity in enumerate(Severity)}


def audit_html(audit: AuditResult) -> str:
    """The page; the output is deterministic."""
    style, script = asset_text("audit.css"), asset_text("audit.js")
    data = _Data()
    compressed = gzip.compress(
        json.dumps(_escape_hidden(data.page_data(audit)), separators=(",", ":")).encode(), _LEVEL, mtime=0
    )
    accounts = sorted({account.id for account in audit.accounts})
    scope = f"account{'s' if len(accounts) > 1 else ''} {', '.join(accounts)}" if accounts else "no account"
    return render_template(
        "audit.html.j2",
        PAGE_FILTERS,
        title=f"iamglue audit of {scope}",
        summary=audit_summary(audit),
        origin=f"iamglue {VERSION}",
        style=style,
        style_hash=style,
        script=script,
        script_hash=script,
        data=compressed,
    )


def _escape_hidden(data: Any) -> Any:
    """Plain data with invisible characters escaped in every text; line breaks are kept."""
    if isinstance(data, str):
        return data if data.isascii() and data.isprintable() else "\n".join(map(escape_to_one_line, data.split("\n")))
    if isinstance(data, dict):
        return {_escape_hidden(key): _escape_hidden(value) for key, value in data.items()}
    return [_escape_hidden(item) for item in data] if isinstance(data, list | tuple) else data


class _Data:
    """The page's data. Each rule and each text, such as a document, is stored once; findings refer to it by index."""

    def __init__(self) -> None:
        self._rules: dict[str, dict[str, Any]] = {}
        self._texts: dict[str, int] = {}
        self._identity_counts: dict[str, int] = {}

    def page_data(self, audit: AuditResult) -> dict[str, Any]:
        """All data of the page."""
        roles = [self._role(role_result, number) for number, role_result in enumerate(roles_by_risk(audit))]
        failed = [item for item in audit.report.not_evaluated if item.kind is NotEvaluatedKind.FAILED]
        return {
            "roles": roles,
            "rules": list(self._rules.values()),
            "texts": list(self._texts),
            "gaps": [not_evaluated_text(item) for item in failed],
        }

    def _role(self, role_result: RoleResult, number: int) -> dict[str, Any]:
        role = role_result.context.role
        texts = _documents(role_result)
        return {
            "id": f"{number}-{_NOT_ALPHANUMERIC.sub('-', role.name)}",
            "title": role_title(role_result),
            "role": role.name,
            "arn": role.arn,
            "functions": [function.name for function in role_result.context.functions],
            "risk": role_result.risk,
            "granted": role_result.granted_count,
            "needed": role_result.required_count,
            "findings": [self._finding(finding, texts) for finding in role_result.findings],
            "replacement": None if role_result.replacement is None else _replacement(role_result.replacement),
        }

    def _text_index(self, text: str | None) -> int | None:
        """Index of the text in the page's data; adds the text if it is new."""
        return None if text is None else self._texts.setdefault(text, len(self._texts))

    def _finding(self, finding: Finding, texts: dict[str, str]) -> list[Any]:
        """A finding as a positional array; `restoreFieldNames` of audit.js restores the field names."""
        lines = [*((finding, line) for line in hop_lines(finding))]
        lines += zip(finding.consequences, consequence_lines(finding), strict=True)
        identity = finding.identity[:12]
        self._identity_counts[identity] = self._identity_counts.get(identity, 0) + 1
        count = self._identity_counts[identity]
        in_policy = finding.document or finding.span
        return [
            identity if count == 1 else f"{identity}.{count}",
            self._rule_number(finding),
            _SEVERITIES[finding.severity],
            finding.access_analyzer,
            self._text_index(finding.message),
            self._text_index(finding.help),
            self._text_index(span_text(finding.span)),
            in_policy.pointer.split(),
            self._text_index(texts.get(in_policy.path)),
            [[self._rule_number(owner), self._text_index(line)] for owner, line in lines],
        ]

    def _rule_number(self, finding: Finding) -> int:
        """Index of the finding's rule in the page's data; adds the rule if it is new."""
        rule = {"slug": finding.rule, "url": finding.url, "number": len(self._rules)}
        number: int = self._rules.setdefault(finding.rule, rule)["number"]
        return number


def _documents(role_result: RoleResult) -> dict[str, str]:
    """Policy documents of a role and its functions by policy name, and by ARN if there is one, as findings use them."""
    context = role_result.context
    policies = [context.role.trust, *context.role.policies, *([context.role.boundary] if context.role.boundary else [])]
    policies += [permission.policy for function in context.functions for permission in function.permissions]
    policies += [policy for level in context.account.scps or () for policy in level]
    by_name = {policy.name: policy.text for policy in policies}
    return by_name | {policy.arn: policy.text for policy in policies if policy.arn}


def _replacement(replacement: RoleReplacement) -> dict[str, Any]:
    return {
        "before": replacement.actions_before,
        "after": replacement.actions_after,
        "proved": replacement.proved,
        "added": replacement.added_statements,
        "unproved": replacement.unproved,
        "notes": replacement.notes,
        "policies": [{"name": name, "document": policy_data(policy)} for name, policy in replacement.policies],
    }
