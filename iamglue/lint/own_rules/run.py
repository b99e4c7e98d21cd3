"""Runs the own rules of an organization on one policy: those of rule files, and those of installed packages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from iamglue.findings import NotEvaluatedKind, Severity
from iamglue.lint.own_rules.installed import load_installed_rule
from iamglue.lint.own_rules.policy_check import UndecidedRule, check_policy
from iamglue.lint.rule import Rule, RuleViolation
from iamglue.lint.selection import RuleSelection
from iamglue.model.own_rule_set import InstalledRule
from iamglue.model.own_rules import OwnRule, RuleSubject
from iamglue.model.rule import rule_url
from iamglue.policy.parsed_policy import ParsedPolicy


@dataclass(frozen=True, slots=True)
class OwnRuleResult:
    """What one rule reports of a policy. `rule` has what its findings need, `url` its page."""

    slug: str
    rule: Rule
    url: str | None
    result: RuleViolation | UndecidedRule


def check_own_rules(policy: ParsedPolicy, selection: RuleSelection, path: str) -> Iterator[OwnRuleResult]:
    """What the selected own rules report of a policy. A rule that raises is reported as failed."""
    subject = _subject(policy, path)
    for rule in selection.own_rules.rules:
        if policy.type in rule.types and selection.includes_name(rule.slug) and not rule.is_excepted(subject):
            yield from _run(rule, policy)
    for installed in selection.own_rules.installed:
        if selection.includes_name(installed.slug):
            yield from _run_installed(installed, policy, selection)


def _subject(policy: ParsedPolicy, path: str) -> RuleSubject:
    roles = (policy.owner,) if policy.owner is not None and policy.owner_kind == "role" else ()
    return RuleSubject(path, roles, account=policy.parameter_values.value("AWS::AccountId", "account"))


def _run(own: OwnRule, policy: ParsedPolicy) -> Iterator[OwnRuleResult]:
    rule = Rule(own.severity, types=own.types)
    try:
        for result in check_policy(own, policy):
            yield OwnRuleResult(own.slug, rule, own.url, result)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a rule that fails must not pass as clean
        yield OwnRuleResult(own.slug, rule, own.url, _failure(policy, error))


def _run_installed(installed: InstalledRule, policy: ParsedPolicy, selection: RuleSelection) -> Iterator[OwnRuleResult]:
    # Whatever a rule of another author raises, it is that rule which failed.
    rule, url = Rule(Severity.ERROR), None
    try:
        module = load_installed_rule(installed)
        rule, url = module.RULE, rule_url(module.__doc__)
        if policy.type not in rule.types or (rule.pedantic and not selection.pedantic):
            return
        check: Callable[[ParsedPolicy], Iterator[object]] | None = getattr(module, "check", None)
        for violation in () if check is None else check(policy):
            if not isinstance(violation, (RuleViolation, UndecidedRule)):
                raise TypeError(f"check must yield RuleViolation or UndecidedRule, not {type(violation).__name__}")  # noqa: TRY301
            yield OwnRuleResult(installed.slug, rule, url, violation)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - as above
        yield OwnRuleResult(installed.slug, rule, url, _failure(policy, error))


def _failure(policy: ParsedPolicy, error: BaseException) -> UndecidedRule:
    return UndecidedRule(policy.node, f"it failed: {type(error).__name__}: {error}", NotEvaluatedKind.FAILED)
