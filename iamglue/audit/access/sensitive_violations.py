"""Violations about sensitive actions that a role is allowed on every resource; two rules use this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from iamglue.audit.access.policy_owners import find_cdk_grant, policy_help
from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.access.statement_location import statement_contents, statement_values, statements_allow_text
from iamglue.audit.access.usual_policies import USUAL_RISK, is_attached_by_framework
from iamglue.audit.rule import RoleViolation
from iamglue.engine.solve.action_bitsets import patterns_bitset
from iamglue.findings import Severity
from iamglue.lint.analysis.required_key import format_first_names
from iamglue.risk.sensitive_grants import SensitiveActionTable, SensitiveGrant, find_sensitive_grants


def sensitive_grant_violations(
    access: RoleAccess, table: SensitiveActionTable, verb: str, help_text: str
) -> Iterator[RoleViolation]:
    """Yield a violation for each group of actions that the same statements allow on every resource."""
    for group in find_sensitive_grants(access, table):
        yield _violation(access, group, verb, help_text)


def _violation(access: RoleAccess, group: Sequence[SensitiveGrant], verb: str, help_text: str) -> RoleViolation:
    """One finding for actions that the same statements allow; only a suggestion where the CDK or SAM wrote them."""
    first = group[0][1]
    statements = access.statements(first)
    mask = patterns_bitset(tuple(sensitive.action for sensitive, _ in group))
    grants = [find_cdk_grant(statement.policy, access.role, mask) for statement in statements]
    is_usual = all(
        grant is not None or is_attached_by_framework(statement.policy, access.role)
        for grant, statement in zip(grants, statements, strict=True)
    )
    effects = list(dict.fromkeys(sensitive.effect_text for sensitive, _ in group))
    actions = format_first_names(tuple(sensitive.action for sensitive, _ in group))
    return RoleViolation(
        f"{statements_allow_text(statements)} {actions} on every resource: the role {verb} {_text_list(effects)}",
        help=policy_help(statements[0].policy, grants[0], help_text),
        location=statement_values(statements, first.action),
        severity=Severity.SUGGESTION if is_usual else None,
        risk=USUAL_RISK if is_usual else None,
        about=sensitive_grant_texts(access, group),
    )


def sensitive_grant_texts(access: RoleAccess, group: Iterable[SensitiveGrant]) -> tuple[str, ...]:
    """The actions of a group, and the statements that allow them."""
    grants = list(group)
    return *(sensitive.action for sensitive, _ in grants), *statement_contents(access.statements(grants[0][1]))


def _text_list(texts: list[str]) -> str:
    """The first three texts and the number of the others."""
    if len(texts) > 3:
        return f"{', '.join(texts[:3])} and {len(texts) - 3} more"
    return f"{', '.join(texts[:-1])} and {texts[-1]}" if len(texts) > 1 else texts[0]
