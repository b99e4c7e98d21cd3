"""The part of a record's `requestParameters` that its resources need, so that records that mean the same look the same.

Without it, every key of an item and every statement of a batch would make a row of its own in a store of usage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache, partial

from iamglue.infer.code.partiql import statement_target
from iamglue.infer.code.passed_roles import is_role_member
from iamglue.infer.trail.event_actions import EventActions
from iamglue.infer.trail.event_plans import EventAction, action_plan, operation_roles, rule_plans, statement_paths
from iamglue.infer.trail.parameter_values import MAX_ITEMS, ParameterPath
from iamglue.infer.trail.record_arns import MAX_NAME, folded_key
from iamglue.infer.trail.request_paths import request_paths

_COPY_SOURCES = ("copysource", "x-amz-copy-source")
_MAX_DEPTH = 8


class _Leaf(Enum):
    """What is needed of the value at the end of a path."""

    NAMES = "names"
    KEYS = "keys"
    PRESENCE = "whether it is there"
    OBJECT_KEY = "the first part of an object's key"
    COPY_SOURCE = "a bucket and the first part of an object's key"
    STATEMENT = "the verb and the table of a statement"
    ROLES = "the roles in it"


@dataclass(slots=True)
class _Node:
    """A member that is needed: in part (`members`, by lower-case name), or by what `leaf` says."""

    members: dict[str, _Node] = field(default_factory=dict)
    leaf: _Leaf | None = None


def needed_parameters(actions: EventActions, parameters: Mapping[str, object]) -> dict[str, object]:
    """The members of `requestParameters` that decide the (action, resource) pairs of a record, shortened.

    `event_resources` gives the same for them as for all parameters. Elements of lists that mean the same are one.
    """
    return _reduced(_needed(actions.actions), parameters)


def parameter_reducer(actions: EventActions) -> Callable[[Mapping[str, object]], dict[str, object]] | None:
    """`needed_parameters` for one kind of event, to be called for each of its records; None if none are needed."""
    node = _needed(actions.actions)
    return partial(_reduced, node) if node.members else None


def _reduced(node: _Node, parameters: Mapping[str, object]) -> dict[str, object]:
    return {
        name: needed
        for name, value in parameters.items()
        if isinstance(name, str)
        and (member := node.members.get(name.lower())) is not None
        and (needed := _part(value, member)) is not None
    }


@lru_cache(maxsize=16384)
def _needed(actions: tuple[EventAction, ...]) -> _Node:
    root = _Node()
    for item in actions:
        plan = action_plan(item)
        for path in plan.paths():
            _add(root, path, _Leaf.OBJECT_KEY if path in plan.key else _Leaf.NAMES)
    for client, operation in dict.fromkeys((item.client, item.operation) for item in actions if item.client):
        for rule in rule_plans(client, operation):
            for path in (path for paths, _ in rule.values for path in paths):
                _add(root, path, _Leaf.NAMES)
            for path in (path for paths in (*rule.present, *rule.absent) for path in paths):
                _add(root, path, _Leaf.PRESENCE)
        for request in request_paths(client, operation):
            for _, path in request.parameters:
                _add(root, path, _Leaf.NAMES)
        for path in statement_paths(client, operation):
            _add(root, path, _Leaf.STATEMENT)
    for path in operation_roles(actions):
        _add(root, path, _Leaf.ROLES)
    return root


def _add(root: _Node, path: ParameterPath, leaf: _Leaf) -> None:
    node = root
    for step in path.steps:
        node = node.members.setdefault(step.name, _Node())
        if step.where is not None:
            node.members.setdefault(step.where[0], _Node(leaf=_Leaf.NAMES))
        if step.is_keys:
            leaf = _Leaf.KEYS
    if leaf is _Leaf.NAMES and node is not root and path.steps[-1].name in _COPY_SOURCES:
        leaf = _Leaf.COPY_SOURCE
    node.leaf = node.leaf or leaf


def _part(value: object, node: _Node) -> object:
    """The needed part of a value; None if nothing of it is needed."""
    if node.leaf is _Leaf.ROLES and not isinstance(value, str):
        return _roles(value, 0)
    if isinstance(value, list):
        return _elements(value, node)
    if isinstance(value, dict) and node.members:
        return _members(value, node) or (True if node.leaf is not None else None)
    return None if node.leaf is None or value is None else _leaf_part(value, node.leaf)


def _leaf_part(value: object, leaf: _Leaf) -> object:
    """The needed part of what is at the end of a path: of what is no text, whether it is there."""
    if isinstance(value, str) and leaf is not _Leaf.PRESENCE:
        return _text(value, leaf)
    if isinstance(value, dict) and leaf is _Leaf.KEYS:
        return dict.fromkeys(list(map(str, value))[:MAX_ITEMS], True)
    return bool(value)


def _members(value: dict[object, object], node: _Node) -> dict[str, object]:
    return {
        name: needed
        for name, inner in list(value.items())[:MAX_ITEMS]
        if isinstance(name, str)
        and (member := node.members.get(name.lower())) is not None
        and (needed := _part(inner, member)) is not None
    }


def _elements(value: list[object], node: _Node) -> object:
    """The needed parts of a list's elements, each once; that there are any where no more is needed."""
    parts = [part for item in value[:MAX_ITEMS] if (part := _part(item, node)) not in (None, True, False)]
    unique = [part for at, part in enumerate(parts) if part not in parts[:at]]
    return unique or (bool(value) if node.leaf is not None else None)


def _text(text: str, leaf: _Leaf) -> str:
    if leaf is _Leaf.OBJECT_KEY:
        return folded_key(text) if text else text
    if leaf is _Leaf.COPY_SOURCE and not text.startswith("arn:"):
        bucket, slash, key = text.lstrip("/").replace("%2F", "/").replace("%2f", "/").partition("/")
        return f"{bucket}/{folded_key(key)}" if slash else bucket
    if leaf is _Leaf.STATEMENT:
        return _statement(text)
    # What is too long is no name, and says so still.
    return text[: MAX_NAME + 1]


def _statement(text: str) -> str:
    """A statement on the same table, or index, with the same verb."""
    target = statement_target(text)
    if target is None or any('"' in name for name in target[1:] if name):
        return text[:MAX_NAME]
    action, table, index = target
    name = f'"{table}"."{index}"' if index else f'"{table}"'
    verbs = {"Select": "SELECT * FROM", "Insert": "INSERT INTO", "Update": "UPDATE", "Delete": "DELETE FROM"}
    return f"{verbs[action.rpartition('PartiQL')[2]]} {name}"


def _roles(value: object, depth: int) -> object:
    """The members of a value that are called like roles, with what they are in; None if there are none."""
    if depth >= _MAX_DEPTH:
        return None
    if isinstance(value, list):
        found = [part for item in value[:MAX_ITEMS] if (part := _roles(item, depth + 1)) is not None]
        return [part for at, part in enumerate(found) if part not in found[:at]] or None
    if not isinstance(value, dict):
        return None
    parts: dict[str, object] = {}
    for name, inner in list(value.items())[:MAX_ITEMS]:
        part = (
            inner[: MAX_NAME + 1] if isinstance(inner, str) and is_role_member(str(name)) else _roles(inner, depth + 1)
        )
        if part:
            parts[str(name)] = part
    return parts or None
