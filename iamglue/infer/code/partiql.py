"""The actions and tables of PartiQL statements for DynamoDB.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
"""

from __future__ import annotations

import re

from iamglue.infer.code.calls import SdkCall
from iamglue.infer.code.parameter_paths import texts_at
from iamglue.infer.code.values import Text, UnknownPart

_STATEMENT_PATHS = {
    "ExecuteStatement": "Statement",
    "BatchExecuteStatement": "Statements[].Statement",
    "ExecuteTransaction": "TransactStatements[].Statement",
}
_ACTIONS = {
    "select": "dynamodb:PartiQLSelect",
    "insert": "dynamodb:PartiQLInsert",
    "update": "dynamodb:PartiQLUpdate",
    "delete": "dynamodb:PartiQLDelete",
    "exists": "dynamodb:PartiQLSelect",
}
# A part of a text that is not known, as one letter of Unicode's private use area.
_PART = "\ue000"
_NAME = rf"\"([^\"]+)\"|'([^']+)'|([A-Za-z0-9_.{_PART}-]+)"
_TABLE = re.compile(
    rf"\s*(?:(select|exists|delete)\b.*?\bfrom\s+|(insert)\s+into\s+|(update)\s+)(?:{_NAME})(?:\s*\.\s*(?:{_NAME}))?",
    re.IGNORECASE | re.DOTALL,
)


def is_partiql(call: SdkCall) -> bool:
    """Whether a call executes PartiQL statements."""
    return call.client == "dynamodb" and call.operation in _STATEMENT_PATHS


def statement_accesses(call: SdkCall) -> tuple[tuple[str, Text, Text | None], ...] | None:
    """The action, the table and the index of each statement of a call; None if a statement is not known."""
    texts, is_complete = texts_at(call.parameters, _STATEMENT_PATHS[call.operation])
    if not texts or not is_complete:
        return None
    parsed = [_statement_access(text) for text in texts]
    return None if None in parsed else tuple(access for access in parsed if access is not None)


def statement_target(statement: str) -> tuple[str, str, str | None] | None:
    """The action, the table and the index of a statement; None if it is not one that we read."""
    access = _statement_access((statement,))
    if access is None:
        return None
    action, table, index = access
    return action, "".join(map(str, table)), "".join(map(str, index)) if index else None


def _statement_access(text: Text) -> tuple[str, Text, Text | None] | None:
    """The action, table and index of a statement, also with unknown parts; None for a form that is not read."""
    unknown = [part for part in text if isinstance(part, UnknownPart)]
    written = "".join(part if isinstance(part, str) else _PART for part in text)
    match = _TABLE.match(written)
    if match is None:
        return None
    verb = next(word for word in match.group(1, 2, 3) if word).lower()
    table = _text_at(match, (4, 5, 6), written, unknown)
    index = _text_at(match, (7, 8, 9), written, unknown)
    return (_ACTIONS[verb], table, index) if table else None


def _text_at(match: re.Match[str], groups: tuple[int, ...], written: str, unknown: list[UnknownPart]) -> Text | None:
    """The text that one of the groups matched, with its parts that are not known."""
    group = next((number for number in groups if match[number]), None)
    if group is None:
        return None
    at = written[: match.start(group)].count(_PART)
    parts: list[str | UnknownPart] = []
    for piece in re.split(f"({_PART})", match[group]):
        if piece == _PART:
            parts.append(unknown[at])
            at += 1
        elif piece:
            parts.append(piece)
    return tuple(parts)
