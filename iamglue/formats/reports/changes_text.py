"""Changes of access as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.formats.reports.diff_text import statement_lines
from iamglue.formats.words.change_words import (
    ANSWER_WORDS,
    change_directions,
    changes_sentence,
    file_counts,
    holder_answer,
    unit_title,
)
from iamglue.formats.words.labelled_lines import labelled_lines
from iamglue.model.access_change import AccessChanges, HolderChange, UnitChange
from iamglue.output_escaping import escape_to_one_line


def changes_text(changes: AccessChanges) -> str:
    """The answer, then each file with what its roles and policies gain and lose."""
    lines = [f"{ANSWER_WORDS[changes.answer]}: {changes_sentence(changes)} ({file_counts(changes)})"]
    for unit in changes.units:
        if not unit.is_unchanged:
            lines += ["", f"{escape_to_one_line(unit.path)} ({escape_to_one_line(unit_title(unit))})"]
            lines += _unit_lines(unit)
    notes = dict.fromkeys(note for unit in changes.units for note in unit.notes)
    if notes:
        lines += ["", *(f"note: {note}" for note in notes)]
    return "\n".join(lines) + "\n"


def _unit_lines(unit: UnitChange) -> Iterator[str]:
    """What is not known of a file, then its roles and policies."""
    for text in unit.unknown:
        yield from labelled_lines("unknown", [text])
    for holder in unit.holders:
        yield f"  {escape_to_one_line(holder.name)}: {holder_answer(holder)}"
        yield from _holder_lines(holder)


def _holder_lines(holder: HolderChange) -> Iterator[str]:
    """What is not known of a role or policy, then what it gains and loses."""
    for text in holder.unknown:
        yield from labelled_lines("unknown", [text])
    for direction in change_directions(holder):
        yield f"  {direction.title}:"
        for shown in direction.shown_statements:
            yield from statement_lines(direction.mark, shown, full=False)
        for remark in direction.remarks:
            yield from labelled_lines("", [remark])
