"""`lint`: every rule over every policy of a file, all faults in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from iamglue.findings import Finding, NotEvaluated, NotEvaluatedKind, Report, SourceSpan, Subject, TextEdit
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
from iamglue.model.suppressions import Suppression, apply_suppressions
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.pointers import JsonPointers
from iamglue.policy.source.source_text import SourceText


def lint_file(file: ParsedFile, selection: RuleSelection, today: date) -> Report:
    """What the rules say of a file, in the order of the places. A rule that raises is reported as not evaluated.

    Suppressions in the file are followed; those that leave out nothing are findings.
    """
    run = _Run(file, selection)
    run.look_at_policies()
    wanted = sorted((each for each in run.findings if selection.includes_finding(each)), key=_order)
    gaps = (*file.not_evaluated, *run.gaps)
    report, unused = apply_suppressions(Report(tuple(wanted), gaps, 1, len(file.policies)), file.suppressions, today)
    idle = tuple(one for one in unused if _could_be_used(one, selection))
    again = _Run(file if idle == file.unused_suppressions else replace(file, unused_suppressions=idle), selection)
    again.look_at_file()
    if not again.findings and not again.gaps:
        return _with_text_edits(report, file)
    findings = (*report.findings, *(each for each in again.findings if selection.includes_finding(each)))
    findings = tuple(sorted(findings, key=_order))
    return _with_text_edits(replace(report, findings=findings, not_evaluated=(*gaps, *again.gaps)), file)


def _with_text_edits(report: Report, file: ParsedFile) -> Report:
    """The report, with the lines and columns of what each fix replaces."""
    source = SourceText(file.path, file.text)
    return replace(report, findings=tuple(_with_text_edits_of_fix(finding, source) for finding in report.findings))


def _with_text_edits_of_fix(finding: Finding, source: SourceText) -> Finding:
    if finding.fix is None:
        return finding
    ranges = tuple(
        TextEdit(source.line_and_column(edit.start), source.line_and_column(edit.end), edit.text)
        for edit in finding.fix.edits
    )
    return replace(finding, fix=replace(finding.fix, text_edits=ranges))


def _could_be_used(one: Suppression, selection: RuleSelection) -> bool:
    """Whether the rules that a suppression names have run at all: one that did not has nothing to leave out."""
    known = import_all_rules()
    return not one.rules or any(
        rule not in known or selection.includes_rule(rule, known[rule].RULE) for rule in one.rules
    )


@dataclass(slots=True)
class _Run:
    """The findings and gaps of one file so far."""

    file: ParsedFile
    selection: RuleSelection
    findings: list[Finding] = field(default_factory=list)
    gaps: list[NotEvaluated] = field(default_factory=list)

    def look_at_policies(self) -> None:
        """Take in what the rules say of each policy."""
        for policy in self.file.policies:
            subject = Subject("policy", policy.name or policy.path)
            pointers = JsonPointers(policy.node)
            self.gaps += _unknowns(policy, subject)
            for check, look in _checks(self.selection, policy.type, satisfied_preconditions(policy)):
                try:
                    for hit in look(policy):
                        self.findings.append(_finding(check, hit, subject, policy, pointers))
                except Exception as error:  # noqa: BLE001 - a check that fails must not read as clean
                    self.gaps.append(_failed(check, subject, error))

    def look_at_file(self) -> None:
        """Take in what the rules about whole files say."""
        whole = Subject("file", self.file.path)
        for slug in (slug for slug, need in FILE_RULE_ATTRIBUTES.items() if getattr(self.file, need)):
            rule = FILE_RULES[slug]
            if self.selection.includes_rule(slug, rule.RULE):
                check = _check(slug, rule.RULE, rule.__doc__)
                try:
                    for hit in rule.check_file(self.file):
                        self.findings.append(_finding(check, hit, whole, None, None))
                except Exception as error:  # noqa: BLE001 - as above
                    self.gaps.append(_failed(check, whole, error))


@dataclass(frozen=True, slots=True)
class _Check:
    """A rule as its findings name it; `url` is the last address that the rule's page names."""

    slug: str
    rule: Rule
    url: str | None


def _check(slug: str, rule: Rule, page: str | None) -> _Check:
    return _Check(slug, rule, _last_address(page or ""))


@lru_cache(maxsize=256)
def _last_address(page: str) -> str | None:
    found = [word for word in page.split() if word.startswith("https://")]
    return found[-1] if found else None


@lru_cache(maxsize=256)
def _checks(
    selection: RuleSelection, kind: PolicyType, needs: frozenset[RulePrecondition]
) -> tuple[tuple[_Check, Callable[[ParsedPolicy], Iterator[RuleViolation]]], ...]:
    """The rules to run on policies of a kind that meet some needs."""
    modules = ((slug, RULES[slug]) for slug, need in RULE_PRECONDITIONS.items() if need in needs)
    return tuple(
        (_check(slug, module.RULE, module.__doc__), module.check)
        for slug, module in modules
        if kind in module.RULE.types and selection.includes_rule(slug, module.RULE)
    )


def _failed(check: _Check, subject: Subject, error: Exception) -> NotEvaluated:
    return NotEvaluated(NotEvaluatedKind.FAILED, subject, f"the rule {check.slug}", f"{type(error).__name__}: {error}")


def _finding(
    check: _Check, hit: RuleViolation, subject: Subject, policy: ParsedPolicy | None, pointers: JsonPointers | None
) -> Finding:
    rule = check.rule
    where = _place(hit.node, pointers)
    code = hit.code if hit.code is not None else next(iter(rule.codes), "")
    return Finding(
        check.slug,
        rule.severity,
        hit.message,
        where,
        subject,
        rule.confidence,
        hit.help,
        code or None,
        check.url,
        hit.fix,
        rule.breadth,
        None if policy is None else _sid(where.pointer, policy),
    )


def _sid(pointer: str, policy: ParsedPolicy) -> str | None:
    """The Sid of the statement that a pointer leads into."""
    steps = [step for step in pointer.split("/")[1:3] if step != "Statement"]
    number = int(steps[0]) if steps and steps[0].isdigit() else 0
    found = policy.statement_nodes[number : number + 1] if pointer else ()
    sid = found[0].get("Sid") if found else None
    return sid.text if sid is not None and sid.kind is NodeKind.SCALAR else None


def _place(node: Node, pointers: JsonPointers | None) -> SourceSpan:
    """Where a node stands in its file and, with `pointers`, in its document."""
    origin = node.source
    pointer = "" if pointers is None else pointers.pointer_to(node)
    return SourceSpan(
        origin.path,
        *origin.line_and_column(node.start),
        *origin.line_and_column(node.end),
        pointer,
        origin.file_line(node.start),
    )


def _unknowns(policy: ParsedPolicy, subject: Subject) -> Iterator[NotEvaluated]:
    # Only a template has values that are not known; a policy without a name is a file of its own.
    for node in policy.node.walk() if policy.name else ():
        if node.kind is NodeKind.UNKNOWN or node.unresolved:
            what = f"`{node.text}`" if node.text else "the value"
            reason = f"{what} is not known before deployment"
            yield NotEvaluated(NotEvaluatedKind.UNDECIDABLE, subject, f"the value at {node.location}", reason)


def _order(finding: Finding) -> tuple[str, int, int, int, str]:
    where = finding.span
    return where.path, where.line or 0, where.column or 0, finding.severity.rank, finding.rule
