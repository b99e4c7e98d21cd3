"""A difference between policies as text of 80 columns for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from iamglue.formats.policies.labelled_lines import LINE_WIDTH, condition_text, count_text, labelled_lines
from iamglue.formats.words.diff_words import (
    DiffDirection,
    action_lines,
    diff_directions,
    headline,
    request_lines,
    resource_lines,
    statement_notes,
)
from iamglue.model.difference import PolicyDiff, StatementDiff
from iamglue.output_escaping import escape_to_one_line

# So many lines at most, unless all are asked for.
_LINES = 60
# What the second part of a long difference may count on: one in so many lines.
_SHARE = 3


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that belong together: a statement, or something that the statements do not tell."""

    lines: tuple[str, ...]
    is_statement: bool


def diff_text(diff: PolicyDiff, *, full: bool = False) -> str:
    """The answer, then the statements added and removed, each with a request that shows it.

    Unless it is to be `full`, a long one is cut to 60 lines, and the last one says how much more there is.
    """
    word, sentence = headline(diff)
    lines = _wrapped(f"{word}: {sentence.format(old=diff.old_name, new=diff.new_name)}")
    found = [(["", part.title], list(_blocks(part, full=full))) for part in diff_directions(diff)]
    if full or len(lines) + sum(len(title) + _size(blocks) for title, blocks in found) <= _LINES:
        lines += [line for title, blocks in found for line in (*title, *_joined(blocks))]
    else:
        lines += _cut(found, _LINES - len(lines))
    return "\n".join(lines) + "\n"


def added_lines(diff: PolicyDiff, most: int) -> Iterator[str]:
    """The statements that only the new side allows, so many at most."""
    for part in diff_directions(diff):
        if part.difference is diff.added:
            for shown in part.difference.shown[:most]:
                yield from _statement(part.mark, shown, full=False)
            more = len(part.difference.shown) - most
            yield from labelled_lines("", [f"and {count_text(more, 'more statement')}"] if more > 0 else [])
            yield from labelled_lines("", part.difference.not_shown)


def _blocks(part: DiffDirection, *, full: bool) -> Iterator[_Block]:
    for shown in part.difference.shown:
        yield _Block(("", *_statement(part.mark, shown, full=full)), is_statement=True)
    for text in part.undecided:
        yield _Block(("", *labelled_lines("", [text])), is_statement=False)


def _statement(mark: str, shown: StatementDiff, *, full: bool) -> Iterator[str]:
    lines = list(labelled_lines("allow", action_lines(shown, full=full)))
    yield f"  {mark}{lines[0][3:]}"
    yield from lines[1:]
    yield from labelled_lines(*resource_lines(shown, full=full))
    yield from labelled_lines("when", [condition_text(each) for each in shown.statement.conditions])
    yield from labelled_lines("from", [str(shown.source)])
    for label, texts in statement_notes(shown, full=full):
        yield from labelled_lines(label, texts)
    yield from labelled_lines("such as", request_lines(shown.witness))


def _cut(found: list[tuple[list[str], list[_Block]]], room: int) -> list[str]:
    """What fits into so many lines: of each part its title and the blocks that come first; and what is left out."""
    room -= 2  # for the last line and a blank one before it
    lines: list[str] = []
    left: list[_Block] = []
    for at, (title, blocks) in enumerate(found):
        later = sum(len(other) + _size(rest) for other, rest in found[at + 1 :])
        own = room - len(lines) - min(later, room // _SHARE)
        count = _fitting(blocks, own - len(title))
        shown = _joined(blocks[:count])
        if not count and blocks:
            shown = list(blocks[0].lines[: max(own - len(title), 0)])
        lines += [*title, *shown]
        left += blocks[count:]
    return [*lines, "", _left_out(left)]


def _fitting(blocks: Sequence[_Block], room: int) -> int:
    """How many of the blocks fit into so many lines."""
    for at, block in enumerate(blocks):
        room -= len(block.lines)
        if room < 0:
            return at
    return len(blocks)


def _left_out(blocks: Sequence[_Block]) -> str:
    statements = sum(block.is_statement for block in blocks)
    named = [(statements, "more statement"), (len(blocks) - statements, "more note")]
    return f"... {' and '.join(count_text(number, noun) for number, noun in named if number)}: --full shows all"


def _size(blocks: Sequence[_Block]) -> int:
    return sum(len(block.lines) for block in blocks)


def _joined(blocks: Sequence[_Block]) -> list[str]:
    return [line for block in blocks for line in block.lines]


def _wrapped(text: str) -> list[str]:
    return wrap(
        escape_to_one_line(text), LINE_WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
