"""Assignments: what they do to names, attributes, containers and parts of tuples."""

from __future__ import annotations

import ast

from iamglue.infer.code.python.containers import ANY, Container
from iamglue.infer.code.python.scopes import Scope
from iamglue.infer.code.python.strings import text_values
from iamglue.infer.code.python.things import Values, bounded


class TargetEvaluator(Scope):
    """The targets of assignments of one unit."""

    def evaluate(self, node: ast.expr | None) -> Values:
        """What an expression may be."""
        raise NotImplementedError

    def elements(self, values: Values, node: ast.AST) -> Values:
        """What an iteration over values may give."""
        at = self.at(node)
        return bounded(frozenset(element for thing in values for element in thing.elements(at)))

    def assign(self, target: ast.expr, values: Values) -> None:
        """Assign values to a target."""
        match target:
            case ast.Name(id=name):
                self.bind(name, values)
            case ast.Attribute(value=owner, attr=name):
                at = self.at(target)
                for thing in self.evaluate(owner):
                    thing.set_attribute(name, values, at)
            case ast.Subscript(value=owner, slice=key):
                at, keys = self.at(target), self.evaluate(key)
                for thing in self.evaluate(owner):
                    thing.set_item(keys, values, at)
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                self._unpack(targets, values, target)
            case ast.Starred(value=inner):
                self.assign(inner, values)

    def _unpack(self, targets: list[ast.expr], values: Values, node: ast.AST) -> None:
        at, has_star = self.at(node), False
        for number, target in enumerate(targets):
            if isinstance(target, ast.Starred):
                has_star = True
                rest = Container("list", self.machine.site(target), self.unit.context)
                rest.put(at, ANY, self.elements(values, node))
                self.assign(target.value, frozenset({rest}))
                continue
            key = text_values(str(number - len(targets) if has_star else number))
            self.assign(target, bounded(frozenset(part for thing in values for part in thing.item(key, at))))
