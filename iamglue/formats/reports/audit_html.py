"""An audit as one HTML page that needs nothing from elsewhere: its data packed, made into text nodes by its own script.

Nothing that AWS holds is ever markup: names and documents are data, the page's policy (CSP) allows its own script and
style by their hashes alone, and nothing can be fetched.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import re
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from iamglue.findings import Finding, NotEvaluatedKind, Severity
from iamglue.formats.templates import render_template, templates_directory
from iamglue.formats.words.audit_words import audit_summary, not_evaluated_text, role_title, roles_by_risk
from iamglue.formats.words.safe_text import SafeText
from iamglue.model.role_context import AuditResult, RoleReplacement, RoleResult
from iamglue.output_escaping import escape_output, escape_to_one_line
from iamglue.policy.document import policy_data
from iamglue.version import VERSION

# What has no place in an address.
_ODD = re.compile("[^0-9A-Za-z]")
# 9 takes twice as long, for a twentieth less.
_LEVEL = 3
_SEVERITIES = {severity: number for number, severity in enumerate(Severity)}


def audit_html(audit: AuditResult) -> str:
    """The page; the same audit gives the same bytes."""
    style, script = _own_text("audit.css"), _own_text("audit.js")
    data = _Data()
    packed = gzip.compress(json.dumps(_seen(data.whole(audit)), separators=(",", ":")).encode(), _LEVEL, mtime=0)
    filters: dict[str, Callable[..., SafeText]] = {"html": _html, "own": SafeText, "hash": _hash, "base64": _base64}
    accounts = sorted({account.id for account in audit.accounts})
    named = f"account{'s' if len(accounts) > 1 else ''} {', '.join(accounts)}" if accounts else "no account"
    return render_template(
        "audit.html.j2",
        filters,
        title=f"iamglue audit of {named}",
        summary=audit_summary(audit),
        origin=f"iamglue {VERSION}",
        style=style,
        style_hash=style,
        script=script,
        script_hash=script,
        data=packed,
    )


def _own_text(name: str) -> str:
    return (templates_directory() / name).read_text(encoding="utf-8")


def _html(text: str) -> SafeText:
    return SafeText(html.escape(escape_output(escape_to_one_line(text))))


def _hash(text: str) -> SafeText:
    digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return SafeText(f"'sha256-{digest}'")


def _base64(data: bytes) -> SafeText:
    return SafeText(b64encode(data).decode())


def _seen(data: Any) -> Any:
    """Plain data in which no text holds what is not seen; the lines of documents stay lines."""
    if isinstance(data, str):
        return data if data.isascii() and data.isprintable() else "\n".join(map(escape_to_one_line, data.split("\n")))
    if isinstance(data, dict):
        return {_seen(key): _seen(value) for key, value in data.items()}
    return [_seen(each) for each in data] if isinstance(data, list | tuple) else data


class _Data:
    """The page's data; rules and texts, documents among them, stand in it once, and findings name them by number."""

    def __init__(self) -> None:
        self._rules: dict[str, dict[str, Any]] = {}
        self._texts: dict[str, int] = {}
        self._seen: dict[str, int] = {}

    def whole(self, audit: AuditResult) -> dict[str, Any]:
        """All that the page shows."""
        roles = [self._role(judged, number) for number, judged in enumerate(roles_by_risk(audit))]
        failed = [gap for gap in audit.report.not_evaluated if gap.kind is NotEvaluatedKind.FAILED]
        return {
            "roles": roles,
            "rules": list(self._rules.values()),
            "texts": list(self._texts),
            "gaps": [not_evaluated_text(gap) for gap in failed],
        }

    def _role(self, judged: RoleResult, number: int) -> dict[str, Any]:
        role = judged.context.role
        texts = _documents(judged)
        return {
            "id": f"{number}-{_ODD.sub('-', role.name)}",
            "title": role_title(judged),
            "role": role.name,
            "arn": role.arn,
            "functions": [function.name for function in judged.context.functions],
            "risk": judged.risk,
            "granted": judged.granted_count,
            "needed": judged.required_count,
            "findings": [self._finding(finding, texts) for finding in judged.findings],
            "replacement": None if judged.replacement is None else _replacement(judged.replacement),
        }

    def _number(self, text: str | None) -> int | None:
        return None if text is None else self._texts.setdefault(text, len(self._texts))

    def _finding(self, finding: Finding, texts: dict[str, str]) -> list[Any]:
        """A finding without the names of its fields, which `told` of the script gives back."""
        rule = self._rules.setdefault(
            finding.rule, {"slug": finding.rule, "url": finding.url, "number": len(self._rules)}
        )
        identity = finding.identity[:12]
        self._seen[identity] = self._seen.get(identity, 0) + 1
        again = self._seen[identity]
        return [
            identity if again == 1 else f"{identity}.{again}",
            rule["number"],
            _SEVERITIES[finding.severity],
            finding.access_analyzer,
            self._number(finding.message),
            self._number(finding.help),
            self._number(finding.span.path),
            finding.span.pointer.split(),
            self._number(texts.get(finding.span.path)),
        ]


def _documents(judged: RoleResult) -> dict[str, str]:
    """The documents of a role and its functions by what findings call them: names, and ARNs where there are."""
    case = judged.context
    own = [case.role.trust, *case.role.policies, *([case.role.boundary] if case.role.boundary else [])]
    own += [each.policy for function in case.functions for each in function.permissions]
    own += [policy for level in case.account.scps or () for policy in level]
    named = {policy.name: policy.text for policy in own}
    return named | {policy.arn: policy.text for policy in own if policy.arn}


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
