"""Expressions: the set of objects that each may be in a unit, given its names."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from iamglue.infer.code.python.abstract_objects import NONE, NOTHING, UNKNOWN, Values, bounded
from iamglue.infer.code.python.call_arguments import ArgumentEvaluator
from iamglue.infer.code.python.containers import ANY, Container, copy_items
from iamglue.infer.code.python.environment import defaults_of
from iamglue.infer.code.python.functions import FunctionObject
from iamglue.infer.code.python.mapping_members import spread_mappings
from iamglue.infer.code.python.name_matching import check_call
from iamglue.infer.code.python.program import Code
from iamglue.infer.code.python.sequences import concatenated_lists, ordered_elements, slice_values
from iamglue.infer.code.python.settings_texts import check_setting
from iamglue.infer.code.python.strings import (
    UNKNOWN_STRINGS,
    TextObject,
    add_values,
    concatenate,
    constant_values,
    percent_values,
    text_values,
)


class ExpressionEvaluator(ArgumentEvaluator):
    """The expressions of one unit. Methods have the names of AST classes: `_starred` is for ast.Starred."""

    def evaluate(self, node: ast.expr | None) -> Values:
        """What an expression may be."""
        if node is None:
            return NONE
        method = _METHODS.get(type(node))
        return getattr(self, method)(node) if method else self._other(node)

    def _other(self, node: ast.expr) -> Values:
        """A text or number that is not known; the parts are evaluated for what they do."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.evaluate(child)
        return UNKNOWN_STRINGS

    def _constant(self, node: ast.Constant) -> Values:
        return constant_values(node.value)

    def _name(self, node: ast.Name) -> Values:
        return self.lookup(node.id)

    def _attribute(self, node: ast.Attribute) -> Values:
        """What the attribute of any object that the value may be gives."""
        at, values = self.at(node), NOTHING
        for obj in self.evaluate(node.value):
            values |= obj.attribute(node.attr, at)
        return values

    def _await(self, node: ast.Await) -> Values:
        return self.evaluate(node.value)

    def _namedexpr(self, node: ast.NamedExpr) -> Values:
        """The value of `name := value`, which is bound."""
        values = self.evaluate(node.value)
        self.bind(node.target.id, values)
        return values

    def _boolop(self, node: ast.BoolOp) -> Values:
        """`a or b`: any of them but a None before the last; a text of `b` may be a variable's default."""
        *first, last = [self.evaluate(value) for value in node.values]
        last = defaults_of(frozenset().union(*first).difference(NONE), last) if isinstance(node.op, ast.Or) else last
        return frozenset().union(*first).difference(NONE if isinstance(node.op, ast.Or) else NOTHING) | last

    def _unaryop(self, node: ast.UnaryOp) -> Values:
        """A negative number; of other operators a number or boolean that is not known."""
        values = self.evaluate(node.operand)
        number = node.operand.value if isinstance(node.operand, ast.Constant) else None
        if isinstance(node.op, ast.USub) and isinstance(number, int):
            return constant_values(-number)
        return UNKNOWN_STRINGS if values else NOTHING

    def _ifexp(self, node: ast.IfExp) -> Values:
        """Either value, or the only one that the condition allows."""
        result = self.truth(node.test)
        values = self.evaluate(node.body) if result is not False else NOTHING
        return values | (self.evaluate(node.orelse) if result is not True else NOTHING)

    def _binop(self, node: ast.BinOp) -> Values:
        """The result of a chain of operators."""
        # A long sum is nested to the left: its parts are taken one after the other.
        parts = [node]
        while isinstance(node.left, ast.BinOp):
            node = node.left
            parts.append(node)
        values = self.evaluate(node.left)
        for part in reversed(parts):
            values = self.operate(part.op, values, part.right, part)
        return values

    def operate(self, operator: ast.operator, left: Values, right_node: ast.expr, node: ast.AST) -> Values:
        """The result of an operator."""
        right = self.evaluate(right_node)
        both = left | right
        if isinstance(operator, ast.Mod) and any(obj.as_text is not None for obj in left):
            return percent_values(left, self._percent_argument(right, node))
        if any(isinstance(obj, Container) for obj in both) and isinstance(operator, ast.Add | ast.BitOr):
            kind = next(obj.kind for obj in sorted(both, key=repr) if isinstance(obj, Container))
            if isinstance(operator, ast.Add):
                return concatenated_lists(left, right, kind, self.at(node))
            container = Container(kind, self.machine.site(node), self.unit.context)
            for obj in both:
                copy_items(obj, container, self.at(node))
            return frozenset({container})
        if isinstance(operator, ast.Add):
            return add_values(left, right)
        known = frozenset(obj for obj in both if obj.as_text is None)
        return known or (UNKNOWN_STRINGS if both else NOTHING)

    def _percent_argument(self, right: Values, node: ast.AST):  # type: ignore[no-untyped-def]  # noqa: ANN202
        """The function that gives the value for a place of `template % right`, by number or by name."""
        at = self.at(node)

        def argument(position: int, name: str) -> Values:
            """The value for a place: an element or member of `right`, or `right` itself for the first place."""
            values: Values = NOTHING
            for obj in right:
                if isinstance(obj, Container):
                    values |= obj.item(text_values(name or str(position)), at)
                elif name:
                    values |= obj.item(text_values(name), at)
                elif position == 0:
                    values |= frozenset({obj})
            return values

        return argument

    def _joinedstr(self, node: ast.JoinedStr) -> Values:
        return concatenate(*(self.evaluate(value) for value in node.values)) if node.values else text_values("")

    def _formattedvalue(self, node: ast.FormattedValue) -> Values:
        values = self.evaluate(node.value)
        return frozenset(TextObject(obj.as_text) if obj.as_text is not None else _ANY_TEXT for obj in values)

    def _subscript(self, node: ast.Subscript) -> Values:
        """An element or member by a key that may be several; a slice is a list or text."""
        receivers, at = self.evaluate(node.value), self.at(node)
        if isinstance(node.slice, ast.Slice):
            self._other(node.slice)
            return slice_values(receivers, node.slice, at)
        key, values = self.evaluate(node.slice), NOTHING
        for obj in receivers:
            values |= obj.item(key, at)
        return bounded(values)

    def _starred(self, node: ast.Starred) -> Values:
        return self.elements(self.evaluate(node.value), node)

    def _list(self, node: ast.List | ast.Tuple | ast.Set) -> Values:
        """The list, tuple or set; elements after `*values` have no known index."""
        container = Container(type(node).__name__.lower(), self.machine.site(node), self.unit.context)
        at, is_ordered = self.at(node), not isinstance(node, ast.Set)
        for number, element in enumerate(node.elts):
            if isinstance(element, ast.Starred):
                is_ordered = False
            container.put(at, (str(number),) if is_ordered else ANY, self.evaluate(element))
        return frozenset({container})

    _tuple = _set = _list

    def _dict(self, node: ast.Dict) -> Values:
        """The dictionary; `**values` adds members, and a value may be a setting of a library."""
        container, at = Container("dict", self.machine.site(node), self.unit.context), self.at(node)
        self.machine.blocks.setdefault(container, (self.unit, self.block))
        for key, value in zip(node.keys, node.values, strict=True):
            values = self.evaluate(value)
            if key is None:
                spread_mappings(values, container, at)
            else:
                check_setting(values, self.at(key))
                container.set_item(self.evaluate(key), values, at)
        return frozenset({container})

    def _lambda(self, node: ast.Lambda) -> Values:
        """The function, whose defaults are evaluated here."""
        code = self.code.module.function_code(node, self.code)
        self.store_defaults(code, node.args)
        return frozenset({FunctionObject(code, self.scope)})

    def store_defaults(self, code: Code, arguments: ast.arguments) -> None:
        """Store the default values of parameters."""
        positional = [*arguments.posonlyargs, *arguments.args]
        pairs = [*zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True)]
        pairs += [pair for pair in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if pair[1]]  # type: ignore[misc]
        for argument, default in pairs:
            self.machine.write((code, self.scope, "default", argument.arg), self.evaluate(default))

    def _yield(self, node: ast.Yield) -> Values:
        self.machine.write((self.unit, "yield"), self.evaluate(node.value))
        return UNKNOWN

    def _yieldfrom(self, node: ast.YieldFrom) -> Values:
        self.machine.write((self.unit, "yield"), self.elements(self.evaluate(node.value), node))
        return UNKNOWN

    def _listcomp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Values:
        """A list of the elements for all bindings; generators and sets are lists too."""
        container, at = Container("list", self.machine.site(node), self.unit.context), self.at(node)
        for _ in self._bindings(node.generators):
            container.put(at, ANY, self.evaluate(node.elt))
        return frozenset({container})

    _setcomp = _generatorexp = _listcomp

    def _dictcomp(self, node: ast.DictComp) -> Values:
        """A dictionary of the pairs for all bindings."""
        container, at = Container("dict", self.machine.site(node), self.unit.context), self.at(node)
        for _ in self._bindings(node.generators):
            container.set_item(self.evaluate(node.key), self.evaluate(node.value), at)
        return frozenset({container})

    def _bindings(self, generators: Sequence[ast.comprehension]) -> Iterator[None]:
        """Bind the names of a comprehension, one element at a time if the elements are known."""
        if not generators:
            yield
            return
        first = generators[0]
        values = self.evaluate(first.iter)
        ordered = ordered_elements(values, self.at(first.iter))
        for element in ordered if ordered is not None else [self.elements(values, first.iter)]:
            self.assign(first.target, element)
            for condition in first.ifs:
                self.evaluate(condition)
            yield from self._bindings(generators[1:])

    # -- calls

    def _call(self, node: ast.Call) -> Values:
        """What any of the called objects returns; a call that records nothing is matched by its name."""
        if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args:
            return self.super_values()
        receivers: Values | None = None
        if isinstance(node.func, ast.Attribute):
            receivers, at = self.evaluate(node.func.value), self.at(node)
            functions: Values = NOTHING
            for obj in receivers:
                functions |= obj.attribute(node.func.attr, at)
        else:
            functions, at = self.evaluate(node.func), self.at(node)
        arguments = self.call_arguments(node)
        records = self.machine.records[self.unit]
        before = len(records.requests) + len(records.doubts)
        values: Values = NOTHING
        for function in functions:
            values |= function.call(arguments, at)
        if len(records.requests) + len(records.doubts) == before:
            check_call(node, receivers, functions, arguments, at)
        return values

    def super_values(self) -> Values:
        """What `super()` is here."""
        return UNKNOWN


_METHODS = {
    kind: f"_{kind.__name__.lower()}"
    for kind in ast.expr.__subclasses__()
    if hasattr(ExpressionEvaluator, f"_{kind.__name__.lower()}")
}
_ANY_TEXT = next(iter(UNKNOWN_STRINGS))
