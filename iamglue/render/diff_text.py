"""A difference between policies as text of 80 columns for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from iamglue.inert import one_line
from iamglue.render.diff_words import Part, actions, headline, notes, parts, request_lines, resources
from iamglue.render.labelled import WIDTH, condition_text, counted, labelled
from iamglue.subjects.difference import Diff, Shown


def diff_text(diff: Diff) -> str:
    """The answer, then the statements added and removed, each with a request that shows it."""
    word, sentence = headline(diff)
    lines = _wrapped(f"{word}: {sentence.format(old=diff.old, new=diff.new)}")
    for part in parts(diff):
        lines += ["", part.title, *_part(part)]
    return "\n".join(lines) + "\n"


def added_lines(diff: Diff, most: int) -> Iterator[str]:
    """The statements that only the new side allows, so many at most."""
    for part in parts(diff):
        if part.side is diff.added:
            for shown in part.side.shown[:most]:
                yield from _statement(part.mark, shown)
            more = len(part.side.shown) - most
            yield from labelled("", [f"and {counted(more, 'more statement')}"] if more > 0 else [])
            yield from labelled("", part.side.unshown)


def _part(part: Part) -> Iterator[str]:
    for shown in part.shown:
        yield ""
        yield from _statement(part.mark, shown)
    for text in part.untold:
        yield ""
        yield from labelled("", [text])


def _statement(mark: str, shown: Shown) -> Iterator[str]:
    lines = list(labelled("allow", actions(shown)))
    yield f"  {mark}{lines[0][3:]}"
    yield from lines[1:]
    yield from labelled(*resources(shown))
    yield from labelled("when", [condition_text(each) for each in shown.statement.conditions])
    yield from labelled("from", [str(shown.source)])
    for label, texts in notes(shown):
        yield from labelled(label, texts)
    yield from labelled("such as", request_lines(shown.witness))


def _wrapped(text: str) -> list[str]:
    return wrap(one_line(text), WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
