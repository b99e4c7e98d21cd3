"""Evaluates Terraform expressions to nodes: known values with their locations, other values as UNKNOWN."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from iamglue.errors import IamglueError
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import QuotedSourceText, SourceText, Syntax
from iamglue.readers.terraform.collections import access_member, resource_items
from iamglue.readers.terraform.function_calls import call_function
from iamglue.readers.terraform.hcl_tree import (
    HclTree,
    child_trees,
    child_trees_by_rule,
    first_identifier,
    parse_expression,
    tree_span,
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

    def read(self, tree: HclTree) -> Node:
        """The node of an expression, with references to texts as texts with unknown parts."""
        return settle(self.evaluate(tree))

    def evaluate(self, tree: HclTree) -> Node:
        """The value of an expression; a reference that is not known is UNKNOWN."""
        tree = without_parentheses(tree)
        start, _ = tree_span(tree)
        with self.scope.nested_level(self.source, start):
            return self._evaluate(tree)

    def factory(self, tree: HclTree) -> ValueFactory:
        """Builds values with the location of an expression."""
        return ValueFactory(self.source, tree_span(tree))

    def _evaluate(self, tree: HclTree) -> Node:  # noqa: PLR0911 - one return for each kind of expression
        match tree.data:
            case "string":
                return self._string(tree)
            case "heredoc_template" | "heredoc_template_trim":
                return self._heredoc(tree)
            case "int_lit" | "float_lit" | "literal_value":
                return Node(NodeKind.SCALAR, self.source, *tree_span(tree), self.tree_text(tree), plain=True)
            case "tuple":
                items = tuple(map(self.evaluate, child_trees(tree)))
                return Node(NodeKind.LIST, self.source, *tree_span(tree), items=items)
            case "object":
                return self._object(tree)
            case "conditional":
                return self._conditional(tree)
            case "function_call":
                return call_function(self, tree)
            case "for_tuple_expr" | "for_object_expr":
                return LoopReader(self, tree).read()
            case "binary_op" | "unary_op":
                return evaluate_operation(self, tree) or self.unknown_node(tree)
            case _:
                return self._reference(tree)

    def tree_text(self, tree: HclTree) -> str:
        """The text of an expression."""
        start, end = tree_span(tree)
        return self.source.text[start:end].strip()

    def unknown_node(self, tree: HclTree, tag: str | None = None) -> Node:
        """A value that is not known before deployment."""
        text = full_expression_text(self.tree_text(tree))
        return Node(NodeKind.UNKNOWN, self.source, *tree_span(tree), self._own_text(text), tag=tag)

    def _own_text(self, text: str) -> str:
        """A name for an unknown value that differs from those of other modules and instances."""
        place = self.scope.prefix.removesuffix(".") + self.label
        return f"{text} ({place})" if place and not is_traversal(text) else text

    def _reference(self, tree: HclTree) -> Node:
        """The value of a reference, such as `var.names[0]` or `each.value.arn`."""
        text = self.tree_text(tree)
        steps = traversal_steps(text) if is_traversal(text) else None
        if steps is not None:
            return self._relocated(self.follow(*steps), tree)
        trees = child_trees(tree)
        if tree.data in ("get_attr_expr_term", "index_expr_term") and len(trees) == 2:
            base = self.evaluate(trees[0])
            is_attribute = trees[1].data == "get_attr"
            member = access_member(self.scope, base, self.member_key(trees[1]), is_attribute=is_attribute)
            return self._relocated(member, tree)
        if tree.data in ("attr_splat_expr_term", "full_splat_expr_term"):
            return self._splat(tree, *trees)
        return self.unknown_node(tree)

    def _splat(self, tree: HclTree, base_tree: HclTree, splat_tree: HclTree) -> Node:
        """The value of `NAMES[*].attribute`: the attribute of every item."""
        base = self.items_of(self.evaluate(base_tree))
        if base.kind is NodeKind.SCALAR:  # a value that is not a list is a list of it; null is an empty list
            base = self.factory(tree).list([] if base.is_null else [base])
        if base.kind is not NodeKind.LIST:
            return self.unknown_node(tree, UNKNOWN_ITEMS)
        items = []
        for item in base.items:
            member = item
            for key_tree in child_trees(splat_tree) if item.tag != UNKNOWN_ITEMS else ():
                is_attribute = key_tree.data == "get_attr"
                member = access_member(self.scope, member, self.member_key(key_tree), is_attribute=is_attribute)
            items.append(self._relocated(member, tree))
        return self.factory(tree).list(items)

    def member_key(self, tree: HclTree) -> Node:
        """The key of an attribute or index."""
        factory = self.factory(tree)
        if tree.data == "get_attr":
            return factory.text(first_identifier(child_trees(tree)[0]))
        if tree.data == "short_index":
            return factory.plain(int(self.tree_text(tree).removeprefix(".")))
        return self.evaluate(child_trees(tree)[0])

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

    def _relocated(self, node: Node, tree: HclTree) -> Node:
        """A value without a location of its own, at the location of the reference."""
        start, end = tree_span(tree)
        if node.kind is NodeKind.UNKNOWN:
            return replace(node, source=self.source, start=start, end=end)
        if node.source is GENERATED_SOURCE:
            return replace(node, source=read_only_source(self.source), start=start, end=end)
        return node

    def _string(self, tree: HclTree) -> Node:
        """A quoted string; a string with only an interpolation has the value of its expression."""
        parts = child_trees_by_rule(tree, "string_part")
        start, end = tree_span(tree)
        if len(parts) == 1 and child_trees_by_rule(parts[0], "interpolation"):
            value = self.evaluate(child_trees(child_trees_by_rule(parts[0], "interpolation")[0])[0])
            is_unknown = value.kind is NodeKind.UNKNOWN
            return replace(value, source=self.source, start=start, end=end) if is_unknown else value
        return evaluate_template(self, (start, end), self.source.text[start + 1 : end - 1], quoted=True)

    def _heredoc(self, tree: HclTree) -> Node:
        start, end = tree_span(tree)
        text = self.source.text
        if text.endswith("\n", start, end):  # the tree includes the line end after the heredoc
            end = text.rfind("\n", start, end)
        body = text.find("\n", start, end) + 1
        stop = max(body, text.rfind("\n", start, end) + 1)
        node = evaluate_template(self, (start, end), text[body:stop], quoted=False)
        if node.kind is not NodeKind.SCALAR or has_directives(text[body:stop]):
            return node
        return replace(node, source=self.template_source())

    def template_source(self, source: SourceText | None = None) -> TemplateSourceText:
        """The source of a template whose expressions this reader evaluates."""
        return TemplateSourceText(source or self.source, self.interpolate)

    def _object(self, tree: HclTree) -> Node:
        pairs: list[tuple[Node, Node]] = []
        for element in child_trees_by_rule(tree, "object_elem"):
            key_tree, *values = child_trees(element)
            pairs.append((self._key(key_tree), self.evaluate(values[-1])))
        self._check_keys(pairs)
        start, end = tree_span(tree)
        return Node(NodeKind.MAP, self.source, start, end, pairs=tuple(pairs))

    def _key(self, tree: HclTree) -> Node:
        """The key of an object: an identifier is literal, an unknown expression becomes a parameter."""
        key_tree = without_parentheses(tree)
        is_parenthesised = self.source.text.startswith("(", tree_span(tree)[0])
        if key_tree.data in ("identifier", "keyword", "literal_value", "object_elem_key") and not is_parenthesised:
            return Node(NodeKind.SCALAR, self.source, *tree_span(key_tree), self.tree_text(key_tree), plain=True)
        node = self.evaluate(key_tree)
        if node.kind is NodeKind.SCALAR:
            return node
        text = unresolved_parameter(self._own_text(node.text or self.tree_text(key_tree)))
        return Node(NodeKind.SCALAR, self.source, *tree_span(key_tree), text, unresolved=True)

    def _check_keys(self, pairs: Iterable[tuple[Node, Node]]) -> None:
        """Record a problem in `scope` for each duplicate key."""
        seen: dict[str, Node] = {}
        for key, _ in pairs:
            first = seen.setdefault(key.text, key)
            if first is not key and not key.unresolved:
                message = f"the key `{key.text}` is listed twice; the first is on line {first.line}"
                self.scope.problems.append(IamglueError(message, location=key.location))

    def _conditional(self, tree: HclTree) -> Node:
        """The branch of a known condition; for lists the items of both branches and an unknown item."""
        condition, *branch_trees = child_trees(tree)
        value = truth(self.evaluate(condition))
        if value is not None:
            return self.evaluate(branch_trees[0 if value else 1])
        branches = [self.evaluate(branch) for branch in branch_trees]
        if any(branch.kind is NodeKind.LIST for branch in branches):
            items = [
                item for branch in branches for item in (branch.items if branch.kind is NodeKind.LIST else (branch,))
            ]
            return self.factory(tree).list([*items, self.unknown_node(tree, UNKNOWN_ITEMS)])
        return unresolved_condition(branches) or replace(self.unknown_node(tree), items=tuple(branches))

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
        tree = parse_expression(expression)
        if tree is None:
            return Node(NodeKind.UNKNOWN, self.source, *span, self._own_text(full_expression_text(expression)))
        text = f"x = {expression}\n"
        inner = ExpressionReader(
            QuotedSourceText(self.source, text, *span, Syntax.HCL), self.scope, self.bindings, self.label
        )
        return inner.evaluate(tree)

    def items_of(self, node: Node) -> Node:
        """A list or map as it is; a resource with several instances as the list or map of them."""
        return resource_items(self.scope, node)
