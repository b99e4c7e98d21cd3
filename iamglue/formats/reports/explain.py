"""The statements of a function's policy with the spec lines that require them, as text of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.formats.words.labelled_lines import condition_text, count_text, labelled_lines
from iamglue.model.permission_set import ExplainedStatement, PermissionSet
from iamglue.output_escaping import escape_to_one_line
from iamglue.policy.model import Statement


def explanation_text(permission_set: PermissionSet) -> str:
    """Actions, resources, conditions and reasons of each statement of the permission set, then its notes."""
    count = count_text(len(permission_set.explained_statements), "statement")
    lines = [f"{escape_to_one_line(permission_set.function)}: {count}"]
    for explained in permission_set.explained_statements:
        lines += ["", *_statement(explained)]
    for note in permission_set.notes:
        lines += ["", *labelled_lines("note", [note])]
    return "\n".join(lines)


def _statement(explained: ExplainedStatement) -> Iterator[str]:
    """A statement with the lines of the spec that require it."""
    statement = explained.statement
    yield f"  {escape_to_one_line(statement.sid or '(no Sid)')}"
    yield from labelled_lines(statement.effect.value.lower(), _patterns(statement))
    if statement.resources is not None:
        yield from labelled_lines("not on" if statement.resources.negated else "on", sorted(statement.resources.values))
    yield from labelled_lines("when", [condition_text(condition) for condition in statement.conditions])
    yield from labelled_lines("because", [str(reason) for reason in explained.reasons])


def _patterns(statement: Statement) -> list[str]:
    actions = sorted(statement.actions.values)
    return [f"anything but {action}" for action in actions] if statement.actions.negated else actions
