"""Imports, functions and classes: what they bind."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from iamglue.infer.code.python.abstract_objects import NOTHING, UNKNOWN, ArgumentValues, FixedPoint, Site, Unit, Values
from iamglue.infer.code.python.classes import ClassObject, SuperObject
from iamglue.infer.code.python.decorators import decorate
from iamglue.infer.code.python.evaluator import ExpressionEvaluator
from iamglue.infer.code.python.extern import ExternObject
from iamglue.infer.code.python.functions import BoundCallable, FunctionObject
from iamglue.infer.code.python.imports import absolute_module, names_from, relative_module
from iamglue.infer.code.python.injection import annotated_values, annotation_parts, settings_field
from iamglue.infer.code.python.program import Code, all_parameters


class DefinitionEvaluator(ExpressionEvaluator):
    """The definitions of one unit. `is_alive` is false after a statement that ends the block."""

    def __init__(self, machine: FixedPoint, unit: Unit) -> None:
        super().__init__(machine, unit)
        self.is_alive = True
        self.classes: list[ClassObject] = []

    def declared(self, node: ast.expr) -> Values:
        """The types that an annotation names; one that is not imported by its name alone."""
        values: Values = NOTHING
        for part in annotation_parts(node):
            values |= self.evaluate(part) or frozenset({ExternObject(f"annotation.{ast.unparse(part)}")})
        return values

    def execute(self, body: Sequence[ast.stmt]) -> None:
        """Execute statements until one ends the block."""
        raise NotImplementedError

    def _do_import(self, node: ast.Import) -> None:
        """Bind each module: `import a.b` binds `a`, and runs `a.b` too."""
        at = self.at(node)
        for alias in node.names:
            parts = tuple(alias.name.split("."))
            values = absolute_module(parts, self.code.module, at)
            if alias.asname is None and len(parts) > 1:
                values = absolute_module(parts[:1], self.code.module, at)
            self.bind(alias.asname or parts[0], values)

    def _do_importfrom(self, node: ast.ImportFrom) -> None:
        """Bind each name of a module; `*` makes all its globals available."""
        at = self.at(node)
        parts = tuple((node.module or "").split(".")) if node.module else ()
        if node.level:
            source = relative_module(parts, node.level, self.code.module, at)
        else:
            source = absolute_module(parts, self.code.module, at)
        for alias in node.names:
            if alias.name == "*":
                self.machine.write(("stars", self.path), source)
            else:
                self.bind(alias.asname or alias.name, names_from(source, alias.name, at))

    # -- definitions

    def _do_functiondef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Bind the decorated function; functions of one name in a class, as setters are, are all kept."""
        owner = self.classes[-1] if self.classes else None
        code = self.code.module.function_code(node, self.code, owner.node if owner else None)
        self.store_defaults(code, node.args)
        function = FunctionObject(code, self.scope, owner)
        self.machine.functions[function] = None
        decorators = [(self.evaluate(decorator), decorator) for decorator in node.decorator_list]
        values = decorate(function, decorators, self.at(node))
        if node.name in self.class_names[-1] if self.class_names else False:
            values |= self.class_names[-1][node.name]
        self.bind(node.name, values)
        if owner is not None and self.class_names:
            owner.set_attribute(node.name, values, self.at(node))

    _do_asyncfunctiondef = _do_functiondef

    def _do_classdef(self, node: ast.ClassDef) -> None:
        """Evaluate the body of a class, and bind what its decorators make of it."""
        cls = ClassObject(node, self.path, self.scope)
        at = self.at(node)
        for base in node.bases:
            bases = self.evaluate(base)
            self.machine.write((cls, "bases"), bases)
            for parent in bases:
                self.machine.write((parent, "subclasses"), frozenset({cls}))
        keywords = {keyword.arg: self.evaluate(keyword.value) for keyword in node.keywords}
        self.classes.append(cls)
        self.class_names.append({})
        self.execute(node.body)
        self.is_alive = True
        self.classes.pop()
        for name, values in self.class_names.pop().items():
            cls.set_attribute(name, values, at)
        if cls.has_base("BaseSettings", at):
            for name in cls.fields:
                cls.set_attribute(name, settings_field(cls, name, at), at)
        self._call_init_subclass(
            cls, ArgumentValues((), {name: values for name, values in keywords.items() if name}), at
        )
        decorators = [(self.evaluate(decorator), decorator) for decorator in node.decorator_list]
        self.bind(node.name, decorate(cls, decorators, at))

    def _call_init_subclass(self, cls: ClassObject, arguments: ArgumentValues, at: Site) -> None:
        """Call `__init_subclass__` of the bases with a new class, which such a method often registers.

        https://docs.python.org/3/reference/datamodel.html#object.__init_subclass__
        """
        for function in cls.lookup("__init_subclass__", at, from_bases=True)[0]:
            if isinstance(function, FunctionObject):
                BoundCallable(function, cls).call(arguments, at)

    def super_values(self) -> Values:
        """What `super()` is: the bases of the class that the method is defined in."""
        unit: Unit | None = self.unit
        while unit is not None and unit.code.owner_node is None:
            unit = unit.outer
        code: Code | None = unit.code if unit is not None else None
        if code is None or unit is None or code.owner_node is None or code.parameters is None:
            return UNKNOWN
        first = next(iter(all_parameters(code.parameters)), None)
        receivers = self.machine.read((unit, "parameter", first.arg), self.unit) if first else NOTHING
        return frozenset({SuperObject(ClassObject(code.owner_node, self.path, unit.outer), receivers)})

    def declare_field(self, name: str, declared: Values, node: ast.AnnAssign) -> None:
        """A field without a default: of a settings class it is an environment variable."""
        values = annotated_values(NOTHING, declared, self.at(node))
        if values:
            self.classes[-1].set_attribute(name, values, self.at(node))
