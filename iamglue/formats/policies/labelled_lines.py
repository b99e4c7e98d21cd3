"""Labels followed by texts, wrapped to 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from iamglue.output_escaping import escape_to_one_line
from iamglue.policy.conditions import Condition

LINE_WIDTH = 80
_LABEL = 11


def labelled_lines(label: str, texts: Sequence[str]) -> Iterator[str]:
    """Each text on its own lines, with the label before the first. Words longer than a line (ARNs) are not broken."""
    head = f"    {label:<{_LABEL - 4}} "
    for text in texts:
        indent = " " * len(head)
        lines = wrap(
            escape_to_one_line(text),
            LINE_WIDTH,
            initial_indent=head,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        yield from lines
        head = indent


def condition_text(condition: Condition) -> str:
    """A condition on one line: key, operator, values."""
    return f"{condition.key} {condition.operator} {' or '.join(map(visible_value, condition.values))}"


def visible_value(value: str) -> str:
    """A condition value for display: `""` for an empty one."""
    return value or '""'


def count_text(number: int, noun: str) -> str:
    """The number and the noun, plural unless the number is 1: `1 statement`, `2 statements`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
