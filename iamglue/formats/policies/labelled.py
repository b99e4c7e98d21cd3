"""Labels with texts beside them, as lines of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from iamglue.inert import one_line
from iamglue.policy.conditions import Condition

WIDTH = 80
_LABEL = 11


def labelled(label: str, texts: Sequence[str]) -> Iterator[str]:
    """Each text on lines of its own, the label before the first. A word longer than a line (an ARN) stays whole."""
    head = f"    {label:<{_LABEL - 4}} "
    for text in texts:
        indent = " " * len(head)
        lines = wrap(
            one_line(text),
            WIDTH,
            initial_indent=head,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        yield from lines
        head = indent


def condition_text(condition: Condition) -> str:
    """A condition in a line."""
    return f"{condition.key} {condition.operator} {' or '.join(map(visible, condition.values))}"


def visible(value: str) -> str:
    """A value of a condition key as a reader sees it: `""` for an empty one."""
    return value or '""'


def counted(number: int, noun: str) -> str:
    """`1 statement`, `2 statements`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
