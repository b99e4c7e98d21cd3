"""Texts, alone or behind labels, wrapped to 80 columns; and how a count or a condition is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from iamglue.output_escaping import escape_to_one_line
from iamglue.policy.conditions import Condition

_LINE_WIDTH = 80
_LABEL = 11


def labelled_lines(label: str, texts: Sequence[str]) -> Iterator[str]:
    """Each text on its own lines, with the label before the first."""
    head = f"    {label:<{_LABEL - 4}} "
    for text in texts:
        indent = " " * len(head)
        yield from wrap_text(text, head, indent)
        head = indent


def wrap_text(text: str, first: str = "", rest: str = "") -> list[str]:
    """A text on lines that begin with `first` and `rest`. Words longer than a line (ARNs) are not broken."""
    return wrap(
        escape_to_one_line(text),
        _LINE_WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def hanging_lines(head: str, text: str) -> list[str]:
    """A text that begins after `head` and continues below its own beginning."""
    return wrap_text(text, head, " " * len(head))


def condition_text(condition: Condition) -> str:
    """A condition on one line: key, operator, values."""
    return f"{condition.key} {condition.operator} {' or '.join(map(visible_value, condition.values))}"


def visible_value(value: str) -> str:
    """A condition value for display: `""` for an empty one."""
    return value or '""'


def count_text(number: int, noun: str) -> str:
    """The number and the noun, plural unless the number is 1: `1 statement`, `2 statements`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
