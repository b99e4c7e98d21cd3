"""The statements of a function's policy with the lines of the spec that ask for them, as text of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.formats.policies.labelled import condition_text, counted, labelled
from iamglue.inert import one_line
from iamglue.model.permission_set import Bundle, Explained
from iamglue.policy.model import Statement


def explanation(bundle: Bundle) -> str:
    """What each statement of `bundle` allows, on what, and why; then what the user should know besides."""
    lines = [f"{one_line(bundle.function)}: {counted(len(bundle.explained), 'statement')}"]
    for explained in bundle.explained:
        lines += ["", *_statement(explained)]
    for note in bundle.notes:
        lines += ["", *labelled("note", [note])]
    return "\n".join(lines)


def _statement(explained: Explained) -> Iterator[str]:
    statement = explained.statement
    yield f"  {one_line(statement.sid or '(no Sid)')}"
    yield from labelled(statement.effect.value.lower(), _patterns(statement))
    if statement.resources is not None:
        yield from labelled("not on" if statement.resources.negated else "on", sorted(statement.resources.values))
    yield from labelled("when", [condition_text(each) for each in statement.conditions])
    yield from labelled("because", [str(reason) for reason in explained.reasons])


def _patterns(statement: Statement) -> list[str]:
    actions = sorted(statement.actions.values)
    return [f"anything but {action}" for action in actions] if statement.actions.negated else actions
