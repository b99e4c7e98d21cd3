"""What every branch of an `if` stores in a dictionary: after the `if` it is there in any case."""

from __future__ import annotations

import ast
from collections.abc import Sequence

# The variable, and the key as a constant.
StoredKey = tuple[str, object]


def stored_key(target: ast.expr) -> StoredKey | None:
    """What an assignment to `variable["key"]` stores; None for any other target."""
    match target:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=key)):
            return name, key
        case _:
            return None


def keys_of_all_branches(node: ast.If) -> frozenset[StoredKey]:
    """The keys that all branches store; none without `else`."""
    return _stored_keys(node.body) & _stored_keys(node.orelse)


def _stored_keys(body: Sequence[ast.stmt]) -> frozenset[StoredKey]:
    keys: set[StoredKey] = set()
    for statement in body:
        if isinstance(statement, ast.Assign):
            keys.update(key for target in statement.targets if (key := stored_key(target)) is not None)
        elif isinstance(statement, ast.If):
            keys |= keys_of_all_branches(statement)
    return frozenset(keys)
