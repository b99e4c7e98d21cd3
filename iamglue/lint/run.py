"""Run all rules on all policies of a file and report every problem in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from iamglue.findings import Finding, NotEvaluated, NotEvaluatedKind, Report, SourceSpan, Subject, unique_findings
from iamglue.lint.identity_texts import identity_texts, statement_at
from iamglue.lint.rule import Rule, RuleViolation
from iamglue.lint.rule_table import (
    FILE_RULE_ATTRIBUTES,
    FILE_RULES,
    RULE_PRECONDITIONS,
    RULES,
    RulePrecondition,
    import_all_rules,
    satisfied_preconditions,
)
from iamglue.lint.selection import RuleSelection
from iamglue.model.parsed_file import ParsedFile
from iamglue.model.rule import rule_url
from iamglue.model.suppressions import Suppression, apply_suppressions
from iamglue.model.written_names import gap_with_written_names, with_written_names
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.pointers import JsonPointers
from iamglue.policy.source.source_text import MergedSourceText


def lint_file(file: ParsedFile, selection: RuleSelection, today: date) -> Report:
    """Run the rules on a file; the findings are sorted by position. A rule that raises is reported as not evaluated.

    Suppressions in the file are applied; unused ones are findings.
    """
    run = _LintRun(file, selection)
    run.check_policies()
    selected = sorted(unique_findings(filter(selection.includes_finding, run.findings)), key=_sort_key)
    selected = [with_written_names(finding) for finding in selected]
    not_evaluated = tuple(map(gap_with_written_names, (*file.not_evaluated, *run.not_evaluated)))
    report, unused = apply_suppressions(
        Report(tuple(selected), not_evaluated, 1, len(file.policies)), file.suppressions, today
    )
    unused_relevant = tuple(suppression for suppression in unused if _may_be_used(suppression, selection))
    file_run = _LintRun(
        file if unused_relevant == file.unused_suppressions else replace(file, unused_suppressions=unused_relevant),
        selection,
    )
    file_run.check_whole_file()
    if not file_run.findings and not file_run.not_evaluated:
        return report
    findings = (*report.findings, *(finding for finding in file_run.findings if selection.includes_finding(finding)))
    findings = tuple(map(with_written_names, sorted(findings, key=_sort_key)))
    return replace(report, findings=findings, not_evaluated=(*not_evaluated, *file_run.not_evaluated))


def _may_be_used(suppression: Suppression, selection: RuleSelection) -> bool:
    """True if a rule that the suppression names has run. Otherwise the suppression cannot be called unused."""
    rules, own = import_all_rules(), selection.own_rules.slugs
    return not suppression.rules or any(
        selection.includes_name(rule)
        if rule in own
        else rule not in rules or selection.includes_rule(rule, rules[rule].RULE)
        for rule in suppression.rules
    )


@dataclass(slots=True)
class _LintRun:
    """Findings of one file, and what was not evaluated."""

    file: ParsedFile
    selection: RuleSelection
    findings: list[Finding] = field(default_factory=list)
    # About documents that are merged into others: reported once where they are, if they concern them alone.
    merged_findings: list[Finding] = field(default_factory=list)
    not_evaluated: list[NotEvaluated] = field(default_factory=list)

    def check_policies(self) -> None:
        """Run the rules about policies."""
        for policy in self.file.policies:
            subject = Subject("policy", policy.name or policy.path)
            pointers = JsonPointers(policy.node)
            self.not_evaluated += _unknown_values(policy, subject)
            checks = _checks(self.selection, policy.type, satisfied_preconditions(policy), policy.synthesized)
            for identity, check in checks:
                try:
                    for violation in check(policy):
                        finding = _finding(identity, violation, subject, policy, pointers)
                        is_merged = isinstance(violation.node.source, MergedSourceText)
                        (self.merged_findings if is_merged else self.findings).append(finding)
                except Exception as error:  # noqa: BLE001 - a rule that fails must not pass as clean
                    self.not_evaluated.append(_failed_rule(identity, subject, error))
            if self.selection.own_rules:
                self._check_own_rules(policy, subject, pointers)
        known = {(finding.rule, finding.message) for finding in self.findings}
        self.findings += (item for item in self.merged_findings if (item.rule, item.message) not in known)

    def _check_own_rules(self, policy: ParsedPolicy, subject: Subject, pointers: JsonPointers) -> None:
        """Run the organization's own rules on a policy."""
        from iamglue.lint.own_rules.policy_check import UndecidedRule  # noqa: PLC0415 - startup: most runs have none
        from iamglue.lint.own_rules.run import check_own_rules  # noqa: PLC0415

        for own in check_own_rules(policy, self.selection, self.file.path):
            result = own.result
            if isinstance(result, UndecidedRule):
                what = f"the rule {own.slug} at {result.node.location}"
                self.not_evaluated.append(NotEvaluated(result.kind, subject, what, result.reason, rule=own.slug))
            else:
                identity = _RuleIdentity(own.slug, own.rule, own.url)
                self.findings.append(_finding(identity, result, subject, policy, pointers))

    def check_whole_file(self) -> None:
        """Run the rules about whole files."""
        subject = Subject("file", self.file.path)
        for slug in (slug for slug, attribute in FILE_RULE_ATTRIBUTES.items() if getattr(self.file, attribute)):
            rule = FILE_RULES[slug]
            if self.selection.includes_rule(slug, rule.RULE):
                identity = _rule_identity(slug, rule.RULE, rule.__doc__)
                try:
                    for violation in rule.check_file(self.file):
                        self.findings.append(_finding(identity, violation, subject, None, None))
                except Exception as error:  # noqa: BLE001 - as above
                    self.not_evaluated.append(_failed_rule(identity, subject, error))


