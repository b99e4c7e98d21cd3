"""A difference between policies as text of 80 columns for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iamglue.formats.words.diff_words import (
    DiffDirection,
    action_lines,
    diff_directions,
    effect_label,
    headline,
    request_lines,
    resource_lines,
    statement_notes,
)
from iamglue.formats.words.labelled_lines import condition_text, count_text, labelled_lines, wrap_text
from iamglue.model.difference import PolicyDiff, StatementDiff

# Maximum number of lines without `--full`.
_MAX_LINES = 60
# Share of the lines (1/3) that is reserved for the second part of a long difference.
_SHARE = 3


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that are shown together: a statement, or a note."""

    lines: tuple[str, ...]
    is_statement: bool


def diff_text(diff: PolicyDiff, *, full: bool = False) -> str:
    """The answer, then the added and removed statements, each with a request as an example.

    Without `full` the text is cut to 60 lines; the last line states how much is left out.
    """
    word, sentence = headline(diff)
    lines = wrap_text(f"{word}: {sentence.format(old=diff.old_name, new=diff.new_name)}", rest="  ")
    parts = [(["", part.title], list(_blocks(part, full=full))) for part in diff_directions(diff)]
    if full or len(lines) + sum(len(title) + _size(blocks) for title, blocks in parts) <= _MAX_LINES:
        lines += [line for title, blocks in parts for line in (*title, *_block_lines(blocks))]
    else:
        lines += _cut_lines(parts, _MAX_LINES - len(lines))
    return "\n".join(lines) + "\n"


def added_lines(diff: PolicyDiff, most: int) -> Iterator[str]:
    """Lines for the statements that only the new side allows, at most `most` statements."""
    for part in diff_directions(diff):
        if part.difference is diff.added:
            for shown in part.difference.shown[:most]:
                yield from statement_lines(part.mark, shown, full=False)
            more = len(part.difference.shown) - most
            yield from labelled_lines("", [f"and {count_text(more, 'more statement')}"] if more > 0 else [])
            yield from labelled_lines("", part.difference.not_shown)


def _blocks(part: DiffDirection, *, full: bool) -> Iterator[_Block]:
    """The blocks of one direction: statements, then notes."""
    for shown in part.difference.shown:
        yield _Block(("", *statement_lines(part.mark, shown, full=full)), is_statement=True)
    for text in part.undecided:
        yield _Block(("", *labelled_lines("", [text])), is_statement=False)


def statement_lines(mark: str, shown: StatementDiff, *, full: bool) -> Iterator[str]:
    """A statement as lines of a terminal; `mark` is + or -."""
    lines = list(labelled_lines(effect_label(shown), action_lines(shown, full=full)))
    yield f"  {mark}{lines[0][3:]}"
    yield from lines[1:]
    yield from labelled_lines(*resource_lines(shown, full=full))
    yield from labelled_lines("when", [condition_text(condition) for condition in shown.statement.conditions])
    yield from labelled_lines("from", [str(shown.source)])
    for label, texts in statement_notes(shown, full=full):
        yield from labelled_lines(label, texts)
    yield from labelled_lines("such as", request_lines(shown.witness))


def _cut_lines(parts: list[tuple[list[str], list[_Block]]], room: int) -> list[str]:
    """At most `room` lines: the title and the first blocks of each part, and a line that counts the rest."""
    room -= 2  # for the last line and a blank one before it
    lines: list[str] = []
    remaining: list[_Block] = []
    for at, (title, blocks) in enumerate(parts):
        later = sum(len(later_title) + _size(rest) for later_title, rest in parts[at + 1 :])
        available = room - len(lines) - min(later, room // _SHARE)
        count = _fitting_count(blocks, available - len(title))
        shown = _block_lines(blocks[:count])
        if not count and blocks:
            shown = list(blocks[0].lines[: max(available - len(title), 0)])
        lines += [*title, *shown]
        remaining += blocks[count:]
    return [*lines, "", _omission_line(remaining)]


def _fitting_count(blocks: Sequence[_Block], room: int) -> int:
    """Number of blocks that fit into `room` lines."""
    for at, block in enumerate(blocks):
        room -= len(block.lines)
        if room < 0:
            return at
    return len(blocks)


def _omission_line(blocks: Sequence[_Block]) -> str:
    """The last line: the number of statements and notes that are not shown."""
    statements = sum(block.is_statement for block in blocks)
    counts = [(statements, "more statement"), (len(blocks) - statements, "more note")]
    return f"... {' and '.join(count_text(number, noun) for number, noun in counts if number)}: --full shows all"


def _size(blocks: Sequence[_Block]) -> int:
    """Number of lines of the blocks."""
    return sum(len(block.lines) for block in blocks)


def _block_lines(blocks: Sequence[_Block]) -> list[str]:
    return [line for block in blocks for line in block.lines]
