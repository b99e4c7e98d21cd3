"""The data of the page of an audit: each rule and each text once, and findings as arrays that refer to them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from iamglue.findings import Finding, NotEvaluated, Severity
from iamglue.formats.reports.access_picture import access_picture
from iamglue.formats.reports.escalation_picture import EscalationPicture, escalation_picture
from iamglue.formats.words.audit_words import gap_lists, role_gaps, role_title, roles_by_risk, span_text
from iamglue.formats.words.finding_words import consequence_lines, hop_lines
from iamglue.formats.words.route_words import FarthestReach, farthest_reach
from iamglue.formats.words.safe_text import SafeText
from iamglue.model.role_context import AuditResult, RoleReplacement, RoleResult
from iamglue.policy.document import policy_data

# Characters that are not used in a URL fragment.
_NOT_ALPHANUMERIC = re.compile("[^0-9A-Za-z]")
_SEVERITIES = {severity: number for number, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class RolePage:
    """What the page has of one role: its result, what it can become in words, and its pictures.

    `id` is the role's part of a URL fragment. `paths` is None if the role can become nothing. `gaps` are what was not
    evaluated of the role and its functions.
    """

    id: str
    result: RoleResult
    reach: FarthestReach
    reach_words: str
    access: SafeText
    paths: EscalationPicture | None
    gaps: tuple[NotEvaluated, ...] = ()

    @property
    def gap_lines(self) -> list[str]:
        """What was not evaluated, or is undecided, of the role and its functions."""
        return [f"{title}: {text}" for title, texts in gap_lists(self.gaps) for text in texts]

    @property
    def left_out(self) -> str:
        """How many chains the picture does not show, as a sentence; empty if it shows all."""
        count = 0 if self.paths is None else self.paths.left_out
        return f"{count:,} more {'chain is' if count == 1 else 'chains are'} not in the picture." if count else ""


def role_pages(audit: AuditResult) -> list[RolePage]:
    """What the page has of each role, highest risk first."""
    routes_by_arn = {routes.arn: routes for routes in audit.routes or ()}
    pages = []
    for number, result in enumerate(roles_by_risk(audit)):
        role = result.context.role
        routes = routes_by_arn.get(role.arn)
        page = RolePage(
            f"{number}-{_NOT_ALPHANUMERIC.sub('-', role.name)}",
            result,
            *farthest_reach(routes),
            access_picture(result.granted_count, result.required_count, result.used_count),
            None if routes is None else escalation_picture(routes),
            role_gaps(result, audit.report.not_evaluated),
        )
        pages.append(page)
    return pages


class AuditPageData:
    """The page's data. Each rule and each text, such as a document, is stored once; findings refer to it by index."""

    def __init__(self) -> None:
        self._rules: dict[str, dict[str, Any]] = {}
        self._texts: dict[str, int] = {}
        self._identity_counts: dict[str, int] = {}

    def page_data(self, pages: Iterable[RolePage]) -> dict[str, Any]:
        """All data of the page."""
        roles = [self._role(page) for page in pages]
        return {"roles": roles, "rules": list(self._rules.values()), "texts": list(self._texts)}

    def _role(self, page: RolePage) -> dict[str, Any]:
        """The data of one role; texts that several roles may have are indexes into the page's texts."""
        result = page.result
        role, texts = result.context.role, _documents(result)
        return {
            "id": page.id,
            "title": role_title(result),
            "role": role.name,
            "arn": role.arn,
            "account": result.context.account.id,
            "functions": [function.name for function in result.context.functions],
            "risk": result.risk,
            "reach": page.reach,
            "words": page.reach_words,
            "granted": result.granted_count,
            "needed": result.required_count,
            "used": result.used_count,
            "access": self._text_index(page.access),
            "paths": None if page.paths is None else self._text_index(page.paths.svg),
            "left": page.left_out,
            "gaps": page.gap_lines,
            "findings": [self._finding(finding, texts) for finding in result.risky_first()],
            "replacement": None if result.replacement is None else _replacement(result.replacement),
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
    """The proposed replacement of a role's policies, with the documents."""
    return {
        "before": replacement.actions_before,
        "after": replacement.actions_after,
        "proved": replacement.proved,
        "added": replacement.added_statements,
        "unproved": replacement.unproved,
        "notes": replacement.notes,
        "policies": [{"name": name, "document": policy_data(policy)} for name, policy in replacement.policies],
    }
