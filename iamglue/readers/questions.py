"""Parses the requests that `can` evaluates, from options and from lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from iamglue.errors import IamglueError
from iamglue.model.question import Question, build_pattern_question

_KEYS = frozenset({"action", "resource", "context", "principal", "resource_account"})
_EXAMPLE = '{"action": "s3:GetObject", "resource": "arn:aws:s3:::bucket/key"}'


def parse_question(line: str) -> Question:
    """The request in a line of JSON: `{action, resource, context?, principal?, resource_account?}`.

    Raises IamglueError for any other line.
    """
    try:
        text = line.strip()
        request, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise IamglueError(
            f"the line is not valid JSON: {_decode_error_text(error)}", hint=f"a line is {_EXAMPLE}"
        ) from error
    if end != len(text):
        raise IamglueError(
            f"the line goes on after the request: `{text[end : end + 20]}`", hint="write one request per line"
        )
    if type(request) is not dict or not request.keys() <= _KEYS:
        raise _shape_error(request)
    action, resource = request.get("action"), request.get("resource")
    if type(action) is not str or type(resource) is not str:
        raise _missing_text_error(request)
    principal, account = request.get("principal"), request.get("resource_account")
    if (principal is not None and type(principal) is not str) or (account is not None and type(account) is not str):
        raise IamglueError("`principal` and `resource_account` must be strings; an account ID keeps its leading zeros")
    return build_pattern_question(action, resource, _parse_context_object(request.get("context")), principal, account)


def parse_context(options: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The request context from KEY=VALUE options; repeating a key, in any letter case, adds a value to it.

    Raises IamglueError for an option without `=` or without a key.
    """
    context: dict[str, tuple[str, ...]] = {}
    spelling_by_key: dict[str, str] = {}
    for option in options:
        key, equals, value = option.partition("=")
        if not equals or not key:
            raise IamglueError(
                f"--context must be KEY=VALUE, not `{option}`", hint="for example aws:SourceIp=192.0.2.1"
            )
        name = spelling_by_key.setdefault(key.lower(), key)
        context[name] = (*context.get(name, ()), value)
    return context


def _parse_context_object(value: Any) -> dict[str, tuple[str, ...]]:
    """The request context of a line: each condition key with its values as texts."""
    if value is None:
        return {}
    if type(value) is not dict:
        raise IamglueError("`context` must be an object of condition keys and their values")
    return {key: (values,) if type(values) is str else _context_values(key, values) for key, values in value.items()}


def _context_values(key: str, value: Any) -> tuple[str, ...]:
    """The values of a condition key as texts; a single value is a list of one."""
    if isinstance(value, list):
        return tuple(_context_value(key, item) for item in value)
    return (_context_value(key, value),)


def _context_value(key: str, value: Any) -> str:
    """A value as text, with Booleans in lower case; IAM compares texts."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise IamglueError(f"the value of `{key}` must be a string, a number, true or false, or a list of these")


def _shape_error(request: Any) -> IamglueError:
    """The error for a line that is not an object, or has keys that a request cannot have."""
    if not isinstance(request, dict):
        return IamglueError("the line is not a request: expected a JSON object", hint=f"a line is {_EXAMPLE}")
    unknown_keys = ", ".join(f"`{key}`" for key in sorted(request.keys() - _KEYS))
    return IamglueError(
        f"a request cannot have the key {unknown_keys}", hint=f"the keys of a request are {', '.join(sorted(_KEYS))}"
    )


def _missing_text_error(request: dict[str, Any]) -> IamglueError:
    """The error for an action or a resource that is missing, or is not a text."""
    key = next(key for key in ("action", "resource") if type(request.get(key)) is not str)
    problem = "must be a string" if key in request else "is missing"
    return IamglueError(f"`{key}` {problem}", hint=f"a line is {_EXAMPLE}")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of a line. Raises ValueError for a key that is listed twice, which `json` would accept."""
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key is listed twice")
    return result


def _reject_constant(name: str) -> Any:
    """Raises ValueError for `NaN` and `Infinity`, which `json` would accept."""
    raise ValueError(f"`{name}` is not allowed")


def _decode_error_text(error: Exception) -> str:
    """Why a line is not JSON, in words that end a sentence."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, at column {error.colno}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


_DECODER = json.JSONDecoder(object_pairs_hook=_unique_keys, parse_constant=_reject_constant)
