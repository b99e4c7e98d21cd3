"""Policies from plain JSON data: a fast reader without locations, for thousands of documents."""

from __future__ import annotations

from functools import lru_cache
from sys import intern
from typing import Any

from iamglue.policy.conditions import Condition, parse_operator
from iamglue.policy.model import (
    EVERYONE,
    VERSION_2008,
    VERSION_2012,
    Effect,
    MatchList,
    Policy,
    Principal,
    Principals,
    Statement,
)

_DOCUMENT_ELEMENTS = frozenset({"Version", "Id", "Statement"})
_STATEMENT_ELEMENTS = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)
_PRINCIPAL_KINDS = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
_VERSIONS = frozenset({VERSION_2012, VERSION_2008})
_EFFECTS = {effect.value: effect for effect in Effect}
_STRING_ONLY = frozenset({str})
# The values of an element, and whether it is the negated one (NotAction, for example).
_ElementTexts = tuple[tuple[str, ...], bool]
# Thousands of policies name the same few actions together: cached, they are one object.
_CACHE_SIZE = 65_536


class _NeedsReaderError(Exception):
    """The data may be malformed, so `PolicyReader` must read it to report the problems with their locations."""


def policy_from_data(data: Any) -> Policy | None:
    """Build the policy that `iamglue.policy.document.read_policy` reads from the JSON of `data`.

    None if that would report a problem, and in rare cases (such as fractions as values) in which it would not: then
    parse the text. Only instances of exactly dict and list are accepted, not of subclasses.
    """
    try:
        return _policy(data)
    except _NeedsReaderError:
        return None


def _policy(data: Any) -> Policy:
    if type(data) is not dict or not data.keys() <= _DOCUMENT_ELEMENTS or "Statement" not in data:
        raise _NeedsReaderError
    version = data.get("Version")
    if "Version" in data and (type(version) is not str or version not in _VERSIONS):
        raise _NeedsReaderError
    statements = tuple([_statement(statement) for statement in _as_list(data["Statement"])])
    return Policy(statements, version, _optional_text(data, "Id"))


def _statement(data: Any) -> Statement:
    if type(data) is not dict or not data.keys() <= _STATEMENT_ELEMENTS:
        raise _NeedsReaderError
    effect = data.get("Effect")
    if type(effect) is not str or effect not in _EFFECTS:
        raise _NeedsReaderError
    actions, resources = _element(data, "Action", "NotAction"), _element(data, "Resource", "NotResource")
    principals = _principals(data)
    if actions is None or (resources is None and principals is None):
        raise _NeedsReaderError
    conditions = _conditions(data["Condition"]) if "Condition" in data else ()
    return Statement(
        _EFFECTS[effect],
        _actions(*actions),
        None if resources is None else MatchList(*resources),
        conditions,
        principals,
        _optional_text(data, "Sid"),
    )


@lru_cache(_CACHE_SIZE)
def _actions(texts: tuple[str, ...], negated: bool) -> MatchList:
    for text in texts:
        if text.count(":") != 1 and text.strip("*"):
            raise _NeedsReaderError
    return MatchList(tuple(map(intern, texts)), negated)


def _element(data: dict[str, Any], plain: str, negated: str) -> _ElementTexts | None:
    """The values of an element or of its negated form; None if both are missing."""
    if plain in data:
        if negated in data:
            raise _NeedsReaderError
        return _texts(data[plain]), False
    return (_texts(data[negated]), True) if negated in data else None


def _principals(data: dict[str, Any]) -> Principals | None:
    name = "Principal" if "Principal" in data else "NotPrincipal"
    if name not in data:
        return None
    if name == "Principal" and "NotPrincipal" in data:
        raise _NeedsReaderError
    value = data[name]
    if value == "*":
        return Principals((EVERYONE,), name == "NotPrincipal")
    if type(value) is not dict or not value.keys() <= _PRINCIPAL_KINDS:
        raise _NeedsReaderError
    values = [Principal(kind, text) for kind, texts in value.items() for text in _texts(texts)]
    return Principals(tuple(values), name == "NotPrincipal")


def _conditions(data: Any) -> tuple[Condition, ...]:
    if type(data) is not dict:
        raise _NeedsReaderError
    conditions: dict[tuple[Any, str], Condition] = {}
    for name, keys in data.items():
        operator = parse_operator(name)
        if operator is None or type(keys) is not dict:
            raise _NeedsReaderError
        for key, values in keys.items():
            if (operator, key) in conditions:
                raise _NeedsReaderError
            conditions[operator, key] = Condition(
                operator, intern(key), tuple([_condition_text(value) for value in _as_list(values)])
            )
    return tuple(conditions.values())


def _as_list(data: Any) -> list[Any]:
    return data if type(data) is list else [data]


def _texts(data: Any) -> tuple[str, ...]:
    """A string or list of strings as a tuple."""
    if type(data) is str:
        return (data,)
    if type(data) is not list or not _STRING_ONLY.issuperset(map(type, data)):
        raise _NeedsReaderError
    return tuple(data)


def _condition_text(value: Any) -> str:
    """A condition value as text; numbers and Booleans are allowed."""
    if type(value) is str:
        return value
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is int:
        return str(value)
    raise _NeedsReaderError


def _optional_text(data: dict[str, Any], name: str) -> str | None:
    if name not in data:
        return None
    if type(data[name]) is not str:
        raise _NeedsReaderError
    return str(data[name])
