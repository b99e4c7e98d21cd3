"""Recognises calls that change policies, or who has them, in the text of a program."""

from __future__ import annotations

import re

# Calls that change policies or who has them, as the AWS CLI and the SDKs write them.
_CALLS = re.compile(
    r"\b(?:(?:put|attach|detach|create|set|add|update|delete|remove)[-_]?"
    r"(?:(?:role|user|group|assume[-_]?role|bucket|key|queue|topic|resource|managed)[-_]?policy(?:[-_]?version)?"
    r"|[-_]policy(?:[-_]version)?|policy[-_]?version|inline[-_]?policy[-_]?to[-_]?permission[-_]?set"
    r"|user[-_]?to[-_]?group|account[-_]?assignment)|add[-_]?permission)(?:command|request|input|async)?\b",
    re.IGNORECASE,
)


def find_access_call(text: str) -> str | None:
    """The first name in a program of a call that changes access; None if there is none."""
    call = _CALLS.search(text)
    return None if call is None else call[0]
