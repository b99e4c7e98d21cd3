"""Imports: which modules of the program an import means, or the name in a library."""

from __future__ import annotations

import ast
import sys

from iamglue.infer.code.python.abstract_objects import (
    NOTHING,
    UNKNOWN,
    AbstractObject,
    ArgumentValues,
    Site,
    Unit,
    Values,
)
from iamglue.infer.code.python.extern import extern_function, extern_values
from iamglue.infer.code.python.interning import interned_dataclass
from iamglue.infer.code.python.opaque_libraries import check_import
from iamglue.infer.code.python.program import SourceModule
from iamglue.infer.code.python.strings import literals_of

# A program may bring its own copy of these; their code is AWS's, and their meaning is known.
SDK_PACKAGES = frozenset(
    {"boto3", "botocore", "aiobotocore", "aioboto3", "s3transfer", "aws_lambda_powertools", "aws_xray_sdk", "s3fs"}
)
_STDLIB = frozenset(sys.stdlib_module_names)


@interned_dataclass
class ModuleObject(AbstractObject):
    """A module of the program."""

    module: SourceModule

    def attribute(self, name: str, at: Site) -> Values:
        """A global of the module, its own or a starred one, or a module in the package."""
        values: Values = NOTHING
        modules: list[AbstractObject] = [self]
        for module in modules:  # which grows: modules may import all of each other
            if not isinstance(module, ModuleObject):
                values |= module.attribute(name, at)
                continue
            own = module.own_attribute(name, at)
            values |= own
            if not own:
                modules += [other for other in at.read(("stars", module.module.path)) if other not in modules]
        return values

    def own_attribute(self, name: str, at: Site) -> Values:
        """A name that the module itself binds, or a module in the package; NOTHING for a starred one."""
        values = at.read(("global", self.module.path, name))
        if not values and self.module.is_package:
            values = _run_modules(at.machine.program.exact((*self.module.parts, name)), at)
        return values

    def attributes_like(self, beginning: str, at: Site) -> Values:
        """The functions and classes of the module."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        names = [statement.name for statement in self.module.tree.body if isinstance(statement, kinds)]
        return frozenset(obj for name in names if name.startswith(beginning) for obj in self.attribute(name, at))

    def set_attribute(self, name: str, values: Values, at: Site) -> None:
        """Store a global of the module."""
        at.write(("global", self.module.path, name), values)


@interned_dataclass
class FolderObject(AbstractObject):
    """A folder of modules without an `__init__.py`: `parts` is what the import says of its path."""

    parts: tuple[str, ...]
    importer: SourceModule

    def attribute(self, name: str, at: Site) -> Values:
        """A module in the folder."""
        return absolute_module((*self.parts, name), self.importer, at)


def absolute_module(parts: tuple[str, ...], importer: SourceModule, at: Site) -> Values:
    """The module that an absolute import names; it is run."""
    program = at.machine.program
    if parts[0] not in SDK_PACKAGES:
        modules = program.find(parts, importer)
        if parts[0] in _STDLIB:
            modules = [module for module in modules if module.parts[: -len(parts)] == importer.parts[:-1]]
        if modules:
            return _run_modules(modules, at)
        if parts[0] not in _STDLIB and any(folder[-len(parts) :] == parts for folder in program.folders):
            return frozenset({FolderObject(parts, importer)})
    check_import(".".join(parts), at)
    return extern_values(".".join(parts))


def relative_module(parts: tuple[str, ...], level: int, importer: SourceModule, at: Site) -> Values:
    """The module that a relative import names; it is run."""
    base = importer.parts if importer.is_package else importer.parts[:-1]
    path = (*base[: len(base) - level + 1], *parts)
    modules = at.machine.program.exact(path)
    if modules:
        return _run_modules(modules, at)
    return frozenset({FolderObject(path, importer)})


def names_from(source: Values, name: str, at: Site) -> Values:
    """What `from source import name` binds."""
    values: Values = NOTHING
    for obj in source:
        values |= obj.attribute(name, at)
    return values


def start_module(module: SourceModule, at: Site) -> None:
    """Run a module, as an import does."""
    at.machine.start(Unit(module.code, None, ()))


def _run_modules(modules: list[SourceModule], at: Site) -> Values:
    """The modules as objects; they are run as an import does."""
    for module in modules:
        start_module(module, at)
    return frozenset(map(ModuleObject, modules))


@extern_function("importlib.import_module", "builtins.__import__")
def _import(arguments: ArgumentValues, at: Site) -> Values:
    """A module by its name."""
    values: Values = NOTHING
    importer = at.unit.code.module
    for name in literals_of(arguments.get(0, "name")):
        parts = tuple(part for part in name.split(".") if part)
        if parts and name.startswith("."):
            values |= relative_module(parts, 1, importer, at)
        elif parts:
            values |= absolute_module(parts, importer, at)
    return values or UNKNOWN
