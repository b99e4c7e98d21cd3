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
_ROUNDS = 1000

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
    made: list[Finding] = []
    unproved: dict[tuple[str, str], Finding] = {}
    made_since = 0
    for _ in range(_ROUNDS):
        file = read(text)
        chosen = _chosen(lint_file(file, selection, today).findings, unproved, unsafe=unsafe)
        if not chosen and (not unproved or made_since == len(made)):
            break
        if not chosen:  # what could not be proved before the others were made may be proved now
            unproved, made_since = {}, len(made)
            continue
        kept, refused = _kept(file, chosen, read, unsafe=unsafe)
        unproved |= {_key(finding): finding for finding in refused}
        text = apply_edits(text, _edits(kept))
        made += kept
    return FixResult(text, tuple(made), tuple(unproved.values()))


def _chosen(findings: Iterable[Finding], unproved: Mapping[tuple[str, str], Finding], *, unsafe: bool) -> list[Finding]:
    """What is mended next: what takes no proof first, since no proof is about a policy that is not understood."""
    wanted = [each for each in findings if each.fix and _key(each) not in unproved]
    others = [each for each in wanted if unsafe and not _fix(each).safe]
    return _apart(others or [each for each in wanted if _fix(each).safe])


def _key(finding: Finding) -> tuple[str, str]:
    return finding.identity, finding.span.pointer


def _apart(findings: Iterable[Finding]) -> list[Finding]:
    """As many as can be mended at once: no two change the same part of the text."""
    chosen: list[Finding] = []
    taken: set[Edit] = set()
    for finding in findings:
        edits = finding.fix.edits if finding.fix else ()
        if not any(_meet(edit, other) for edit in edits for other in taken):
            taken.update(edits)
            chosen.append(finding)
    return chosen


def _meet(one: Edit, other: Edit) -> bool:
    if one.start == one.end or other.start == other.end:  # an insertion meets what begins or ends there
        return one.start <= other.end and other.start <= one.end
    return one.start < other.end and other.start < one.end


def _edits(findings: Iterable[Finding]) -> Iterator[Edit]:
    for finding in findings:
        yield from finding.fix.edits if finding.fix else ()


def _kept(
    file: ParsedFile, chosen: Sequence[Finding], read: FileParser, *, unsafe: bool
) -> tuple[list[Finding], list[Finding]]:
    """Which of the fixes are made: all if together they do no harm, else those that do none alone."""
    if _does_no_harm(file, chosen, read, equal=True):
        return list(chosen), []
    kept: list[Finding] = []
    refused: list[Finding] = []
    for finding in chosen:
        fine = unsafe and not _fix(finding).safe
        if (fine and _is_read(file, [*kept, finding], read)) or _does_no_harm(file, [finding], read, equal=False):
            if not kept or fine or _does_no_harm(file, [*kept, finding], read, equal=True):
                kept.append(finding)
        else:
            refused.append(finding)
    return kept, refused


def _fix(finding: Finding) -> Fix:
    if finding.fix is None:
        raise ValueError(finding.rule)
    return finding.fix


def _is_read(file: ParsedFile, findings: Sequence[Finding], read: FileParser) -> bool:
    after = read(apply_edits(file.text, _edits(findings)))
    return after.syntax_error is None and len(after.policies) == len(file.policies)


def _does_no_harm(file: ParsedFile, findings: Sequence[Finding], read: FileParser, *, equal: bool) -> bool:
    """Whether safe fixes grant nothing new, by the algebra; with `equal`, nor take anything away."""
    if any(not _fix(finding).safe for finding in findings):
        return False
    after = read(apply_edits(file.text, _edits(findings)))
    if after.syntax_error is not None or len(after.policies) != len(file.policies):
        return False
    pairs = zip(file.policies, after.policies, strict=True)
    return all(is_proved_no_new_access(old, new, equal=equal) for old, new in pairs)


def is_proved_no_new_access(old: ParsedPolicy, new: ParsedPolicy, *, equal: bool = False) -> bool:
    """Whether it is proved that a policy allows nothing new; with `equal`, and nothing less either."""
    if _text(old.node) == _text(new.node):
        return True
    before, after = old.value, new.value
    if before is None or after is None:
        return _statements_grant_nothing_new(old, new, equal=equal)
    return _within(after, before) and (not equal or _within(before, after))


def _statements_grant_nothing_new(old: ParsedPolicy, new: ParsedPolicy, *, equal: bool) -> bool:
    """The same where parts of the policy are not known: what was changed must be known, and mean the same or less."""
    if len(old.statements) != len(new.statements):
        return False
    for before, after in zip(old.statements, new.statements, strict=True):
        if _text(before.node) == _text(after.node):
            continue
        one, other = before.value, after.value
        if one is None or other is None or one.effect is not other.effect:
            return False
        first, second = (other, one) if one.effect is Effect.ALLOW else (one, other)
        if not _within(_alone(first, old), _alone(second, old)):
            return False
        if equal and not _within(_alone(second, old), _alone(first, old)):
            return False
    return True


def _alone(statement: Statement, policy: ParsedPolicy) -> Policy:
    version = VERSION_2012 if policy.has_unresolved else policy.version
    return Policy((replace(statement, effect=Effect.ALLOW),), version)


def _within(new: Policy, old: Policy) -> bool:
    from iamglue.engine.solve.access import access_of  # noqa: PLC0415
    from iamglue.engine.solve.comparison import ComparisonAnswer, compare  # noqa: PLC0415 - startup: only fixes need the algebra

    return compare(access_of([new]), access_of([old])).answer is ComparisonAnswer.NO_NEW_ACCESS


def _text(node: Node) -> str:
    return node.source.text[node.start : node.end]
