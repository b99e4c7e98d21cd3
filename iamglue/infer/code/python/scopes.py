"""The names of a unit: local ones, those of enclosing functions, globals and built-ins."""

from __future__ import annotations

import ast
import builtins

from iamglue.infer.code.python.abstract_objects import NOTHING, Block, FixedPoint, Site, Unit, Values, bounded
from iamglue.infer.code.python.branch_assignments import StoredKey
from iamglue.infer.code.python.extern import extern_values
from iamglue.infer.code.python.program import Code

_BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__", "__path__", "__package__"}


class Scope:
    """The names of one unit. `names` are the values of its local names where the evaluation is."""

    def __init__(self, machine: FixedPoint, unit: Unit) -> None:
        self.machine = machine
        self.unit = unit
        self.code: Code = unit.code
        self.path = self.code.module.path
        self.names: dict[str, Values] = {}
        self.class_names: list[dict[str, Values]] = []
        self.block: Block = ()
        # The keys that all branches store in which the evaluation is, each with the block before these branches.
        self.certain: dict[StoredKey | None, Block] = {}

    def at(self, node: ast.AST) -> Site:
        """The place of a node in this unit."""
        return Site(self.machine, self.unit, node, self.path, self.block)

    def lookup(self, name: str) -> Values:
        """What a name may be."""
        for names in self.class_names[::-1]:
            if name in names:
                return names[name]
        if self.code.is_function and name in self.code.local_names:
            return self.names.get(name, NOTHING) or self._captured_values(name)
        outer = self.unit.outer
        while outer is not None:
            if name in outer.code.local_names:
                return self.machine.read(("local", outer, name), self.unit)
            outer = outer.outer
        return self._global(name)

    def _captured_values(self, name: str) -> Values:
        return self.machine.read(("local", self.unit, name), self.unit) if name in self.code.captured else NOTHING

    def _global(self, name: str) -> Values:
        """What a global or built-in name may be; in a module its value at this point, in functions any value."""
        if not self.code.is_function and name in self.names:
            return self.names[name]
        values = self.machine.read(("global", self.path, name), self.unit)
        if values:
            return values
        for module in self.machine.read(("stars", self.path), self.unit):
            values |= module.attribute(name, self.at(self.code.node))
        return values or (extern_values(f"builtins.{name}") if name in _BUILTINS else NOTHING)

    def bind(self, name: str, values: Values) -> None:
        """Assign a name."""
        values = bounded(values)
        if self.class_names:
            self.class_names[-1][name] = values
            return
        code = self.code
        if not code.is_function or name in code.declared:
            outer = self.unit.outer if code.is_function else None
            while outer is not None:
                if name in outer.code.local_names:
                    self.machine.write(("local", outer, name), values)
                    return
                outer = outer.outer
            self.machine.write(("global", self.path, name), values)
            if not code.is_function:
                self.names[name] = values
            return
        self.names[name] = values
        if name in code.captured:
            self.machine.write(("local", self.unit, name), values)

    @property
    def scope(self) -> Unit | None:
        """The unit whose names functions that are made here can use."""
        return self.unit if self.code.is_function else None
