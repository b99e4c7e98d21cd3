"""`lint --fix`: a text mended, round after round; safe fixes are proved to grant nothing new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from iamglue.findings import Finding, Fix
from iamglue.lint.run import lint_file
from iamglue.lint.selection import RuleSelection
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.model import VERSION_2012, Effect, Policy, Statement
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.source.edits import Edit, apply_edits
from iamglue.policy.source.nodes import Node

# A fix may bring to light what another rule can mend; what is not done after so many rounds goes in a circle.
_MAX_ROUNDS = 1000

FileParser = Callable[[str], ParsedFile]


@dataclass(frozen=True, slots=True)
class FixResult:
    """The text after all fixes, what each was for, and safe ones that were left because nothing proves them so."""

    text: str
    applied: tuple[Finding, ...]
    unproved: tuple[Finding, ...]


def apply_fixes(text: str, read: FileParser, selection: RuleSelection, today: date, *, unsafe: bool) -> FixResult:
    """The text with its faults mended: by safe fixes, and with `unsafe` by the others too.

    It is mended to the end: there is nothing in it then that a second run would change.
    """
    applied: list[Finding] = []
    unproved: dict[tuple[str, str], Finding] = {}
    applied_before = 0
    for _ in range(_MAX_ROUNDS):
        file = read(text)
        chosen = _choose_fixes(lint_file(file, selection, today).findings, unproved, unsafe=unsafe)
        if not chosen and (not unproved or applied_before == len(applied)):
            break
        if not chosen:  # what could not be proved before the others were made may be proved now
            unproved, applied_before = {}, len(applied)
            continue
        accepted, refused = _split_by_proof(file, chosen, read, unsafe=unsafe)
        unproved |= {_fix_key(finding): finding for finding in refused}
        text = apply_edits(text, _collect_edits(accepted))
        applied += accepted
    return FixResult(text, tuple(applied), tuple(unproved.values()))


def _choose_fixes(
    findings: Iterable[Finding], unproved: Mapping[tuple[str, str], Finding], *, unsafe: bool
) -> list[Finding]:
    """What is mended next: what takes no proof first, since no proof is about a policy that is not understood."""
    fixable = [finding for finding in findings if finding.fix and _fix_key(finding) not in unproved]
    unsafe_findings = [finding for finding in fixable if unsafe and not _require_fix(finding).safe]
    return _without_overlaps(unsafe_findings or [finding for finding in fixable if _require_fix(finding).safe])


def _fix_key(finding: Finding) -> tuple[str, str]:
    return finding.identity, finding.span.pointer


def _without_overlaps(findings: Iterable[Finding]) -> list[Finding]:
    """As many as can be mended at once: no two change the same part of the text."""
    chosen: list[Finding] = []
    taken: set[Edit] = set()
    for finding in findings:
        edits = finding.fix.edits if finding.fix else ()
        if not any(_overlaps(edit, edit_taken) for edit in edits for edit_taken in taken):
            taken.update(edits)
            chosen.append(finding)
    return chosen


def _overlaps(first: Edit, second: Edit) -> bool:
    if first.start == first.end or second.start == second.end:  # an insertion meets what begins or ends there
        return first.start <= second.end and second.start <= first.end
    return first.start < second.end and second.start < first.end


def _collect_edits(findings: Iterable[Finding]) -> Iterator[Edit]:
    for finding in findings:
        yield from finding.fix.edits if finding.fix else ()


def _split_by_proof(
    file: ParsedFile, chosen: Sequence[Finding], read: FileParser, *, unsafe: bool
) -> tuple[list[Finding], list[Finding]]:
    """Which of the fixes are made: all if together they do no harm, else those that do none alone."""
    if _is_proved_safe(file, chosen, read, equal=True):
        return list(chosen), []
    accepted: list[Finding] = []
    rejected: list[Finding] = []
    for finding in chosen:
        needs_no_proof = unsafe and not _require_fix(finding).safe
        if (needs_no_proof and _is_readable_after(file, [*accepted, finding], read)) or _is_proved_safe(
            file, [finding], read, equal=False
        ):
            if not accepted or needs_no_proof or _is_proved_safe(file, [*accepted, finding], read, equal=True):
                accepted.append(finding)
        else:
            rejected.append(finding)
    return accepted, rejected


def _require_fix(finding: Finding) -> Fix:
    if finding.fix is None:
        raise ValueError(finding.rule)
    return finding.fix


def _is_readable_after(file: ParsedFile, findings: Sequence[Finding], read: FileParser) -> bool:
    after = read(apply_edits(file.text, _collect_edits(findings)))
    return after.syntax_error is None and len(after.policies) == len(file.policies)


def _is_proved_safe(file: ParsedFile, findings: Sequence[Finding], read: FileParser, *, equal: bool) -> bool:
    """Whether safe fixes grant nothing new, by the algebra; with `equal`, nor take anything away."""
    if any(not _require_fix(finding).safe for finding in findings):
        return False
    after = read(apply_edits(file.text, _collect_edits(findings)))
    if after.syntax_error is not None or len(after.policies) != len(file.policies):
        return False
    pairs = zip(file.policies, after.policies, strict=True)
    return all(is_proved_no_new_access(old, new, equal=equal) for old, new in pairs)


def is_proved_no_new_access(old: ParsedPolicy, new: ParsedPolicy, *, equal: bool = False) -> bool:
    """Whether it is proved that a policy allows nothing new; with `equal`, and nothing less either."""
    if _source_text(old.node) == _source_text(new.node):
        return True
    before, after = old.value, new.value
    if before is None or after is None:
        return _statements_grant_nothing_new(old, new, equal=equal)
    return _grants_no_more_than(after, before) and (not equal or _grants_no_more_than(before, after))


def _statements_grant_nothing_new(old: ParsedPolicy, new: ParsedPolicy, *, equal: bool) -> bool:
    """The same where parts of the policy are not known: what was changed must be known, and mean the same or less."""
    if len(old.statements) != len(new.statements):
        return False
    for before, after in zip(old.statements, new.statements, strict=True):
        if _source_text(before.node) == _source_text(after.node):
            continue
        old_value, new_value = before.value, after.value
        if old_value is None or new_value is None or old_value.effect is not new_value.effect:
            return False
        narrower, wider = (new_value, old_value) if old_value.effect is Effect.ALLOW else (old_value, new_value)
        if not _grants_no_more_than(_as_allow_policy(narrower, old), _as_allow_policy(wider, old)):
            return False
        if equal and not _grants_no_more_than(_as_allow_policy(wider, old), _as_allow_policy(narrower, old)):
            return False
    return True


def _as_allow_policy(statement: Statement, policy: ParsedPolicy) -> Policy:
    version = VERSION_2012 if policy.has_unresolved else policy.version
    return Policy((replace(statement, effect=Effect.ALLOW),), version)


def _grants_no_more_than(new: Policy, old: Policy) -> bool:
    from iamglue.engine.solve.access import access_of  # noqa: PLC0415
    from iamglue.engine.solve.comparison import ComparisonAnswer, compare  # noqa: PLC0415 - startup: only fixes need the algebra

    return compare(access_of([new]), access_of([old])).answer is ComparisonAnswer.NO_NEW_ACCESS


def _source_text(node: Node) -> str:
    return node.source.text[node.start : node.end]
