"""Texts of a change of access that the formats for people share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iamglue.engine.solve.comparison import ComparisonAnswer
from iamglue.formats.words.labelled_lines import count_text
from iamglue.model.access_change import AccessChanges, HolderChange, UnitChange
from iamglue.model.difference import OneWayDiff, StatementDiff

ANSWER_WORDS = {
    ComparisonAnswer.NEW_ACCESS: "new access",
    ComparisonAnswer.UNKNOWN: "unknown",
    ComparisonAnswer.NO_NEW_ACCESS: "no new access",
}
# Longer lists of statements are cut and end with a count; JSON contains them completely.
MAX_STATEMENTS = 20


@dataclass(frozen=True, slots=True)
class ChangeDirection:
    """One direction of a change: `mark` is + or -, `title` the heading."""

    mark: str
    title: str
    difference: OneWayDiff

    @property
    def shown_statements(self) -> tuple[StatementDiff, ...]:
        """The statements to show if the list is cut."""
        return self.difference.shown[:MAX_STATEMENTS]

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the statements do not show."""
        more = len(self.difference.shown) - MAX_STATEMENTS
        cut = (f"and {count_text(more, 'more statement')}: `--format json` shows all",) if more > 0 else ()
        reason = self.difference.comparison.reason
        undecided = (f"undecided: {reason}",) if reason else ()
        return tuple(dict.fromkeys((*cut, *undecided, *self.difference.not_shown)))


def change_directions(change: HolderChange) -> Iterator[ChangeDirection]:
    """What is added, no longer denied, and removed; the directions that have something."""
    if change.allowed.added.comparison.answer is not ComparisonAnswer.NO_NEW_ACCESS:
        yield ChangeDirection("+", "Added", change.allowed.added)
    if change.lifted is not None:
        yield ChangeDirection("+", "No longer denied, if another policy allows it", change.lifted)
    if change.allowed.removed.comparison.answer is not ComparisonAnswer.NO_NEW_ACCESS:
        yield ChangeDirection("-", "Removed", change.allowed.removed)


def holder_answer(change: HolderChange) -> str:
    """The answer for one holder in a few words."""
    if change.answer is not ComparisonAnswer.NO_NEW_ACCESS:
        return ANSWER_WORDS[change.answer]
    removed = change.allowed.removed.comparison.answer
    return "less access" if removed is ComparisonAnswer.NEW_ACCESS else "no new access"


def changes_sentence(changes: AccessChanges) -> str:
    """The answer for all files as a sentence."""
    holders = [holder for unit in changes.units for holder in unit.holders]
    new = sum(holder.answer is ComparisonAnswer.NEW_ACCESS for holder in holders)
    unknown = [unit for unit in changes.units if unit.answer is ComparisonAnswer.UNKNOWN]
    if new:
        roles = "1 role or policy" if new == 1 else f"{new:,} roles or policies"
        more = f"; {count_text(len(unknown), 'more file')} could not be decided" if unknown else ""
        return f"the change adds access to {roles}{more}"
    if unknown:
        return f"it is not known whether the change adds access: see {count_text(len(unknown), 'file')}"
    if any(not unit.is_unchanged for unit in changes.units):
        return "the change adds no access, and removes some"
    return "the change adds and removes no access"


def file_counts(changes: AccessChanges) -> str:
    """How many files were compared, as a sentence."""
    text = f"{count_text(changes.changed_count, 'changed file')}, {len(changes.units)} compared"
    unread = f", {len(changes.not_read)} of kinds that are not read" if changes.not_read else ""
    return f"{text}{unread}{f', {len(changes.excluded)} excluded by the configuration' if changes.excluded else ''}"


def unit_title(unit: UnitChange) -> str:
    """What happened to the unit, in words that follow its path."""
    renamed = f", before: {unit.old_path}" if unit.old_path else ""
    texts = {"added": "added", "removed": "removed", "changed": "changed", "affected": "reads a changed file"}
    return f"{texts[unit.status.value]}{renamed}"
