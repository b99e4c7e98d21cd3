"""Changes of access as Markdown for a comment on a pull request; all values are code spans."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.formats.reports.diff_markdown import code_span, statement_lines
from iamglue.formats.words.change_words import (
    ANSWER_WORDS,
    change_directions,
    changes_sentence,
    file_counts,
    holder_answer,
    unit_title,
)
from iamglue.formats.words.labelled_lines import count_text
from iamglue.model.access_change import AccessChanges, HolderChange, UnitChange
from iamglue.output_escaping import escape_output, escape_to_one_line

# GitHub takes comments of 65,536 characters: https://github.com/orgs/community/discussions/41331. The rest is for the
# marker by which the comment is known.
MAX_COMMENT_BYTES = 65_000
_MAX_TABLE_BYTES = 20_000
_MAX_TEXTS = 20
_MAX_CELL = 150


def changes_markdown(changes: AccessChanges, limit: int = MAX_COMMENT_BYTES) -> str:
    """The answer, a table of the roles and policies, and their statements as far as `limit` bytes of UTF-8 allow."""
    sentence = changes_sentence(changes)
    head = [f"### iamglue: {ANSWER_WORDS[changes.answer]}", "", f"{sentence[0].upper()}{sentence[1:]}."]
    head += _table(changes)
    notes = dict.fromkeys(note for unit in changes.units for note in unit.notes)
    tail = [
        "",
        *(f"- {note}" for note in notes),
        f"- {file_counts(changes)}, between {changes.base} and {changes.head}",
    ]
    blocks = [list(block) for unit in changes.units if not unit.is_unchanged for block in _unit_blocks(unit)]
    room = limit - _size(head) - _size(tail) - 200  # for the line that counts the rest
    body: list[str] = []
    hidden = 0
    for block in blocks:
        if _size(block) <= room:
            body += block
            room -= _size(block)
        else:
            hidden += 1
    if hidden:
        parts = f"{count_text(hidden, 'part')} {'is' if hidden == 1 else 'are'}"
        body += ["", f"**{parts} too long for a comment.** `iamglue changes --base {changes.base}` shows all."]
    return escape_output("\n".join([*head, *body, *tail]) + "\n")


def _size(lines: list[str]) -> int:
    return sum(len(escape_output(line).encode("utf-8", "backslashreplace")) + 1 for line in lines)


def _table(changes: AccessChanges) -> Iterator[str]:
    """The table of roles and policies, cut to a size; the rest is counted. None if nothing changed."""
    rows = [row for unit in changes.units if not unit.is_unchanged for row in _rows(unit)]
    if not rows:
        return
    yield from ("", "| file | role or policy | change |", "|---|---|---|")
    shown: list[str] = []
    while len(shown) < len(rows) and _size([*shown, rows[len(shown)]]) <= _MAX_TABLE_BYTES:
        shown.append(rows[len(shown)])
    yield from shown
    if len(rows) > len(shown):
        yield ""
        yield f"and {count_text(len(rows) - len(shown), 'more row')}"


def _rows(unit: UnitChange) -> Iterator[str]:
    """A row for each role or policy of a file, and one if a part of the file is not known."""
    if unit.unknown:
        yield f"| {_cell(unit.path)} | | unknown |"
    for holder in unit.holders:
        yield f"| {_cell(unit.path)} | {_cell(holder.name)} | {holder_answer(holder)} |"


def _cell(text: str) -> str:
    """A code span of a table: a bar ends a cell even there, unless it is escaped.

    https://github.github.com/gfm/#tables-extension-
    """
    return code_span(_shorten(text)).replace("|", "\\|")


def _shorten(text: str) -> str:
    line = escape_to_one_line(text)
    return line if len(line) <= _MAX_CELL else f"{line[:_MAX_CELL]}..."


def _unit_blocks(unit: UnitChange) -> Iterator[Iterator[str]]:
    """The parts of a comment about one file: its heading, then each role or policy, which are shown whole or not."""
    title = f"#### {code_span(unit.path)}, {code_span(unit_title(unit)) if unit.old_path else unit_title(unit)}"
    yield iter(["", title, *_texts("unknown", unit.unknown)])
    for holder in unit.holders:
        yield _holder_lines(holder)


def _texts(label: str, texts: tuple[str, ...]) -> Iterator[str]:
    """A list item for each text; the rest of many is counted."""
    if texts:
        yield ""
    for text in texts[:_MAX_TEXTS]:
        yield f"- {label}: {code_span(text)}"
    if len(texts) > _MAX_TEXTS:
        yield f"- and {len(texts) - _MAX_TEXTS} more"


def _holder_lines(holder: HolderChange) -> Iterator[str]:
    """One role or policy with what it gains and loses."""
    yield ""
    yield f"**{code_span(holder.name)}: {holder_answer(holder)}**"
    yield from _texts("unknown", holder.unknown)
    for direction in change_directions(holder):
        yield ""
        yield f"{direction.title}: {count_text(len(direction.difference.shown), 'statement')}"
        for shown in direction.shown_statements:
            yield ""
            yield from statement_lines(shown)
        yield from _texts("note", direction.remarks)
