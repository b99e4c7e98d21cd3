"""`lint --fix`: apply fixes until none is left; safe fixes are proved to grant no new access."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from iamglue.findings import Finding, Fix
from iamglue.lint.run import lint_file
from iamglue.lint.selection import RuleSelection
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.model import Effect, Policy, Statement
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.source.edits import Edit, apply_edits
from iamglue.policy.source.nodes import Node

# A fix may reveal a problem that another rule can fix. The limit stops fixes that undo each other.
_MAX_ROUNDS = 1000

FileParser = Callable[[str], ParsedFile]
# Identifies a finding between rounds: rule, message, policy and JSON pointer, but not its position in the text.
_FixKey = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class FixResult:
    """The text after all fixes, the findings that were fixed, and those whose safe fix could not be proved."""

    text: str
    applied: tuple[Finding, ...]
    unproved: tuple[Finding, ...]


def apply_fixes(text: str, read: FileParser, selection: RuleSelection, today: date, *, unsafe: bool) -> FixResult:
    """Apply all safe fixes to the text, and with `unsafe` all others too.

    The result is final: a second run changes nothing.
    """
    applied: list[Finding] = []
    unproved: dict[_FixKey, Finding] = {}
    applied_before = 0
    # The text whose proof succeeded is the text of the next round, and parsing takes half of a YAML file's time.
    read = lru_cache(maxsize=2)(read)
    for _ in range(_MAX_ROUNDS):
        file = read(text)
        chosen = _choose_fixes(lint_file(file, selection, today).findings, unproved, unsafe=unsafe)
        if not chosen and (not unproved or applied_before == len(applied)):
            break
        if not chosen:  # other fixes were applied since, so a failed proof may succeed now
            unproved, applied_before = {}, len(applied)
            continue
        accepted, refused = _split_by_proof(file, chosen, read, unsafe=unsafe)
        unproved |= {_fix_key(finding): finding for finding in refused}
        text = apply_edits(text, _collect_edits(accepted))
        applied += accepted
    return FixResult(text, tuple(applied), tuple(unproved.values()))


def is_proved_fix(file: ParsedFile, finding: Finding, read: FileParser) -> bool:
    """True if the fix of a finding is safe, and it is proved that the fixed policy allows nothing new."""
    return finding.fix is not None and _is_proved_safe(file, [finding], read, equal=False)


def is_readable_after_fix(file: ParsedFile, finding: Finding, read: FileParser) -> bool:
    """True if the text with the fix of a finding has no syntax error and as many policies as before."""
    return finding.fix is not None and _is_readable_after(file, [finding], read)


def _choose_fixes(findings: Iterable[Finding], unproved: Mapping[_FixKey, Finding], *, unsafe: bool) -> list[Finding]:
    """The fixes of the next round: unsafe ones first, because a proof needs a policy that can be interpreted."""
    fixable = [finding for finding in findings if finding.fix and _fix_key(finding) not in unproved]
    unsafe_findings = [finding for finding in fixable if unsafe and not _require_fix(finding).safe]
    return _without_overlaps(unsafe_findings or [finding for finding in fixable if _require_fix(finding).safe])


def _fix_key(finding: Finding) -> _FixKey:
    return finding.rule, finding.message, finding.subject.name, finding.span.pointer


def _without_overlaps(findings: Iterable[Finding]) -> list[Finding]:
    """Findings whose edits do not overlap, so that they can be fixed at once."""
    chosen: list[Finding] = []
    taken: set[Edit] = set()
    for finding in findings:
        edits = finding.fix.edits if finding.fix else ()
        if not any(_overlaps(edit, edit_taken) for edit in edits for edit_taken in taken):
            taken.update(edits)
            chosen.append(finding)
    return chosen


def _overlaps(first: Edit, second: Edit) -> bool:
    """Whether two edits change the same text, so that they cannot both be made."""
    if first.start == first.end or second.start == second.end:
        # An insertion also overlaps with an edit that begins or ends at its position.
        return first.start <= second.end and second.start <= first.end
    return first.start < second.end and second.start < first.end


def _collect_edits(findings: Iterable[Finding]) -> Iterator[Edit]:
    for finding in findings:
        yield from finding.fix.edits if finding.fix else ()


def _split_by_proof(
    file: ParsedFile, chosen: Sequence[Finding], read: FileParser, *, unsafe: bool
) -> tuple[list[Finding], list[Finding]]:
    """Split fixes into accepted and refused ones.

    All are accepted if the combined edit keeps access equal, or is readable where none needs a proof; otherwise each is
    checked on its own.
    """
    if unsafe and not any(_require_fix(finding).safe for finding in chosen):
        if _is_readable_after(file, chosen, read):
            return list(chosen), []
    elif _is_proved_safe(file, chosen, read, equal=True):
        return list(chosen), []
    accepted: list[Finding] = []
    refused: list[Finding] = []
    for finding in chosen:
        needs_no_proof = unsafe and not _require_fix(finding).safe
        if (needs_no_proof and _is_readable_after(file, [*accepted, finding], read)) or _is_proved_safe(
            file, [finding], read, equal=False
        ):
            if not accepted or needs_no_proof or _is_proved_safe(file, [*accepted, finding], read, equal=True):
                accepted.append(finding)
        else:
            refused.append(finding)
    return accepted, refused


def _require_fix(finding: Finding) -> Fix:
    """The fix of a finding. Raises ValueError if it has none."""
    if finding.fix is None:
        raise ValueError(finding.rule)
    return finding.fix


def _is_readable_after(file: ParsedFile, findings: Sequence[Finding], read: FileParser) -> bool:
    """True if the fixed text has no syntax error and as many policies as before."""
    after = read(apply_edits(file.text, _collect_edits(findings)))
    return after.syntax_error is None and len(after.policies) == len(file.policies)


def _is_proved_safe(file: ParsedFile, findings: Sequence[Finding], read: FileParser, *, equal: bool) -> bool:
    """True if all fixes are safe and it is proved that they grant no new access; with `equal`, nor remove any."""
    if any(not _require_fix(finding).safe for finding in findings):
        return False
    after = read(apply_edits(file.text, _collect_edits(findings)))
    if after.syntax_error is not None or len(after.policies) != len(file.policies):
        return False
    pairs = zip(file.policies, after.policies, strict=True)
    return all(is_proved_no_new_access(old, new, equal=equal) for old, new in pairs)


def is_proved_no_new_access(old: ParsedPolicy, new: ParsedPolicy, *, equal: bool = False) -> bool:
    """True if it is proved that the new policy allows nothing new; with `equal`, nor less."""
    if _source_text(old.node) == _source_text(new.node):
        return True
    before, after = old.value, new.value
    if before is None or after is None:
        return _statements_grant_nothing_new(old, new, equal=equal)
    return _grants_no_more_than(after, before) and (not equal or _grants_no_more_than(before, after))


def _statements_grant_nothing_new(old: ParsedPolicy, new: ParsedPolicy, *, equal: bool) -> bool:
    """Like `is_proved_no_new_access`, if parts of the policies are unknown.

    Every changed statement must be known and be proved on its own.
    """
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
    """A policy with only this statement, as an Allow, so that a Deny can be compared too."""
    return Policy((replace(statement, effect=Effect.ALLOW),), policy.version)


def _grants_no_more_than(new: Policy, old: Policy) -> bool:
    """True if it is proved that the new policy allows no request that the old one does not."""
    from iamglue.engine.solve.access import access_of  # noqa: PLC0415
    from iamglue.engine.solve.comparison import ComparisonAnswer, compare_on_all_types  # noqa: PLC0415 - startup

    return compare_on_all_types(access_of([new]), access_of([old])).answer is ComparisonAnswer.NO_NEW_ACCESS


def _source_text(node: Node) -> str:
    return node.source.text[node.start : node.end]
