"""The statements of a function's policy with the lines of the spec that ask for them, as text of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from iamglue.iam.conditions import Condition
from iamglue.iam.policies import Statement
from iamglue.render.written import one_line
from iamglue.subjects.bundle import Bundle, Explained

_WIDTH = 80
_LABEL = 11


def explanation(bundle: Bundle) -> str:
    """What each statement of `bundle` allows, on what, and why; then what the user should know besides."""
    lines = [f"{one_line(bundle.function)}: {_counted(len(bundle.explained), 'statement')}"]
    for explained in bundle.explained:
        lines += ["", *_statement(explained)]
    for note in bundle.notes:
        lines += ["", *_labelled("note", [note])]
    return "\n".join(lines)


def _statement(explained: Explained) -> Iterator[str]:
    statement = explained.statement
    yield f"  {one_line(statement.sid or '(no Sid)')}"
    yield from _labelled(statement.effect.value.lower(), _patterns(statement))
    if statement.resources is not None:
        yield from _labelled("not on" if statement.resources.negated else "on", sorted(statement.resources.values))
    yield from _labelled("when", [_condition(each) for each in statement.conditions])
    yield from _labelled("because", explained.reasons)


def _patterns(statement: Statement) -> list[str]:
    actions = sorted(statement.actions.values)
    return [f"anything but {action}" for action in actions] if statement.actions.negated else actions


def _condition(condition: Condition) -> str:
    return f"{condition.key} {condition.operator} {' or '.join(condition.values)}"


def _labelled(label: str, texts: list[str] | tuple[str, ...]) -> Iterator[str]:
    """Each text on lines of its own, the label before the first. A word longer than a line (an ARN) stays whole."""
    head = f"    {label:<{_LABEL - 4}} "
    for text in texts:
        indent = " " * len(head)
        lines = wrap(
            one_line(text),
            _WIDTH,
            initial_indent=head,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        yield from lines
        head = indent


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
