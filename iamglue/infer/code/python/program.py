"""The files of a program as modules, and the names of each function's scope."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from iamglue.infer.code.calls import CodeFile, CodePlace, FailedFile
from iamglue.infer.code.python.function_bodies import function_body, leave_out_bodies
from iamglue.infer.code.python.name_uses import NameUses, place_of
from iamglue.infer.code.python.scope_names import ScopeNames

# A file with more characters is not a program that someone wrote (generated data).
MAX_CHARACTERS = 10_000_000
# Of programs with more text, trees are not kept whole.
MANY_CHARACTERS = 1_000_000
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
MAIN_BLOCK = "if __name__"


@dataclass(eq=False, slots=True)
class SourceModule:
    """A parsed file; `parts` is its path without `.py` or `__init__.py`."""

    path: str
    text: str
    tree: ast.Module
    parts: tuple[str, ...]
    is_package: bool
    codes: dict[ast.AST, Code] = field(default_factory=dict)

    @property
    def code(self) -> Code:
        """The code of the module itself."""
        return self.codes.setdefault(self.tree, Code(self, self.tree, "module"))

    def function_code(self, node: FunctionNode, parent: Code | None, owner: ast.ClassDef | None = None) -> Code:
        """The code of a function or lambda; `owner` is the class that it is a method of."""
        if node not in self.codes:
            name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
            self.codes[node] = Code(self, node, name, parent, node.args, owner)
        return self.codes[node]

    def block_code(self, node: ast.If) -> Code:
        """The code of an `if __name__ == "__main__":` block."""
        return self.codes.setdefault(node, Code(self, node, MAIN_BLOCK))


@dataclass(eq=False)
class Code:
    """The code of a module, function, lambda or `if __name__ == "__main__":` block, and the names of its scope."""

    module: SourceModule
    node: ast.Module | ast.If | FunctionNode
    name: str = ""
    parent: Code | None = None
    parameters: ast.arguments | None = None
    owner_node: ast.ClassDef | None = None

    @property
    def body(self) -> Sequence[ast.stmt]:
        """The statements; none for a lambda."""
        node = self.node
        if isinstance(node, ast.Lambda):
            return ()
        if not node.body and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = function_body(node, self.module.text)
        return node.body

    @property
    def is_function(self) -> bool:
        """Whether it has a scope of its own: not the module and its `__main__` block."""
        return self.parameters is not None

    @cached_property
    def _scan(self) -> ScopeNames:
        """The names of the scope, parameters included; computed when they are first needed."""
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
        """The modules by the last part of their path, by which imports are looked up."""
        index: dict[str, list[SourceModule]] = {}
        for module in self.modules:
            if module.parts:
                index.setdefault(module.parts[-1], []).append(module)
        return index

    def may_call_sdk(self, code: Code) -> bool:
        """Whether a function may come to a call of AWS, by the names that it uses and those that they lead to."""
        return place_of(code.module.path, code.node) in self.name_uses.sdk_users

    @cached_property
    def name_uses(self) -> NameUses:
        """The names that the code uses."""
        uses = NameUses()
        for module in self.modules:
            uses.add(module.path, module.tree)
        return uses

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
        shared = {module.path: _shared_folder_count(module.parts, importer.parts) for module in candidates}
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
    uses = NameUses()
    is_large = sum(len(file.text) for file in files) > MANY_CHARACTERS
    for file in sorted(files, key=lambda file: file.path):
        text = file.text.removeprefix("\ufeff")
        try:
            tree = _parse(text)
        except _NotParsedError as error:
            program.failed.append(FailedFile(CodePlace(file.path, error.line, error.column), error.reason))
            continue
        if is_large:
            leave_out_bodies(tree, uses.add(file.path, tree))
        path = PurePosixPath(file.path.replace("\\", "/")).with_suffix("")
        is_package = path.name == "__init__"
        parts = tuple(part for part in (path.parent if is_package else path).parts if part not in (".", "/"))
        program.modules.append(SourceModule(file.path, text, tree, parts, is_package))
        program.read.append(file.path)
        program.size += len(file.text)
        program.uses_sdk = program.uses_sdk or "boto" in file.text
    if is_large:
        program.name_uses = uses
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


def _parse(text: str) -> ast.Module:
    """The syntax tree of a file. Raises _NotParsedError, with the place if it is known."""
    if len(text) > MAX_CHARACTERS:
        raise _NotParsedError(f"the file has more than {MAX_CHARACTERS // 1_000_000} million characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        raise _NotParsedError(f"it is not valid Python: {error.msg}", error.lineno or 0, error.offset or 0) from None
    except ValueError as error:
        raise _NotParsedError(f"it is not valid Python: {error}") from None
    except (RecursionError, MemoryError):
        raise _NotParsedError("it is nested too deeply") from None


def _shared_folder_count(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many folders two paths have in common."""
    count = 0
    for first, second in zip(one[:-1], other[:-1], strict=False):
        if first != second:
            break
        count += 1
    return count


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def is_main_test(test: ast.expr) -> bool:
    """Whether a condition is `__name__ == "__main__"`."""
    return isinstance(test, ast.Compare) and any(
        isinstance(side, ast.Name) and side.id == "__name__" for side in (test.left, *test.comparators)
    )
