"""The files of a program as modules, and the names of each function's scope."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from iamglue.catalog.sdk_methods import method_clients
from iamglue.infer.code.calls import CodeFile, CodePlace, FailedFile
from iamglue.infer.code.python.scope_names import ScopeNames

# A file of more than this is not a program that someone wrote (generated data).
MAX_BYTES = 10_000_000
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_SDK_NAMES = frozenset({"boto3", "aioboto3", "botocore", "upload_file", "download_file", "batch_writer"})
MAIN_BLOCK = "if __name__"


@dataclass(eq=False, slots=True)
class SourceModule:
    """A parsed file; `parts` is its path without `.py` or `__init__.py`."""

    path: str
    tree: ast.Module
    parts: tuple[str, ...]
    is_package: bool
    codes: dict[ast.AST, Code] = field(default_factory=dict)

    @property
    def code(self) -> Code:
        """The code of the module itself."""
        return self.codes.setdefault(self.tree, Code(self, self.tree, self.tree.body, "module"))

    def function_code(self, node: FunctionNode, parent: Code | None, owner: ast.ClassDef | None = None) -> Code:
        """The code of a function or lambda; `owner` is the class that it is a method of."""
        if node not in self.codes:
            name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
            body = [] if isinstance(node, ast.Lambda) else node.body
            self.codes[node] = Code(self, node, body, name, parent, node.args, owner)
        return self.codes[node]

    def block_code(self, node: ast.If) -> Code:
        """The code of an `if __name__ == "__main__":` block."""
        return self.codes.setdefault(node, Code(self, node, node.body, MAIN_BLOCK))


@dataclass(eq=False)
class Code:
    """The code of a module, function, lambda or `if __name__ == "__main__":` block, and the names of its scope."""

    module: SourceModule
    node: ast.AST
    body: Sequence[ast.stmt]
    name: str = ""
    parent: Code | None = None
    parameters: ast.arguments | None = None
    owner_node: ast.ClassDef | None = None

    @property
    def is_function(self) -> bool:
        """Whether it has a scope of its own: not the module and its `__main__` block."""
        return self.parameters is not None

    @cached_property
    def _scan(self) -> ScopeNames:
        scan = ScopeNames()
        if self.parameters is not None:
            scan.stored.update(argument.arg for argument in all_parameters(self.parameters))
        scan.run([self.node.body] if isinstance(self.node, ast.Lambda) else self.body)
        return scan

    @property
    def local_names(self) -> set[str]:
        """The names that the code assigns in its own scope."""
        return self._scan.stored - self._scan.declared

    @property
    def declared(self) -> set[str]:
        """The names of `global` and `nonlocal` statements."""
        return self._scan.declared

    @property
    def captured(self) -> set[str]:
        """The names that nested functions use."""
        return self._scan.nested

    @property
    def is_generator(self) -> bool:
        """Whether it yields."""
        return self._scan.has_yield

    @property
    def is_empty(self) -> bool:
        """Whether it does nothing: a protocol's or abstract method."""
        return all(isinstance(statement, ast.Pass | ast.Raise) or _is_text(statement) for statement in self.body)


