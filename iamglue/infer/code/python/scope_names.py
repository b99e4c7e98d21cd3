"""The names of a scope of Python, as far as its statements say them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache

from iamglue.infer.code.python.child_nodes import child_nodes

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class ScopeNames:
    """The names of one scope: stored, declared global or nonlocal, and used by nested scopes; and whether it yields."""

    def __init__(self) -> None:
        self.stored: set[str] = set()
        self.declared: set[str] = set()
        self.nested: set[str] = set()
        self.has_yield = False

    def run(self, body: Sequence[ast.AST]) -> None:
        """Collect the names of the statements of a scope."""
        todo: list[ast.AST] = list(body)
        while todo:
            node = todo.pop()
            if isinstance(node, _SCOPES):
                self._add_nested_names(node)
                if not isinstance(node, ast.Lambda):
                    self.stored.add(node.name)
                    todo.extend([*node.decorator_list])
                todo.extend([*node.args.defaults, *(default for default in node.args.kw_defaults if default)])
                continue
            if isinstance(node, ast.ClassDef):
                self.stored.add(node.name)
                self._add_nested_names(node)
                todo.extend([*node.decorator_list, *node.bases])
                continue
            self._add_own_names(node)
            todo += child_nodes(node)

    def _add_own_names(self, node: ast.AST) -> None:
        """Add what one node of the scope stores or declares, and whether it yields."""
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                self.stored.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                self.stored.update(alias.asname or alias.name.partition(".")[0] for alias in names)
            case ast.Global(names=declared) | ast.Nonlocal(names=declared):
                self.declared.update(declared)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                self.stored.add(name)
            case ast.MatchMapping(rest=str(name)):
                self.stored.add(name)
            case ast.Yield() | ast.YieldFrom():
                self.has_yield = True

    def _add_nested_names(self, scope: ast.AST) -> None:
        """Add every name that a nested scope uses, also those that are its own."""
        todo = child_nodes(scope)
        while todo:
            node = todo.pop()
            if isinstance(node, ast.Name):
                self.nested.add(node.id)
            else:
                todo += child_nodes(node)


@lru_cache(maxsize=512)  # a file has many declarations
def later_names(module: ast.Module) -> frozenset[str]:
    """The attributes that a file assigns to anything but `None`, and the names that functions declare as global."""
    return frozenset(name for node in ast.walk(module) for name in _later_names(node))


def bound_name(target: ast.expr) -> str:
    """The name of a variable, attribute or key that is assigned."""
    if isinstance(target, ast.Constant):
        return target.value if isinstance(target.value, str) else ""
    return target.id if isinstance(target, ast.Name) else target.attr if isinstance(target, ast.Attribute) else ""


def is_none(value: ast.expr | None) -> bool:
    """Whether an expression is written `None`."""
    return isinstance(value, ast.Constant) and value.value is None


def _later_names(node: ast.AST) -> Iterator[str]:
    """The names that one node assigns or declares for `later_names`."""
    if isinstance(node, ast.Global):
        yield from node.names
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and not is_none(node.value):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (target.attr for target in targets if isinstance(target, ast.Attribute))
