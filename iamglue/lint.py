"""`lint`: every rule over every policy of a file, all faults in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamglue.findings import Finding, Gap, NotEvaluated, Place, Report, Subject
from iamglue.iam.nodes import Node, Shape
from iamglue.rules.rule import Hit, RuleModule
from iamglue.subjects.written_file import WrittenFile
from iamglue.subjects.written_policy import WrittenPolicy

Rules = Mapping[str, RuleModule]


def lint(file: WrittenFile, rules: Rules) -> Report:
    """What the rules say of a file, in the order of the places. A rule that raises is reported as not evaluated."""
    run = _Run(rules)
    for policy in file.policies:
        run.look_at(policy)
    return Report(tuple(sorted(run.findings, key=_order)), (*file.not_evaluated, *run.gaps))


class _Run:
    """The findings and gaps so far."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.findings: list[Finding] = []
        self.gaps: list[NotEvaluated] = []

    def look_at(self, policy: WrittenPolicy) -> None:
        """Take in what every rule says of one policy."""
        subject = Subject("policy", policy.name or policy.path)
        self.gaps += _unknowns(policy, subject)
        for slug, module in self.rules.items():
            if policy.type not in module.RULE.types:
                continue
            try:
                for hit in module.check(policy):
                    self.findings.append(_finding(slug, module, hit, policy, subject))
            except Exception as error:  # noqa: BLE001 - a check that fails must not read as clean
                reason = f"{type(error).__name__}: {error}"
                self.gaps.append(NotEvaluated(Gap.FAILED, subject, f"the rule {slug}", reason))


def _finding(slug: str, module: RuleModule, hit: Hit, policy: WrittenPolicy, subject: Subject) -> Finding:
    rule = module.RULE
    code = hit.code if hit.code is not None else next(iter(rule.codes), None)
    return Finding(
        slug,
        rule.severity,
        hit.message,
        place(hit.node, policy.node),
        subject,
        rule.confidence,
        hit.help,
        code or None,
        hit.fix,
    )


def place(node: Node, root: Node) -> Place:
    """Where a node stands in its file and in its document."""
    start, end = node.location, node.end_location
    return Place(start.path, start.line, start.column, end.line, end.column, _pointer(node, root) or "")


def _pointer(wanted: Node, node: Node) -> str | None:
    """The JSON pointer of a node below another one, a key being at its value's place; None when it is not there."""
    if node is wanted:
        return ""
    for at, item in enumerate(node.items):
        found = _pointer(wanted, item)
        if found is not None:
            return f"/{at}{found}"
    for key, value in node.pairs:
        found = "" if key is wanted else _pointer(wanted, value)
        if found is not None:
            return f"/{key.text.replace('~', '~0').replace('/', '~1')}{found}"
    return None


def _unknowns(policy: WrittenPolicy, subject: Subject) -> Iterator[NotEvaluated]:
    for node in policy.node.walk():
        if node.shape is Shape.UNKNOWN or node.holes:
            yield NotEvaluated(
                Gap.UNDECIDABLE,
                subject,
                f"the value at {node.location}",
                f"`{node.text}` is not known before deployment" if node.text else "it is not known before deployment",
            )


def _order(finding: Finding) -> tuple[str, int, int, int, str]:
    where = finding.place
    return where.path, where.line or 0, where.column or 0, finding.severity.rank, finding.rule