_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(eq=False)
class Program:
    """The modules of a program, and those that could not be read; `uses_sdk`: a file mentions boto3 or its like."""

    modules: list[SourceModule] = field(default_factory=list)
    failed: list[FailedFile] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    uses_sdk: bool = False
    size: int = 0

    @cached_property
    def _by_last_part(self) -> dict[str, list[SourceModule]]:
        index: dict[str, list[SourceModule]] = {}
        for module in self.modules:
            if module.parts:
                index.setdefault(module.parts[-1], []).append(module)
        return index

    def may_call_sdk(self, code: Code) -> bool:
        """Whether a function may come to a call of AWS, by the names that it uses and those that they lead to."""
        return code.node in self._relevant_nodes

    @cached_property
    def _relevant_nodes(self) -> set[ast.AST]:
        names_of = self._name_uses[0]
        users: dict[str, list[_Function]] = {}
        for node, names in names_of.items():
            for name in names:
                users.setdefault(name, []).append(node)
        relevant: set[ast.AST] = set()
        todo = [name for name in users if name in _SDK_NAMES or method_clients(name)]
        seen = set(todo)
        while todo:
            for node in users[todo.pop()]:
                relevant.add(node)
                name = node.name
                if name in users and name not in seen and not name.startswith("__"):
                    seen.add(name)
                    todo.append(name)
        return relevant

    @cached_property
    def referenced_names(self) -> set[str]:
        """The names and attributes that any code uses."""
        return self._name_uses[1]

    @cached_property
    def _name_uses(self) -> tuple[dict[_Function, set[str]], set[str]]:
        """The names and attributes in each function, with those nested in it, and those that any code reads.

        In one pass: trees of large programs have a million nodes.
        """
        names_of: dict[_Function, set[str]] = {}
        outer: list[tuple[_Function, _Function]] = []
        read: set[str] = set()
        todo: list[tuple[ast.AST, _Function | None]] = [(module.tree, None) for module in self.modules]
        while todo:
            node, owner = todo.pop()
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if owner is not None:
                    outer.append((node, owner))
                owner = node
                names_of[node] = set()
            elif isinstance(node, ast.Attribute | ast.Name):
                name = node.attr if isinstance(node, ast.Attribute) else node.id
                if owner is not None:
                    names_of[owner].add(name)
                if isinstance(node, ast.Attribute) or isinstance(node.ctx, ast.Load):
                    read.add(name)
            todo += [(child, owner) for child in ast.iter_child_nodes(node)]
        for inner, owner in reversed(outer):
            names_of[owner] |= names_of[inner]
        return names_of, read

    @cached_property
    def folders(self) -> set[tuple[str, ...]]:
        """Every folder that has a module somewhere below it."""
        return {module.parts[:end] for module in self.modules for end in range(len(module.parts))}

    def find(self, parts: tuple[str, ...], importer: SourceModule) -> list[SourceModule]:
        """The modules that an absolute import of `parts` may mean: of those whose path ends so, the nearest.

        Roots are not known: a folder beside, above (`src/`), or a layer's `python/` may be on the path.
        """
        candidates = [
            module for module in self._by_last_part.get(parts[-1], ()) if module.parts[-len(parts) :] == parts
        ]
        if not candidates:
            return []
        shared = {module.path: _shared(module.parts, importer.parts) for module in candidates}
        nearest = max(shared.values())
        best = [module for module in candidates if shared[module.path] == nearest]
        shortest = min(len(module.parts) for module in best)
        return [module for module in best if len(module.parts) == shortest]

    def exact(self, parts: tuple[str, ...]) -> list[SourceModule]:
        """The modules at a path."""
        return [module for module in self._by_last_part.get(parts[-1], ()) if module.parts == parts] if parts else []


def read_program(files: Sequence[CodeFile]) -> Program:
    """Parse the files; one that cannot be parsed is in `failed`, with the place and the reason."""
    program = Program()
    for file in sorted(files, key=lambda file: file.path):
        try:
            tree = _parse(file)
        except _NotParsedError as error:
            program.failed.append(FailedFile(CodePlace(file.path, error.line, error.column), error.reason))
            continue
        path = PurePosixPath(file.path.replace("\\", "/")).with_suffix("")
        is_package = path.name == "__init__"
        parts = tuple(part for part in (path.parent if is_package else path).parts if part not in (".", "/"))
        program.modules.append(SourceModule(file.path, tree, parts, is_package))
        program.read.append(file.path)
        program.size += len(file.text)
        program.uses_sdk = program.uses_sdk or "boto" in file.text
    return program


def all_parameters(arguments: ast.arguments) -> Iterator[ast.arg]:
    """Every parameter of a function."""
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    if arguments.vararg:
        yield arguments.vararg
    if arguments.kwarg:
        yield arguments.kwarg


class _NotParsedError(Exception):
    def __init__(self, reason: str, line: int = 0, column: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.line, self.column = reason, line, column


def _parse(file: CodeFile) -> ast.Module:
    if len(file.text) > MAX_BYTES:
        raise _NotParsedError(f"the file has more than {MAX_BYTES // 1_000_000} million characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(file.text.removeprefix("\ufeff"))
    except SyntaxError as error:
        raise _NotParsedError(f"is not valid Python: {error.msg}", error.lineno or 0, error.offset or 0) from None
    except ValueError as error:
        raise _NotParsedError(f"is not valid Python: {error}") from None
    except (RecursionError, MemoryError):
        raise _NotParsedError("is nested too deeply") from None


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many folders two paths have in common."""
    count = 0
    for first, second in zip(one[:-1], other[:-1], strict=False):
        if first != second:
            break
        count += 1
    return count


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