@dataclass(frozen=True, slots=True)
class _RuleIdentity:
    """A rule as its findings refer to it; `url` is the last URL of its documentation page."""

    slug: str
    rule: Rule
    url: str | None


def _rule_identity(slug: str, rule: Rule, page: str | None) -> _RuleIdentity:
    return _RuleIdentity(slug, rule, rule_url(page))


@lru_cache(maxsize=256)
def _checks(
    selection: RuleSelection,
    policy_type: PolicyType,
    preconditions: frozenset[RulePrecondition],
    synthesized: bool,
) -> tuple[tuple[_RuleIdentity, Callable[[ParsedPolicy], Iterator[RuleViolation]]], ...]:
    """The rules to run on policies of a type that satisfy these preconditions."""
    modules = (
        (slug, RULES[slug]) for slug, precondition in RULE_PRECONDITIONS.items() if precondition in preconditions
    )
    return tuple(
        (_rule_identity(slug, module.RULE, module.__doc__), module.check)
        for slug, module in modules
        if policy_type in module.RULE.types
        and selection.includes_rule(slug, module.RULE)
        and not (synthesized and module.RULE.form)
    )


def _failed_rule(identity: _RuleIdentity, subject: Subject, error: Exception) -> NotEvaluated:
    """Report a rule that raised an exception."""
    return NotEvaluated(
        NotEvaluatedKind.FAILED, subject, f"the rule {identity.slug}", f"{type(error).__name__}: {error}"
    )


def _finding(
    identity: _RuleIdentity,
    violation: RuleViolation,
    subject: Subject,
    policy: ParsedPolicy | None,
    pointers: JsonPointers | None,
) -> Finding:
    """Build a finding from a violation; `policy` and `pointers` are None for rules about whole files."""
    rule = identity.rule
    span = _span(violation.node, pointers)
    code = violation.code if violation.code is not None else next(iter(rule.codes), "")
    return Finding(
        identity.slug,
        violation.severity or rule.severity,
        violation.message,
        span,
        subject,
        rule.confidence,
        violation.help,
        code or None,
        identity.url,
        violation.fix,
        rule.breadth,
        None if policy is None else _sid(span.pointer, policy),
        identity_texts(rule, violation, span.pointer, policy),
    )


def _sid(pointer: str, policy: ParsedPolicy) -> str | None:
    """The Sid of the statement that a JSON pointer leads into; None if there is none."""
    statement = statement_at(pointer, policy)
    sid = statement.get("Sid") if statement is not None else None
    return sid.text if sid is not None and sid.kind is NodeKind.SCALAR else None


def _span(node: Node, pointers: JsonPointers | None) -> SourceSpan:
    """The position of a node in its file and, with `pointers`, its JSON pointer in the document."""
    source = node.source
    pointer = "" if pointers is None else pointers.pointer_to(node)
    return SourceSpan(
        source.path,
        *source.line_and_column(node.start),
        *source.line_and_column(node.end),
        pointer,
        source.file_line(node.start),
    )


def _unknown_values(policy: ParsedPolicy, subject: Subject) -> Iterator[NotEvaluated]:
    """Report values of a template that are unknown before deployment."""
    # Only templates have unknown values. A policy without a name is a whole file, not part of a template.
    for node in policy.node.walk() if policy.name else ():
        if (node.kind is NodeKind.UNKNOWN or node.unresolved) and not isinstance(node.source, MergedSourceText):
            what = f"`{node.text}`" if node.text else "the value"
            reason = f"{what} is not known before deployment"
            yield NotEvaluated(NotEvaluatedKind.UNDECIDABLE, subject, f"the value at {node.location}", reason)


def _sort_key(finding: Finding) -> tuple[str, int, int, int, str]:
    """Sort findings by position, then by severity and rule."""
    span = finding.span
    return span.path, span.line or 0, span.column or 0, finding.severity.rank, finding.rule
