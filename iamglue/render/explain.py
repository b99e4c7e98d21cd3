"""Why a policy says what it says: each statement with the lines of the spec that ask for it."""

from __future__ import annotations

from iamglue.iam.conditions import Condition
from iamglue.subjects.bundle import Bundle, Explained


def explanation(bundle: Bundle) -> str:
    """The statements of the identity policy in words, with their reasons, then the notes."""
    head = f"{bundle.function}: role {bundle.role_name}"
    blocks = [_block(explained) for explained in bundle.explained] or ["  the function needs nothing\n"]
    return "\n".join([f"{head}\n", *blocks])


def _block(explained: Explained) -> str:
    statement = explained.statement
    resources = statement.resources.values if statement.resources else ()
    lines = [
        f"  {statement.sid or 'a statement'} allows",
        *(f"    {action}" for action in statement.actions.values),
        *(f"    on {resource}" for resource in resources),
        *(f"    if {_words(condition)}" for condition in statement.conditions),
        *(f"    because of {reason}" for reason in explained.reasons),
    ]
    return "\n".join(lines) + "\n"


def _words(condition: Condition) -> str:
    return f"{condition.key} {condition.operator} {', '.join(condition.values)}"
