"""Runs the own rules of an organization on one policy: those of rule files, and those of installed packages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from iamglue.findings import NotEvaluatedKind, Severity
from iamglue.lint.own_rules.checked_results import checked_policy_results
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
    """Yield the results of a rule of a file; an exception is the result that the rule failed."""
    rule = Rule(own.severity, types=own.types)
    try:
        for result in check_policy(own, policy):
            yield OwnRuleResult(own.slug, rule, own.url, result)
    except Exception as error:  # noqa: BLE001 - a rule that fails must not pass as clean
        yield OwnRuleResult(own.slug, rule, own.url, _failure(policy, error))


def _run_installed(installed: InstalledRule, policy: ParsedPolicy, selection: RuleSelection) -> list[OwnRuleResult]:
    """The results of a rule of a package; after an exception, those before it and that the rule failed."""
    # Whatever a rule of another author raises, it is that rule which failed.
    rule, url = Rule(Severity.ERROR), None
    results: list[OwnRuleResult] = []
    try:
        module = load_installed_rule(installed)
        rule, url = module.RULE, rule_url(module.__doc__)
        check: Callable[[ParsedPolicy], object] | None = getattr(module, "check", None)
        if check is None or policy.type not in rule.types or (rule.pedantic and not selection.pedantic):
            return []
        for result in checked_policy_results(check(policy)):
            results.append(OwnRuleResult(installed.slug, rule, url, result))  # noqa: PERF401 - kept if the next fails
    except KeyboardInterrupt as interrupt:
        interrupt.add_note(f"while the rule {installed.slug} ran")
        raise
    except BaseException as error:  # noqa: BLE001 - as above
        results.append(OwnRuleResult(installed.slug, rule, url, _failure(policy, error)))
    return results


def _failure(policy: ParsedPolicy, error: BaseException) -> UndecidedRule:
    return UndecidedRule(policy.node, f"it failed: {type(error).__name__}: {error}", NotEvaluatedKind.FAILED)
