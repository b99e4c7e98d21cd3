"""A difference between policies as Markdown for a pull request comment; all values are escaped."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from iamglue.formats.reports.diff_json import statement_data
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
from iamglue.formats.words.labelled_lines import condition_text, count_text
from iamglue.model.difference import PolicyDiff, StatementDiff
from iamglue.output_escaping import escape_to_one_line


def diff_markdown(diff: PolicyDiff) -> str:
    """The answer as a heading, then the statements, each with its JSON in a collapsed section."""
    word, sentence = headline(diff)
    text = sentence.format(old=code_span(diff.old_name), new=code_span(diff.new_name))
    lines = [f"### iamglue: {word}", "", f"{text[0].upper()}{text[1:]}."]
    for direction in diff_directions(diff):
        lines += [
            "",
            f"#### {direction.title}: {count_text(len(direction.difference.shown), 'statement')}",
            *_direction_lines(direction),
        ]
    return "\n".join(lines) + "\n"


def code_span(text: str) -> str:
    """`text` as a code span, in which Markdown, HTML, mentions and links have no effect.

    https://spec.commonmark.org/0.31.2/#code-spans
    """
    line = escape_to_one_line(text) or " "
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    pad = " " if line.startswith("`") or line.endswith("`") or (line.startswith(" ") and line.endswith(" ")) else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def _direction_lines(direction: DiffDirection) -> Iterator[str]:
    """The statements of one direction, then what is left out or undecided."""
    for shown in direction.shown_statements:
        yield ""
        yield from statement_lines(shown)
    for text in (*direction.omitted, *direction.undecided):
        yield ""
        yield f"- {code_span(text)}"


def statement_lines(shown: StatementDiff) -> Iterator[str]:
    """A statement as an item of a list, with its JSON in a collapsed section."""
    label, on = resource_lines(shown)
    yield _item(f"- {effect_label(shown)}", action_lines(shown))
    if on:
        yield _item(f"  {label}", on)
    if shown.statement.conditions:
        yield _item("  when", [condition_text(condition) for condition in shown.statement.conditions])
    yield f"  - from {code_span(str(shown.source))}"
    for name, texts in statement_notes(shown):
        yield _item(f"  - {name}", texts)
    yield _item("  - such as", request_lines(shown.witness))
    yield ""
    yield "  <details><summary>The statement</summary>"
    yield ""
    # ASCII JSON: each line begins with a space, a bracket or a quote, so that no line can end the code block.
    yield "  ```json"
    for line in json.dumps(statement_data(shown.statement), indent=2).splitlines():
        yield f"  {line}"
    yield "  ```"
    yield ""
    yield "  </details>"


def _item(label: str, texts: Sequence[str]) -> str:
    return f"{label} {', '.join(map(code_span, texts))}"
