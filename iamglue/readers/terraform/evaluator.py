"""What the parts of expressions need of the one that evaluates them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from iamglue.policy.source.nodes import Node
from iamglue.policy.source.source_text import SourceText
from iamglue.readers.terraform.hcl_syntax import HclExpression
from iamglue.readers.terraform.scope import TerraformScope
from iamglue.readers.terraform.template_source import Interpolation, TemplateSourceText
from iamglue.readers.terraform.values import ValueFactory


class Evaluator(Protocol):
    """Evaluates the expressions of one source text; `label` distinguishes the unknown values of instances."""

    source: SourceText
    scope: TerraformScope
    label: str

    def bind(self, bindings: Mapping[str, Node], label: str, *, editable: bool = False) -> Evaluator:
        """An evaluator with the variables of a loop or instance."""

    def for_text(self, source: SourceText, variables: Mapping[str, Node], label: str) -> Evaluator:
        """An evaluator for a template file with only these variables."""

    def read(self, expression: HclExpression) -> Node:
        """The value of an expression, with references to texts as texts with unknown parts."""

    def evaluate(self, expression: HclExpression) -> Node:
        """The value of an expression."""

    def evaluate_text(self, expression: str, span: tuple[int, int] = (0, 0)) -> Node:
        """The value of an expression in a text."""

    def interpolate(self, expression: str, span: tuple[int, int] = (0, 0)) -> Interpolation:
        """The text that replaces an expression in a template."""

    def template_source(self, source: SourceText | None = None) -> TemplateSourceText:
        """The source of a template whose expressions are evaluated here."""

    def items_of(self, node: Node) -> Node:
        """A list or map as it is; a resource with several instances as the list or map of them."""

    def factory(self, expression: HclExpression) -> ValueFactory:
        """Builds values with the location of an expression."""

    def unknown_node(self, expression: HclExpression, tag: str | None = None) -> Node:
        """A value that is not known before deployment."""

    def expression_text(self, expression: HclExpression) -> str:
        """The text of an expression."""
