"""Questions for `can` from options and from lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from iamglue.errors import IamglueError
from iamglue.model.question import Question, build_question

_KEYS = frozenset({"action", "resource", "context", "principal", "resource_account"})
_EXAMPLE = '{"action": "s3:GetObject", "resource": "arn:aws:s3:::bucket/key"}'


def parse_question(line: str) -> Question:
    """The question that a line of JSON asks: `{action, resource, context?, principal?, resource_account?}`.

    Raises IamglueError for a line that is no such object.
    """
    try:
        text = line.strip()
        found, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise IamglueError(f"the line is no JSON: {_reason(error)}", hint=f"a line is {_EXAMPLE}") from error
    if end != len(text):
        raise IamglueError(f"after its end the line has `{text[end : end + 20]}`", hint="write one request a line")
    if type(found) is not dict or not found.keys() <= _KEYS:
        raise _wrong_shape(found)
    action, resource = found.get("action"), found.get("resource")
    if type(action) is not str or type(resource) is not str:
        raise _no_text(found)
    principal, account = found.get("principal"), found.get("resource_account")
    if (principal is not None and type(principal) is not str) or (account is not None and type(account) is not str):
        raise IamglueError("`principal` and `resource_account` are texts, the account with its leading zeros")
    return build_question(action, resource, _context(found.get("context")), principal, account)


def parse_context(options: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The context that KEY=VALUE options give; a key that is given again, in any case, gets one more value.

    Raises IamglueError for an option without `=` or without a key.
    """
    found: dict[str, tuple[str, ...]] = {}
    spelt: dict[str, str] = {}
    for option in options:
        key, equals, value = option.partition("=")
        if not equals or not key:
            raise IamglueError(f"--context takes KEY=VALUE, found `{option}`", hint="aws:SourceIp=192.0.2.1")
        name = spelt.setdefault(key.lower(), key)
        found[name] = (*found.get(name, ()), value)
    return found


def _context(value: Any) -> dict[str, tuple[str, ...]]:
    if value is None:
        return {}
    if type(value) is not dict:
        raise IamglueError("`context` is an object of condition keys and their values")
    return {key: (given,) if type(given) is str else _texts(key, given) for key, given in value.items()}


def _texts(key: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(_text(key, each) for each in value)
    return (_text(key, value),)


def _text(key: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise IamglueError(f"the value of `{key}` is a text, a number, true or false, or a list of these")


def _wrong_shape(found: Any) -> IamglueError:
    if not isinstance(found, dict):
        return IamglueError("the line is no request: expected an object", hint=f"a line is {_EXAMPLE}")
    strange = ", ".join(f"`{key}`" for key in sorted(found.keys() - _KEYS))
    return IamglueError(f"a request has no {strange}", hint=f"it has {', '.join(sorted(_KEYS))}")


def _no_text(found: dict[str, Any]) -> IamglueError:
    lacking = next(key for key in ("action", "resource") if type(found.get(key)) is not str)
    wrong = "is a text" if lacking in found else "is missing"
    return IamglueError(f"`{lacking}` {wrong}", hint=f"a line is {_EXAMPLE}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, at column {error.colno}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)
