"""Locations of statements in a role's policies, as findings show them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from iamglue.findings import SourceSpan
from iamglue.model.account import AttachedPolicy
from iamglue.output_escaping import escape_surrogates
from iamglue.policy.model import Statement
from iamglue.policy.patterns.wildcards import matches_action

_LONGEST = 32_768  # characters of a key policy, the longest policy that AWS stores


@dataclass(frozen=True, slots=True, eq=False)
class StatementLocation:
    """A statement of a policy: its index from 0, and its Sid."""

    policy: AttachedPolicy
    index: int
    sid: str | None = None

    def __str__(self) -> str:
        sid = f" ({self.sid})" if self.sid else ""
        return f"statement {self.index + 1}{sid} of `{self.policy.name}`"


def statement_contents(locations: Iterable[StatementLocation]) -> tuple[str, ...]:
    """What each statement says, without its Sid: the same wherever it is in its policy, and another if it is edited.

    Of a text that is longer than any policy that AWS stores, its hash.
    """
    return tuple(
        _statement_content(location.policy.policy.statements[location.index])
        for location in locations
        if location.policy.policy is not None
    )


@lru_cache(maxsize=1024)
def _statement_content(statement: Statement) -> str:
    """A text that is equal for equal statements, whatever their order of values; a digest if it is long."""
    text = "\0".join(_statement_texts(statement))
    if len(text) <= _LONGEST:
        return text
    import hashlib  # noqa: PLC0415 - startup: few statements are as long

    # A statement of thousands of names may be part of a finding of each role that it names.
    return hashlib.sha256(escape_surrogates(text).encode()).hexdigest()


def _statement_texts(statement: Statement) -> Iterator[str]:
    """Yield the effect, the elements and the conditions of a statement; without Sid, which decides nothing."""
    yield statement.effect
    for element in (statement.principals, statement.actions, statement.resources):
        if element is not None:
            yield "not" if element.negated else ""
            yield from sorted(map(str, element.values))
    for condition in statement.conditions:
        yield f"{condition.operator} {condition.key}"
        yield from sorted(condition.values)


def statement_list_text(statements: Iterable[StatementLocation]) -> str:
    """The first three statements as text."""
    texts = list(dict.fromkeys(map(str, statements)))
    if len(texts) > 3:
        return f"{', '.join(texts[:3])} and others"
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))


def statements_allow_text(statements: Iterable[StatementLocation]) -> str:
    """The first three statements as the subject of a sentence, and its verb."""
    locations = tuple(statements)
    return f"{statement_list_text(locations)} {'allow' if len(set(map(str, locations))) > 1 else 'allows'}"


@dataclass(frozen=True, slots=True, eq=False)
class PolicyLocation:
    """Values in a policy of a role or function: JSON pointers into its document, none for the whole policy."""

    policy: AttachedPolicy
    pointers: tuple[str, ...] = ()

    @property
    def span(self) -> SourceSpan:
        """The policy's ARN or name, with the pointers."""
        return SourceSpan(self.policy.arn or self.policy.name, pointer=" ".join(self.pointers))

    @property
    def template_span(self) -> SourceSpan | None:
        """The location in the template that declares the policy; None if no template does."""
        origin = self.policy.origin
        return None if origin is None else origin.span(*self.pointers)


def statement_values(
    statements: Iterable[StatementLocation], action: str = "", element: str = "Action"
) -> PolicyLocation | None:
    """The policy of the first statement, with pointers to the elements that match an action."""
    locations = list(statements)
    if not locations:
        return None
    policy = locations[0].policy
    in_policy = [location for location in locations if location.policy is policy]
    pointers = [
        _parsed_pointer(location, action, element) or _text_pointer(location, action, element) for location in in_policy
    ]
    return PolicyLocation(policy, tuple(dict.fromkeys(pointers)))


def _parsed_pointer(location: StatementLocation, action: str, element: str) -> str | None:
    """A JSON pointer derived from the parsed policy, which is fast; None if the text must be parsed."""
    statements = location.policy.policy.statements if location.policy.policy is not None else ()
    if len(statements) < 2:
        return None
    start, statement = f"/Statement/{location.index}", statements[location.index]
    named = statement.actions if element == "Action" else statement.resources
    if not action:
        return start
    if named is None or named.negated or not named.values:
        return None
    at = _first_match(named.values, action) if element == "Action" else 0
    begin = (
        "["
        if len(named.values) > 1
        else element_first_char(location.policy.text, element, location.index, len(statements))
    )
    if at is None or begin is None:
        return None
    return f"{start}/{element}/{at}" if begin == "[" else f"{start}/{element}"


def element_first_char(text: str, element: str, number: int, count: int) -> str | None:
    """The first character (`[` or `"`) of an element of a statement, found by searching the text; None: unknown."""
    begins = _first_chars(text, element) if "\\" not in text else []
    return begins[number] if len(begins) == count else None


# Findings on the same policy follow each other.
@lru_cache(maxsize=32)
def _first_chars(text: str, element: str) -> list[str]:
    return re.findall(rf'"(?:Not)?{element}"\s*:\s*(["\[])', text)


@lru_cache(maxsize=4096)
def _first_match(values: tuple[str, ...], action: str) -> int | None:
    return next((at for at, value in enumerate(values) if value == action or matches_action(value, action)), None)


def _text_pointer(location: StatementLocation, action: str, element: str) -> str:
    return _pointer(_parsed_json(location.policy.text), location.index, action, element)


# Findings on the same policy follow each other.
@lru_cache(maxsize=32)
def _parsed_json(text: str) -> Any:
    """The value of a JSON text; None if it is malformed."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _pointer(tree: Any, at: int, action: str, element: str) -> str:
    """The JSON pointer of the first value of the element that matches, else of the element or the statement."""
    statements = tree.get("Statement") if isinstance(tree, dict) else None
    start, statement = f"/Statement/{at}", statements
    if isinstance(statements, dict):
        start = "/Statement"
    else:
        statement = statements[at] if isinstance(statements, list) and at < len(statements) else None
    if not isinstance(statement, dict) or not action:
        return start
    values = statement.get(element)
    if isinstance(values, str):
        return f"{start}/{element}"
    if isinstance(values, list):
        for number, value in enumerate(values):
            if isinstance(value, str) and (element != "Action" or matches_action(value, action)):
                return f"{start}/{element}/{number}"
    return f"{start}/Not{element}" if f"Not{element}" in statement else start
