"""The evaluation of a role in several cases, which the conditions of a template decide, as one.

What is found in some cases only says in which: a gap in one branch of Fn::If is a gap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from iamglue.audit.evaluate import RoleEvaluation
from iamglue.findings import Finding
from iamglue.model.account import Pairs

_Key = tuple[object, ...]


def merge_cases(evaluations: Sequence[RoleEvaluation], conditions: Sequence[Pairs]) -> RoleEvaluation:
    """One evaluation of a role for those in each case; `conditions` are the names and truths of each case."""
    findings: dict[_Key, Finding] = {}
    numbers: dict[_Key, list[int]] = {}
    for number, evaluation in enumerate(evaluations):
        for key, finding in _findings_by_key(evaluation.findings):
            findings.setdefault(key, finding)
            numbers.setdefault(key, []).append(number)
    located = [_with_condition(finding, numbers[key], conditions) for key, finding in findings.items()]
    required = [item.required_count for item in evaluations if item.required_count is not None]
    return RoleEvaluation(
        tuple(sorted(located, key=lambda finding: finding.severity.rank)),
        tuple(dict.fromkeys(entry for evaluation in evaluations for entry in evaluation.not_evaluated)),
        max(evaluation.document_count for evaluation in evaluations),
        max(evaluation.risk for evaluation in evaluations),
        max(evaluation.granted_count for evaluation in evaluations),
        max(required, default=None),
        max((count for item in evaluations if (count := item.used_count) is not None), default=None),
        _highest_risks(evaluations),
    )


def _highest_risks(evaluations: Sequence[RoleEvaluation]) -> dict[str, int]:
    """The highest risk of each rule in any case."""
    highest: dict[str, int] = {}
    for evaluation in evaluations:
        for rule, risk in evaluation.rule_risks.items():
            highest[rule] = max(risk, highest.get(rule, 0))
    return highest


def _findings_by_key(findings: Sequence[Finding]) -> Iterator[tuple[_Key, Finding]]:
    """The findings with what they have in common in all cases: the numbers of statements may differ."""
    counts: Counter[_Key] = Counter()
    for finding in findings:
        key: _Key = (finding.rule, finding.severity, finding.subject, finding.span, finding.about)
        yield (*key, counts[key]), finding
        counts[key] += 1


def _with_condition(finding: Finding, numbers: Sequence[int], conditions: Sequence[Pairs]) -> Finding:
    """The finding with the conditions of the cases that have it, unless all cases have it."""
    if len(numbers) == len(conditions):
        return finding
    having = [conditions[number] for number in numbers]
    common = tuple(pair for pair in having[0] if all(pair in pairs for pairs in having))
    is_exact = bool(common) and _count(common, conditions) == len(numbers)
    text = " and ".join(
        f"`{name}` is {truth}" for name, truth in _without_others(common if is_exact else having[0], conditions)
    )
    start = "if the condition" if is_exact else "for example if the condition"
    return replace(finding, message=f"{finding.message} ({start} {text})")


def _without_others(pairs: Pairs, conditions: Sequence[Pairs]) -> Pairs:
    """The conditions without those that make no difference to which cases have all of them."""
    for pair in pairs:
        rest = tuple(other for other in pairs if other != pair)
        if rest and _count(rest, conditions) == _count(pairs, conditions):
            pairs = rest
    return pairs


def _count(pairs: Pairs, conditions: Sequence[Pairs]) -> int:
    """The number of cases that have all these conditions."""
    return sum(set(pairs) <= set(case) for case in conditions)
