"""Run all audit rules on one role and collect findings, checks that were not evaluated, and the risk score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.access.usage_facts import used_action_count
from iamglue.audit.rule import AuditContext, RoleRuleModule, RoleViolation, UndecidedCheck
from iamglue.audit.rule_table import applicable_rules
from iamglue.engine.solve.action_bitsets import element_bitset
from iamglue.findings import Finding, NotEvaluated, NotEvaluatedKind, SourceSpan, Subject
from iamglue.model.escalation_map import PrincipalRoutes
from iamglue.model.lazy_requirements import LazyRequirements
from iamglue.model.role_context import RoleContext
from iamglue.model.rule import rule_url
from iamglue.risk.unknown_access import UnknownAccess

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class RoleEvaluation:
    """The result for one role. `document_count`: linted documents; `routes`: what it can become, if that was asked.

    The others are those of `RoleResult`.
    """

    findings: tuple[Finding, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    document_count: int
    risk: int
    granted_count: int
    required_count: int | None
    used_count: int | None = None
    rule_risks: Mapping[str, int] = field(default_factory=dict)
    routes: PrincipalRoutes | None = None


@dataclass(slots=True)
class _Collected:
    """The findings and checks not evaluated so far; `risks` has the highest risk of each rule."""

    role: Subject
    findings: list[Finding] = field(default_factory=list)
    not_evaluated: list[NotEvaluated] = field(default_factory=list)
    risks: dict[str, int] = field(default_factory=dict)


def evaluate_role(context: RoleContext, audit: AuditContext) -> RoleEvaluation:
    """Run the rules on one role."""
    collected = _Collected(_subject(context, None))
    # First, as the rules may record more that is not known of the role's access.
    routes = _routes(context, audit) if audit.finds_routes else None
    for slug, module in applicable_rules(context):
        _run_rule(slug, module, context, audit, collected)
    if audit.own_rules:
        from iamglue.audit.own_rules import role_rules_of  # noqa: PLC0415 - startup: most runs have none

        for slug, module in role_rules_of(audit.own_rules):
            _run_rule(slug, module, context, audit, collected)
    report = audit.document_linter.lint_role(context)
    access = audit.role_access(context)
    collected.findings += report.findings
    collected.findings.sort(key=lambda finding: (finding.severity.rank, -collected.risks.get(finding.rule, 0)))
    collected.not_evaluated += (*_not_evaluated(context, access), *report.not_evaluated)
    risk = _combined_risk(collected.risks.values())
    return RoleEvaluation(
        tuple(collected.findings),
        tuple(collected.not_evaluated),
        report.policy_count,
        risk,
        _granted_count(access),
        _required_count(context),
        used_action_count(context.usage, context.role),
        collected.risks,
        routes,
    )


def _routes(context: RoleContext, audit: AuditContext) -> PrincipalRoutes:
    """The routes of a role; if they cannot be computed, the reason is in `not_known`."""
    try:
        return audit.routes(context)
    except Exception as error:  # noqa: BLE001 - a role that fails must not look as if it had no routes
        role = context.role
        not_known = (UnknownAccess(f"{type(error).__name__}: {error}"),)
        return PrincipalRoutes(role.name, role.arn, role.account, not_known=not_known)


def _run_rule(
    slug: str, module: RoleRuleModule, context: RoleContext, audit: AuditContext, collected: _Collected
) -> None:
    """Run one rule on a role; a failure is recorded as not evaluated."""
    if module.RULE.needs_spec and (context.is_spec_inferred or not context.required_by_spec):
        return
    try:
        for result in module.check(context, audit):
            if isinstance(result, UndecidedCheck):
                subject = _subject(context, result.function)
                # Before deployment many values are unknown: nothing has failed.
                kind = NotEvaluatedKind.UNDECIDABLE if context.account.planned else result.kind
                collected.not_evaluated.append(NotEvaluated(kind, subject, result.what, result.reason))
            else:
                subject = collected.role if result.function is None else _subject(context, result.function)
                collected.findings.append(_finding(slug, module, result, context, subject))
                risk = module.RULE.risk if result.risk is None else result.risk
                collected.risks[slug] = max(risk, collected.risks.get(slug, 0))
    except KeyboardInterrupt as interrupt:
        interrupt.add_note(f"while the rule {slug} ran")
        raise
    except BaseException as error:  # noqa: BLE001 - a rule that fails must not look like a clean result
        reason = f"{type(error).__name__}: {error}"
        collected.not_evaluated.append(
            NotEvaluated(NotEvaluatedKind.FAILED, _subject(context, None), f"the rule {slug}", reason)
        )


def _finding(slug: str, module: RoleRuleModule, hit: RoleViolation, context: RoleContext, subject: Subject) -> Finding:
    """The finding of a violation: at its place in the template or the policy, or else at the role."""
    rule = module.RULE
    span, document = _spans(hit, context)
    return Finding(
        slug,
        hit.severity or rule.severity,
        hit.message,
        span or document or SourceSpan(context.role.arn),
        subject,
        hit.confidence or rule.confidence,
        hit.help,
        url=rule_url(module.__doc__),
        fix=hit.fix,
        breadth=rule.breadth,
        about=(hit.severity or "", *hit.about),  # what has become more severe is a new finding
        document=document if span is not None else None,
        chain=hit.chain,
    )


def _spans(hit: RoleViolation, context: RoleContext) -> tuple[SourceSpan | None, SourceSpan | None]:
    """The location of a violation in a template, and in a policy."""
    if hit.location is not None:
        return hit.location.template_span or _origin_span(hit.function, context), hit.location.span
    return _origin_span(hit.function, context), None


def _origin_span(function: str | None, context: RoleContext) -> SourceSpan | None:
    """Where a template declares a function, or the role."""
    origins = [deployed.origin for deployed in context.functions if deployed.name == function]
    origin = next(filter(None, (*origins, context.role.origin)), None)
    return None if origin is None else origin.span()


def _subject(context: RoleContext, function: str | None) -> Subject:
    """Whose finding it is: a function of the role, or the role."""
    if function is not None:
        arn = next((deployed.arn for deployed in context.functions if deployed.name == function), None)
        return Subject("function", function, arn)
    return Subject("role", context.role.name, context.role.arn)


def _not_evaluated(context: RoleContext, access: RoleAccess) -> Iterator[NotEvaluated]:
    """What could not be read or determined; complete only after all rules have run."""
    for unknown in access.unknown:
        kind = NotEvaluatedKind.of(is_failure=unknown.is_failure)
        yield NotEvaluated(kind, _subject(context, None), "the access of the role", unknown.text)
    if isinstance(context.required_by_configuration, LazyRequirements):
        yield from context.required_by_configuration.not_evaluated
    documents = [(_subject(context, None), context.role.trust)]
    documents += [
        (_subject(context, function.name), permissions.policy)
        for function in context.functions
        for permissions in function.permissions
    ]
    for subject, policy in documents:
        if policy.policy is None:
            yield NotEvaluated(
                NotEvaluatedKind.FAILED, subject, f"the document of `{policy.name}`", f"it {policy.parse_failure}"
            )


def _combined_risk(risks: Iterable[int]) -> int:
    """Combine the risks of several rules into one, from 0 to 100: each is a share of what the others leave."""
    safe = 1.0
    for risk in risks:
        safe *= 1 - min(risk, _WHOLE) / _WHOLE
    return round(_WHOLE * (1 - safe))


def _granted_count(access: RoleAccess) -> int:
    """The number of known actions that the role may be allowed, by the actions of statements and limits alone."""
    return access.possible_actions_after_denies.bit_count()


def _required_count(context: RoleContext) -> int | None:
    """The number of known actions that the role's functions need; None if no spec declares them."""
    if context.is_spec_inferred or not context.required_by_spec:
        return None
    mask = 0
    for _, bundle in context.required_by_spec:
        for named in bundle.policies:
            for statement in named.policy.statements:
                mask |= element_bitset(statement.actions)
    return mask.bit_count()
