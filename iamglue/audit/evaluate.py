"""Run all audit rules on one role and collect findings, checks that were not evaluated, and the risk score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.rule import AuditContext, RoleRuleModule, RoleViolation, UndecidedCheck
from iamglue.audit.rule_table import applicable_rules
from iamglue.engine.solve.action_bitsets import element_bitset
from iamglue.findings import Finding, NotEvaluated, NotEvaluatedKind, SourceSpan, Subject
from iamglue.model.lazy_permission_sets import LazyPermissionSets
from iamglue.model.role_context import RoleContext

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class RoleEvaluation:
    """The result for one role. `document_count`: linted documents; the other fields are those of `RoleResult`."""

    findings: tuple[Finding, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    document_count: int
    risk: int
    granted: int
    needed: int | None


@dataclass(slots=True)
class _Judgement:
    """The findings and checks not evaluated so far; `risks` has the highest risk of each rule."""

    role: Subject
    findings: list[Finding] = field(default_factory=list)
    gaps: list[NotEvaluated] = field(default_factory=list)
    risks: dict[str, int] = field(default_factory=dict)


def evaluate_role(case: RoleContext, audit: AuditContext) -> RoleEvaluation:
    """Run the rules on one role."""
    found = _Judgement(_subject(case, None))
    for slug, module in applicable_rules(case):
        _look(slug, module, case, audit, found)
    report = audit.document_linter.lint_role(case)
    access = audit.role_access(case)
    found.findings += report.findings
    found.findings.sort(key=lambda each: (each.severity.rank, -found.risks.get(each.rule, 0)))
    found.gaps += (*_untold(case, access), *report.not_evaluated)
    risk = _together(found.risks.values())
    return RoleEvaluation(
        tuple(found.findings), tuple(found.gaps), report.policy_count, risk, _count(access), _needed(case)
    )


def _look(slug: str, module: RoleRuleModule, case: RoleContext, audit: AuditContext, found: _Judgement) -> None:
    if module.RULE.needs_spec and (case.is_spec_inferred or not case.required_by_spec):
        return
    try:
        for said in module.check(case, audit):
            if isinstance(said, UndecidedCheck):
                subject = _subject(case, said.function)
                # Before deployment many values are unknown: nothing has failed.
                kind = NotEvaluatedKind.UNDECIDABLE if case.account.planned else said.kind
                found.gaps.append(NotEvaluated(kind, subject, said.what, said.reason))
            else:
                subject = found.role if said.function is None else _subject(case, said.function)
                found.findings.append(_finding(slug, module, said, case, subject))
                risk = module.RULE.risk if said.risk is None else said.risk
                found.risks[slug] = max(risk, found.risks.get(slug, 0))
    except Exception as error:  # noqa: BLE001 - a rule that fails must not look like a clean result
        reason = f"{type(error).__name__}: {error}"
        found.gaps.append(NotEvaluated(NotEvaluatedKind.FAILED, _subject(case, None), f"the rule {slug}", reason))


def _finding(slug: str, module: RoleRuleModule, hit: RoleViolation, case: RoleContext, subject: Subject) -> Finding:
    rule = module.RULE
    return Finding(
        slug,
        hit.severity or rule.severity,
        hit.message,
        hit.span or SourceSpan(case.role.arn),
        subject,
        rule.confidence,
        hit.help,
        url=_page(module.__doc__),
        fix=hit.fix,
        breadth=rule.breadth,
    )


@cache
def _page(text: str | None) -> str | None:
    """The last URL in a rule's docstring: AWS's page about the topic."""
    found = [word for word in (text or "").split() if word.startswith("https://")]
    return found[-1] if found else None


def _subject(case: RoleContext, function: str | None) -> Subject:
    if function is not None:
        arn = next((each.arn for each in case.functions if each.name == function), None)
        return Subject("function", function, arn)
    return Subject("role", case.role.name, case.role.arn)


def _untold(case: RoleContext, access: RoleAccess) -> Iterator[NotEvaluated]:
    """What could not be read or determined; complete only after all rules have run."""
    for reason in access.unknown:
        yield NotEvaluated(NotEvaluatedKind.FAILED, _subject(case, None), "the access of the role", reason)
    if isinstance(case.required_by_configuration, LazyPermissionSets):
        yield from case.required_by_configuration.not_evaluated
    found = [(_subject(case, None), case.role.trust)]
    found += [(_subject(case, each.name), one.policy) for each in case.functions for one in each.permissions]
    for subject, policy in found:
        if policy.policy is None:
            yield NotEvaluated(
                NotEvaluatedKind.FAILED, subject, f"the document of `{policy.name}`", f"it {policy.parse_failure}"
            )


def _together(risks: Iterable[int]) -> int:
    """Combine the risks of several rules into one, from 0 to 100: each is a share of what the others leave."""
    safe = 1.0
    for risk in risks:
        safe *= 1 - min(risk, _WHOLE) / _WHOLE
    return round(_WHOLE * (1 - safe))


def _count(access: RoleAccess) -> int:
    """The number of known actions that the role may be allowed, by the actions of statements and limits alone."""
    return access.possible_actions_after_denies.bit_count()


def _needed(case: RoleContext) -> int | None:
    """The number of known actions that the role's functions need; None if no spec declares them."""
    if case.is_spec_inferred or not case.required_by_spec:
        return None
    mask = 0
    for _, bundle in case.required_by_spec:
        for statement in (each for named in bundle.policies for each in named.policy.statements):
            mask |= element_bitset(statement.actions)
    return mask.bit_count()
