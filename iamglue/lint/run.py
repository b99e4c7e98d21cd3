"""`lint`: every rule over every policy of a file, all faults in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from iamglue.findings import Finding, Gap, NotEvaluated, Place, Report, Subject
from iamglue.lint.rule import Hit, Rule
from iamglue.lint.selection import Selection
from iamglue.lint.table import FILE_NEEDS, FILE_RULES, NEEDS, RULES, Needs, every_rule, met
from iamglue.model.parsed_file import WrittenFile
from iamglue.model.suppressions import Suppression, suppressed
from iamglue.policy.parsed_policy import PolicyType, WrittenPolicy
from iamglue.policy.source.nodes import Node, Shape
from iamglue.policy.source.pointers import Pointers


def lint(file: WrittenFile, selection: Selection, today: date) -> Report:
    """What the rules say of a file, in the order of the places. A rule that raises is reported as not evaluated.

    Suppressions in the file are followed; those that leave out nothing are findings.
    """
    run = _Run(file, selection)
    run.look_at_policies()
    wanted = sorted((each for each in run.findings if selection.wants(each)), key=_order)
    gaps = (*file.not_evaluated, *run.gaps)
    report, unused = suppressed(Report(tuple(wanted), gaps, 1, len(file.policies)), file.suppressions, today)
    idle = tuple(one for one in unused if _could_be_used(one, selection))
    again = _Run(file if idle == file.unused else replace(file, unused=idle), selection)
    again.look_at_file()
    if not again.findings and not again.gaps:
        return report
    findings = (*report.findings, *(each for each in again.findings if selection.wants(each)))
    return replace(report, findings=tuple(sorted(findings, key=_order)), not_evaluated=(*gaps, *again.gaps))


def _could_be_used(one: Suppression, selection: Selection) -> bool:
    """Whether the rules that a suppression names have run at all: one that did not has nothing to leave out."""
    known = every_rule()
    return not one.rules or any(rule not in known or selection.runs(rule, known[rule].RULE) for rule in one.rules)


@dataclass(slots=True)
class _Run:
    """The findings and gaps of one file so far."""

    file: WrittenFile
    selection: Selection
    findings: list[Finding] = field(default_factory=list)
    gaps: list[NotEvaluated] = field(default_factory=list)

    def look_at_policies(self) -> None:
        """Take in what the rules say of each policy."""
        for policy in self.file.policies:
            subject = Subject("policy", policy.name or policy.path)
            pointers = Pointers(policy.node)
            self.gaps += _unknowns(policy, subject)
            for check, look in _checks(self.selection, policy.type, met(policy)):
                try:
                    for hit in look(policy):
                        self.findings.append(_finding(check, hit, subject, policy, pointers))
                except Exception as error:  # noqa: BLE001 - a check that fails must not read as clean
                    self.gaps.append(_failed(check, subject, error))

    def look_at_file(self) -> None:
        """Take in what the rules about whole files say."""
        whole = Subject("file", self.file.path)
        for slug in (slug for slug, need in FILE_NEEDS.items() if getattr(self.file, need)):
            rule = FILE_RULES[slug]
            if self.selection.runs(slug, rule.RULE):
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
    selection: Selection, kind: PolicyType, needs: frozenset[Needs]
) -> tuple[tuple[_Check, Callable[[WrittenPolicy], Iterator[Hit]]], ...]:
    """The rules to run on policies of a kind that meet some needs."""
    modules = ((slug, RULES[slug]) for slug, need in NEEDS.items() if need in needs)
    return tuple(
        (_check(slug, module.RULE, module.__doc__), module.check)
        for slug, module in modules
        if kind in module.RULE.types and selection.runs(slug, module.RULE)
    )


def _failed(check: _Check, subject: Subject, error: Exception) -> NotEvaluated:
    return NotEvaluated(Gap.FAILED, subject, f"the rule {check.slug}", f"{type(error).__name__}: {error}")


def _finding(
    check: _Check, hit: Hit, subject: Subject, policy: WrittenPolicy | None, pointers: Pointers | None
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


def _sid(pointer: str, policy: WrittenPolicy) -> str | None:
    """The Sid of the statement that a pointer leads into."""
    steps = [step for step in pointer.split("/")[1:3] if step != "Statement"]
    number = int(steps[0]) if steps and steps[0].isdigit() else 0
    found = policy.statement_nodes[number : number + 1] if pointer else ()
    sid = found[0].get("Sid") if found else None
    return sid.text if sid is not None and sid.shape is Shape.SCALAR else None


def _place(node: Node, pointers: Pointers | None) -> Place:
    """Where a node stands in its file and, with `pointers`, in its document."""
    origin = node.origin
    pointer = "" if pointers is None else pointers.of(node)
    return Place(origin.path, *origin.place(node.start), *origin.place(node.end), pointer, origin.line_at(node.start))


def _unknowns(policy: WrittenPolicy, subject: Subject) -> Iterator[NotEvaluated]:
    # Only a template has values that are not known; a policy without a name is a file of its own.
    for node in policy.node.walk() if policy.name else ():
        if node.shape is Shape.UNKNOWN or node.holes:
            what = f"`{node.text}`" if node.text else "the value"
            reason = f"{what} is not known before deployment"
            yield NotEvaluated(Gap.UNDECIDABLE, subject, f"the value at {node.location}", reason)


def _order(finding: Finding) -> tuple[str, int, int, int, str]:
    where = finding.place
    return where.path, where.line or 0, where.column or 0, finding.severity.rank, finding.rule
