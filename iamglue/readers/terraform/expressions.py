"""Evaluates Terraform expressions to nodes: known values with their locations, other values as UNKNOWN."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from iamglue.errors import IamglueError
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import QuotedSourceText, SourceText, Syntax
from iamglue.readers.terraform.collections import access_member, resource_items
from iamglue.readers.terraform.function_calls import call_function
from iamglue.readers.terraform.hcl_parser import parse_expression
from iamglue.readers.terraform.hcl_syntax import (
    SPLAT_ITEM,
    HclCall,
    HclConditional,
    HclExpression,
    HclFor,
    HclHeredoc,
    HclLiteral,
    HclMember,
    HclName,
    HclObject,
    HclOperation,
    HclSplat,
    HclString,
    HclTuple,
    without_parentheses,
)
from iamglue.readers.terraform.list_references import settle
from iamglue.readers.terraform.loops import LoopReader
from iamglue.readers.terraform.operators import evaluate_operation, unresolved_condition
from iamglue.readers.terraform.scope import TerraformScope
from iamglue.readers.terraform.string_templates import (
    TraversalStep,
    full_expression_text,
    is_traversal,
    traversal_steps,
    unresolved_parameter,
)
from iamglue.readers.terraform.template_directives import has_directives
from iamglue.readers.terraform.template_parts import has_strip_marks
from iamglue.readers.terraform.template_source import Interpolation, TemplateSourceText
from iamglue.readers.terraform.templates import evaluate_template
from iamglue.readers.terraform.values import (
    GENERATED_SOURCE,
    UNKNOWN_ITEMS,
    ValueFactory,
    is_undecided,
    json_text,
    read_only_source,
    truth,
)

_NO_BINDINGS: Mapping[str, Node] = {}


class ExpressionReader:
    """Evaluates the expressions of one source text; `bindings` are `each`, `count` and the variables of loops."""

    def __init__(
        self,
        source: SourceText,
        scope: TerraformScope,
        bindings: Mapping[str, Node] = _NO_BINDINGS,
        label: str = "",
    ) -> None:
        self.source = source
        self.scope = scope
        self.bindings = bindings
        self.label = label  # distinguishes the unknown values of instances

    def bind(self, bindings: Mapping[str, Node], label: str, *, editable: bool = False) -> ExpressionReader:
        """A reader with more bindings; fixes cannot edit its nodes, which belong to several instances."""
        source = self.source if editable else read_only_source(self.source)
        return ExpressionReader(source, self.scope, {**self.bindings, **bindings}, self.label + label)

    def for_text(self, source: SourceText, variables: Mapping[str, Node], label: str) -> ExpressionReader:
        """A reader for a template file with only these variables."""
        return ExpressionReader(source, self.scope, variables, self.label + label)

    def read(self, expression: HclExpression) -> Node:
        """The node of an expression, with references to texts as texts with unknown parts."""
        return settle(self.evaluate(expression))

    def evaluate(self, expression: HclExpression) -> Node:
        """The value of an expression; a reference that is not known is UNKNOWN."""
        expression = without_parentheses(expression)
        with self.scope.nested_level(self.source, expression.start):
            return self._evaluate(expression)

    def factory(self, expression: HclExpression) -> ValueFactory:
        """Builds values with the location of an expression."""
        return ValueFactory(self.source, (expression.start, expression.end))

    def _evaluate(self, expression: HclExpression) -> Node:  # noqa: PLR0911 - one return for each kind of expression
        """The value of an expression without parentheses around it."""
        match expression:
            case HclString():
                return self._string(expression)
            case HclLiteral(start=start, end=end, text=text):
                return Node(NodeKind.SCALAR, self.source, start, end, text, plain=True)
            case HclTuple(start=start, end=end, items=items):
                return Node(NodeKind.LIST, self.source, start, end, items=tuple(map(self.evaluate, items)))
            case HclObject():
                return self._object(expression)
            case HclCall():
                return call_function(self, expression)
            case HclHeredoc():
                return self._heredoc(expression)
            case HclConditional():
                return self._conditional(expression)
            case HclFor():
                return LoopReader(self, expression).read()
            case HclOperation():
                return evaluate_operation(self, expression) or self.unknown_node(expression)
            case HclSplat():
                return self._splat(expression)
            case _:
                return self._reference(expression)

    def expression_text(self, expression: HclExpression) -> str:
        """The text of an expression."""
        return self.source.text[expression.start : expression.end]

    def unknown_node(self, expression: HclExpression, tag: str | None = None) -> Node:
        """A value that is not known before deployment."""
        text = full_expression_text(self.expression_text(expression))
        own_text = self._own_text(text)
        return Node(NodeKind.UNKNOWN, self.source, expression.start, expression.end, own_text, tag=tag)

    def _own_text(self, text: str) -> str:
        """A name for an unknown value that differs from those of other modules and instances."""
        place = self.scope.prefix.removesuffix(".") + self.label
        return f"{text} ({place})" if place and not is_traversal(text) else text

    def _reference(self, expression: HclExpression) -> Node:
        """The value of a reference, such as `var.names[0]` or `each.value.arn`."""
        if isinstance(expression, HclName):
            return self._with_location(self.follow(expression.name, ()), expression)
        text = self.expression_text(expression)
        steps = traversal_steps(text) if is_traversal(text) else None
        if steps is not None:
            return self._with_location(self.follow(*steps), expression)
        if isinstance(expression, HclMember):
            base = self.evaluate(expression.base)
            member = access_member(self.scope, base, self._member_key(expression), is_attribute=expression.is_attribute)
            return self._with_location(member, expression)
        return self.unknown_node(expression)

    def _splat(self, splat: HclSplat) -> Node:
        """The value of `NAMES[*].attribute`: the attribute of every item."""
        base = self.items_of(self.evaluate(splat.base))
        if base.kind is NodeKind.SCALAR:  # a value that is not a list is a list of it; null is an empty list
            base = self.factory(splat).list([] if base.is_null else [base])
        if base.kind is not NodeKind.LIST:
            return self.unknown_node(splat, UNKNOWN_ITEMS)
        items = []
        for item in base.items:
            is_known = item.tag != UNKNOWN_ITEMS
            member = self.bind({SPLAT_ITEM: item}, "", editable=True).evaluate(splat.item) if is_known else item
            items.append(self._with_location(member, splat))
        return self.factory(splat).list(items)

    def _member_key(self, member: HclMember) -> Node:
        """The key of an attribute or index."""
        key = member.key
        return (
            self.factory(key).text(key.name) if isinstance(key, HclName) and member.is_attribute else self.evaluate(key)
        )

    def follow(self, name: str, steps: Iterable[TraversalStep]) -> Node:
        """The value of a reference: its first name, then attributes and indexes, which can be references."""
        factory = ValueFactory(GENERATED_SOURCE, (0, 0))
        node = self.bindings.get(name) or factory.unknown(f"{self.scope.prefix}{name}")
        for kind, value in steps:
            if kind == "reference":
                inner_steps = traversal_steps(str(value))
                key = self.follow(*inner_steps) if inner_steps is not None else factory.unknown(str(value))
            else:
                key = factory.plain(value) if isinstance(value, int) else factory.text(str(value))
            node = access_member(self.scope, node, key, is_attribute=kind == "attribute")
        return node

    def _with_location(self, node: Node, expression: HclExpression) -> Node:
        """A value without a location of its own, at the location of the reference."""
        start, end = expression.start, expression.end
        if node.kind is NodeKind.UNKNOWN:
            return replace(node, source=self.source, start=start, end=end)
        if node.source is GENERATED_SOURCE:
            return replace(node, source=read_only_source(self.source), start=start, end=end)
        return node

    def _string(self, string: HclString) -> Node:
        """A quoted string; a string with only an interpolation has the value of its expression."""
        start, end = string.start, string.end
        if string.content is not None:
            value = self.evaluate(string.content)
            is_unknown = value.kind is NodeKind.UNKNOWN
            return replace(value, source=self.source, start=start, end=end) if is_unknown else value
        return evaluate_template(self, (start, end), self.source.text[start + 1 : end - 1], quoted=True)

    def _heredoc(self, heredoc: HclHeredoc) -> Node:
        """The text of a heredoc; without directives, its source gives the location of each part of the text."""
        start, end = heredoc.start, heredoc.end
        text = self.source.text
        body = text.find("\n", start, end) + 1
        stop = text.rfind("\n", start, end) + 1
        template = text[body:stop]
        node = evaluate_template(self, (start, end), template, quoted=False, indented=text.startswith("<<-", start))
        if node.kind is not NodeKind.SCALAR or has_directives(template) or has_strip_marks(template):
            return node
        return replace(node, source=self.template_source())

    def template_source(self, source: SourceText | None = None) -> TemplateSourceText:
        """The source of a template whose expressions this reader evaluates."""
        return TemplateSourceText(source or self.source, self.interpolate)

    def _object(self, expression: HclObject) -> Node:
        """The map of an object expression; a duplicate key is recorded as a problem."""
        pairs = [(self._key(key), self.evaluate(value)) for key, value in expression.pairs]
        self._check_keys(pairs)
        return Node(NodeKind.MAP, self.source, expression.start, expression.end, pairs=tuple(pairs))

    def _key(self, expression: HclExpression) -> Node:
        """The key of an object: a name is literal, an unknown expression becomes a parameter."""
        start, end = expression.start, expression.end
        if isinstance(expression, HclName | HclLiteral):
            return Node(NodeKind.SCALAR, self.source, start, end, self.expression_text(expression), plain=True)
        inner = without_parentheses(expression)
        node = self.evaluate(inner)
        if node.kind is NodeKind.SCALAR:
            return node
        text = unresolved_parameter(self._own_text(node.text or self.expression_text(inner)))
        return Node(NodeKind.SCALAR, self.source, inner.start, inner.end, text, unresolved=True)

    def _check_keys(self, pairs: Iterable[tuple[Node, Node]]) -> None:
        """Record a problem in `scope` for each duplicate key."""
        seen: dict[str, Node] = {}
        for key, _ in pairs:
            first = seen.setdefault(key.text, key)
            if first is not key and not key.unresolved:
                message = f"the key `{key.text}` is listed twice; the first is on line {first.line}"
                self.scope.problems.append(IamglueError(message, location=key.location))

    def _conditional(self, conditional: HclConditional) -> Node:
        """The branch of a known condition; for lists the items of both, marked as such, and an unknown item."""
        value = truth(self.evaluate(conditional.condition))
        if value is not None:
            return self.evaluate(conditional.if_true if value else conditional.if_false)
        branches = [self.evaluate(conditional.if_true), self.evaluate(conditional.if_false)]
        if any(branch.kind is NodeKind.LIST for branch in branches):
            condition = self._own_text(full_expression_text(self.expression_text(conditional.condition)))
            items = [
                replace(item, branches=item.branches | {(condition, is_true)})
                for branch, is_true in zip(branches, (True, False), strict=True)
                for item in (branch.items if branch.kind is NodeKind.LIST else () if branch.is_null else (branch,))
            ]
            nulls = tuple(branch for branch in branches if branch.is_null)
            unknown = replace(self.unknown_node(conditional, UNKNOWN_ITEMS), items=nulls)
            return self.factory(conditional).list([*items, unknown])
        return unresolved_condition(branches) or replace(self.unknown_node(conditional), items=tuple(branches))

    def interpolate(self, expression: str, span: tuple[int, int] = (0, 0)) -> Interpolation:
        """The text that replaces an expression in a template."""
        node = self.evaluate_text(expression, span)
        if node.kind is NodeKind.SCALAR and not node.is_null and self.scope.budget.consume(len(node.text)):
            return Interpolation(node.text, is_known=not node.unresolved)
        if node.kind is NodeKind.UNKNOWN and is_traversal(node.text):
            return Interpolation(unresolved_parameter(node.text))
        if node.kind in (NodeKind.LIST, NodeKind.MAP):
            value = settle(node)
            return Interpolation(json_text(value), is_known=not any(map(is_undecided, value.walk())), value=value)
        return Interpolation(unresolved_parameter(self._own_text(" ".join(expression.split()))))

    def evaluate_text(self, expression: str, span: tuple[int, int] = (0, 0)) -> Node:
        """The value of an expression in a text; for a malformed one, UNKNOWN."""
        steps = traversal_steps(expression) if is_traversal(expression) else None
        if steps is not None:
            node = self.follow(*steps)
            is_generated = node.source is GENERATED_SOURCE
            source = read_only_source(self.source)
            return replace(node, source=source, start=span[0], end=span[1]) if is_generated else node
        parsed = parse_expression(expression)
        if parsed is None:
            return Node(NodeKind.UNKNOWN, self.source, *span, self._own_text(full_expression_text(expression)))
        source = QuotedSourceText(self.source, expression, *span, Syntax.HCL)
        return ExpressionReader(source, self.scope, self.bindings, self.label).evaluate(parsed)

    def items_of(self, node: Node) -> Node:
        """A list or map as it is; a resource with several instances as the list or map of them."""
        return resource_items(self.scope, node)
