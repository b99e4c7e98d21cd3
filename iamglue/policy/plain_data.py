"""Policies from plain data, as a JSON parser gives it: the fast way, without places, for documents by the thousand."""

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

_TOP = frozenset({"Version", "Id", "Statement"})
_IN_STATEMENT = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)
_PRINCIPAL_KINDS = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
_VERSIONS = frozenset({VERSION_2012, VERSION_2008})
_EFFECTS = {effect.value: effect for effect in Effect}
_TEXT = frozenset({str})
# The values of an element, and whether it is the negated one.
_Texts = tuple[tuple[str, ...], bool]
# Thousands of policies name the same few actions together: as long as so many are remembered, they are one object.
_KEPT = 65_536


class _OddError(Exception):
    """Something that only the reader with places can judge."""


def policy_from_data(data: Any) -> Policy | None:
    """The policy that `iamglue.policy.document.read_policy` reads from the JSON of `data`.

    None where that would find fault, and in rare cases (fractions as values) where it may not: the text has then to
    be read. Only dictionaries and lists count, not types derived from them.
    """
    try:
        return _policy(data)
    except _OddError:
        return None


def _policy(data: Any) -> Policy:
    if type(data) is not dict or not data.keys() <= _TOP or "Statement" not in data:
        raise _OddError
    version = data.get("Version")
    if "Version" in data and (type(version) is not str or version not in _VERSIONS):
        raise _OddError
    statements = tuple([_statement(each) for each in _listed(data["Statement"])])
    return Policy(statements, version, _optional(data, "Id"))


def _statement(data: Any) -> Statement:
    if type(data) is not dict or not data.keys() <= _IN_STATEMENT:
        raise _OddError
    effect = data.get("Effect")
    if type(effect) is not str or effect not in _EFFECTS:
        raise _OddError
    actions, resources = _element(data, "Action", "NotAction"), _element(data, "Resource", "NotResource")
    principals = _principals(data)
    if actions is None or (resources is None and principals is None):
        raise _OddError
    conditions = _conditions(data["Condition"]) if "Condition" in data else ()
    return Statement(
        _EFFECTS[effect],
        _actions(*actions),
        None if resources is None else MatchList(*resources),
        conditions,
        principals,
        _optional(data, "Sid"),
    )


@lru_cache(_KEPT)
def _actions(texts: tuple[str, ...], negated: bool) -> MatchList:
    for text in texts:
        if text.count(":") != 1 and text.strip("*"):
            raise _OddError
    return MatchList(tuple(map(intern, texts)), negated)


def _element(data: dict[str, Any], plain: str, negated: str) -> _Texts | None:
    if plain in data:
        if negated in data:
            raise _OddError
        return _texts(data[plain]), False
    return (_texts(data[negated]), True) if negated in data else None


def _principals(data: dict[str, Any]) -> Principals | None:
    name = "Principal" if "Principal" in data else "NotPrincipal"
    if name not in data:
        return None
    if name == "Principal" and "NotPrincipal" in data:
        raise _OddError
    found = data[name]
    if found == "*":
        return Principals((EVERYONE,), name == "NotPrincipal")
    if type(found) is not dict or not found.keys() <= _PRINCIPAL_KINDS:
        raise _OddError
    values = [Principal(kind, text) for kind, of in found.items() for text in _texts(of)]
    return Principals(tuple(values), name == "NotPrincipal")


def _conditions(data: Any) -> tuple[Condition, ...]:
    if type(data) is not dict:
        raise _OddError
    found: dict[tuple[Any, str], Condition] = {}
    for name, keys in data.items():
        named = parse_operator(name)
        if named is None or type(keys) is not dict:
            raise _OddError
        for key, values in keys.items():
            if (named, key) in found:
                raise _OddError
            found[named, key] = Condition(named, intern(key), tuple([_word(each) for each in _listed(values)]))
    return tuple(found.values())


def _listed(data: Any) -> list[Any]:
    return data if type(data) is list else [data]


def _texts(data: Any) -> tuple[str, ...]:
    if type(data) is str:
        return (data,)
    if type(data) is not list or not _TEXT.issuperset(map(type, data)):
        raise _OddError
    return tuple(data)


def _word(value: Any) -> str:
    """A value of a condition, where numbers and Booleans count as text."""
    if type(value) is str:
        return value
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is int:
        return str(value)
    raise _OddError


def _optional(data: dict[str, Any], name: str) -> str | None:
    if name not in data:
        return None
    if type(data[name]) is not str:
        raise _OddError
    return str(data[name])
