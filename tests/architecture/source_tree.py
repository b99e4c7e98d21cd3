"""The package's source as a graph: what imports what, read from the text without importing it."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "iamglue"


@dataclass(frozen=True)
class Source:
    """One file of the package."""

    path: Path
    module: str

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax, read when a test asks for it: tests are named after modules, which needs no syntax."""
        return ast.parse(self.path.read_text(encoding="utf-8"))

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of its syntax: to walk through all modules takes a second, and many tests do."""
        return tuple(ast.walk(self.tree))

    @property
    def area(self) -> str:
        """The folder or top-level file that the module belongs to: `policy`, `lint`, `diff`, ..."""
        parts = self.module.split(".")
        if parts[1:3] == ["generate", "requirements"]:
            return "requirements"  # shared by the tasks, and below them
        return parts[1] if len(parts) > 1 else ""

    @property
    def lines(self) -> int:
        return len(self.path.read_text(encoding="utf-8").splitlines())


@cache
def sources() -> dict[str, Source]:
    """Every module of the package by its dotted name."""
    return {source.module: source for source in map(_source, sorted(PACKAGE.rglob("*.py")))}


@cache
def imports(module: str) -> frozenset[str]:
    """The package's own modules that this one imports, wherever in its text."""
    return frozenset(name for written in _written(module) if (name := _own(written)) and name != module)


@cache
def foreign(module: str) -> frozenset[str]:
    """The top-level packages from elsewhere that this module imports."""
    tops = {written.partition(".")[0] for written in _written(module)}
    return frozenset(tops - {"iamglue", "__future__"} - sys.stdlib_module_names)


def _source(path: Path) -> Source:
    parts = path.relative_to(ROOT).with_suffix("").parts
    module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Source(path, module)


def _written(module: str) -> set[str]:
    found: set[str] = set()
    for node in sources()[module].nodes:
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("iamglue."):
            found.add(node.value.partition(":")[0])  # a literal table of modules to import when asked for
    return found


def _own(written: str) -> str | None:
    """The module that `package.module` or `package.module.name` names."""
    if written in sources():
        return written
    parent = written.rpartition(".")[0]
    return parent if parent in sources() and parent != "iamglue" else None
