"""Assignments: what they do to names, attributes, containers and parts of tuples."""

from __future__ import annotations

import ast

from iamglue.infer.code.python.abstract_objects import NONE, AbstractObject, Values, bounded
from iamglue.infer.code.python.branch_assignments import stored_key
from iamglue.infer.code.python.containers import ANY, Container
from iamglue.infer.code.python.scopes import Scope
from iamglue.infer.code.python.strings import text_values
from iamglue.infer.code.python.texts import literal_of


class TargetEvaluator(Scope):
    """The targets of assignments of one unit."""

    def evaluate(self, node: ast.expr | None) -> Values:
        """What an expression may be."""
        raise NotImplementedError

    def elements(self, values: Values, node: ast.AST) -> Values:
        """What an iteration over values may give."""
        at = self.at(node)
        return bounded(frozenset(element for obj in values for element in obj.elements(at)))

    def assign(self, target: ast.expr, values: Values) -> None:
        """Assign values to a target."""
        match target:
            case ast.Name(id=name):
                self.bind(name, values)
            case ast.Attribute(value=owner, attr=name):
                at = self.at(target)
                for obj in self.evaluate(owner):
                    obj.set_attribute(name, values, at)
            case ast.Subscript(value=owner, slice=key):
                at, keys = self.at(target), self.evaluate(key)
                at.block = self.certain.get(stored_key(target), at.block)
                for obj in self.evaluate(owner):
                    obj.set_item(keys, values, at)
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                self._unpack(targets, values, target)
            case ast.Starred(value=inner):
                self.assign(inner, values)

    def _unpack(self, targets: list[ast.expr], values: Values, node: ast.AST) -> None:
        """Assign elements by their index, from the end after `*rest`, which is a list of any of them."""
        at, has_star = self.at(node), False
        for number, target in enumerate(targets):
            if isinstance(target, ast.Starred):
                has_star = True
                rest = Container("list", self.machine.site(target), self.unit.context)
                rest.put(at, ANY, self.elements(values, node))
                self.assign(target.value, frozenset({rest}))
                continue
            key = text_values(str(number - len(targets) if has_star else number))
            self.assign(target, bounded(frozenset(part for obj in values for part in obj.item(key, at))))

    def truth(self, test: ast.expr) -> bool | None:
        """Whether a condition holds, by what is None, a client or a text; None if it may hold or not."""
        match test:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                result = self.truth(operand)
                return None if result is None else not result
            case ast.BoolOp(op=ast.And(), values=operands):
                return False if any(self.truth(operand) is False for operand in operands) else None
            case ast.Compare(
                left=left, ops=[ast.Is() | ast.IsNot() as operator], comparators=[ast.Constant(value=None)]
            ):
                is_none = self._is_none(self.evaluate(left))
                return is_none if is_none is None or isinstance(operator, ast.Is) else not is_none
            case _:
                values = self.evaluate(test)
                if self._is_none(values):
                    return False
                return True if values and all(map(_is_true, values)) else None

    def _is_none(self, values: Values) -> bool | None:
        """Whether values are None: None if they may be or not, or if nothing is known yet."""
        if values == NONE:
            return True
        return False if values and all(obj.makes_requests for obj in values) else None


def _is_true(obj: AbstractObject) -> bool:
    """Whether an object is true in any case: a client, or a text that is not empty; numbers are texts here."""
    text = obj.as_text
    if text is None:
        return obj.makes_requests
    return literal_of(text) not in ("0", "0.0", "false", "") and any(isinstance(part, str) for part in text)
