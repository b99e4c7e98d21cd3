"""Which names the functions of a program use, and so which functions may come to a call of AWS."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

from iamglue.catalog.sdk_methods import method_clients
from iamglue.infer.code.python.child_nodes import child_nodes

Function = ast.FunctionDef | ast.AsyncFunctionDef
_Place = tuple[str, int, int]
_SDK_NAMES = frozenset({"boto3", "aioboto3", "botocore", "upload_file", "download_file", "batch_writer"})


def is_sdk_name(name: str) -> bool:
    """Whether a name is one of an SDK, or of a method of its clients."""
    return name in _SDK_NAMES or bool(method_clients(name))


class NameUses:
    """The names in functions, each function with those nested in it, and the names that any code reads.

    Functions are known by their places: their trees may be parsed again.
    """

    def __init__(self) -> None:
        self.read_names: set[str] = set()
        self._users: dict[str, list[tuple[_Place, str]]] = {}

    def add(self, path: str, tree: ast.Module) -> dict[Function, set[str]]:
        """Add a module; returns the names of each of its functions.

        In one pass: trees of large programs have a million nodes.
        """
        names_of: dict[Function, set[str]] = {}
        scopes: list[tuple[ast.Module | Function, ast.Module | Function | None]] = [(tree, None)]
        for scope, _ in scopes:  # which grows
            names, inner = self._own_names(scope)
            scopes += [(function, scope) for function in inner]
            if not isinstance(scope, ast.Module):
                names_of[scope] = names
        for scope, outer in reversed(scopes):
            if outer in names_of and not isinstance(scope, ast.Module):
                names_of[outer] |= names_of[scope]
        for function, names in names_of.items():
            user = (place_of(path, function), function.name)
            for name in names:
                self._users.setdefault(name, []).append(user)
        return names_of

    def _own_names(self, scope: ast.Module | Function) -> tuple[set[str], list[Function]]:
        """The names in a scope, without those of the functions in it, and these functions."""
        names: set[str] = set()
        inner: list[Function] = []
        todo = child_nodes(scope)
        while todo:
            node = todo.pop()
            if isinstance(node, ast.Name):
                names.add(node.id)
                if isinstance(node.ctx, ast.Load):
                    self.read_names.add(node.id)
                continue
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inner.append(node)
                continue
            if isinstance(node, ast.Attribute):
                names.add(node.attr)
                self.read_names.add(node.attr)
            todo += child_nodes(node)
        return names, inner

    @cached_property
    def sdk_users(self) -> set[_Place]:
        """The places of the functions that may come to a call of AWS, by their names and those that they lead to."""
        users, places = self._users, set()
        todo = [name for name in users if is_sdk_name(name)]
        seen = set(todo)
        while todo:
            for place, name in users[todo.pop()]:
                places.add(place)
                if name in users and name not in seen and not name.startswith("__"):
                    seen.add(name)
                    todo.append(name)
        return places


def place_of(path: str, node: ast.AST) -> _Place:
    """The place of a function or lambda in a program."""
    return path, getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def outermost_functions(tree: ast.Module) -> Iterator[Function]:
    """The functions that are in no other function, methods of classes among them."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        elif not isinstance(node, ast.expr):
            todo += child_nodes(node)
