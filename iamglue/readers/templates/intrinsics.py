"""Resolves intrinsic functions of CloudFormation; unknown parts become parameters in texts, or UNKNOWN nodes.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import takewhile
from operator import is_

from iamglue.policy.patterns.variables import parameter_of
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.read_only_sources import ReadOnlySources
from iamglue.readers.templates.conditional_values import (
    Branches,
    is_no_value,
    is_united,
    labelled_branches,
    labelled_items,
    may_be_missing,
)
from iamglue.readers.templates.intrinsic_calls import call_expression, call_text, parse_intrinsic, written_call
from iamglue.readers.templates.intrinsic_lists import list_parameter_names, split_text
from iamglue.readers.templates.template_references import TemplateReferences
from iamglue.readers.templates.text_substitution import (
    ResolvedText,
    TextResolver,
    find_references,
    is_single_variable,
    resolve_framework_text,
    resolve_function_text,
    resolve_plain_text,
    resolve_sub_text,
)
from iamglue.readers.text_budget import TextBudget

_PSEUDO_LISTS = frozenset({"AWS::NotificationARNs"})
# Functions whose result is always text.
_TEXT_FUNCTIONS = frozenset({"Fn::Base64", "Fn::ToJsonString"})


class IntrinsicResolver:
    """Resolves the intrinsic functions in the nodes of one template; returns nodes without functions unchanged.

    `references` are the values of references to the template's resources.
    """

    def __init__(
        self,
        template: Node | None = None,
        *,
        framework: bool = False,
        texts: TextResolver | None = None,
        references: TemplateReferences | None = None,
        budget: TextBudget | None = None,
    ) -> None:
        self._references = references.values if references is not None else {}
        self._reference_names = references.names if references is not None else {}
        self._budget = budget or TextBudget()
        self._list_parameters = list_parameter_names(template)
        self._framework = framework
        self._text_resolver = texts or (resolve_framework_text if framework else resolve_plain_text)
        self._cache: dict[int, tuple[Node, Node | None]] = {}
        self._read_only = ReadOnlySources().of

    def resolve(self, node: Node) -> Node:
        """The node with its functions resolved; `NodeKind.UNKNOWN` for values that are not known."""
        value = self._find_value(node)
        return self._unknown_node(node) if value is None else value

    def resolve_text(self, node: Node | None) -> str:
        """The resolved text of a node, with parameters for unknown parts; empty if the value is not text."""
        value = self._find_value(node) if node is not None else None
        return value.text if value is not None and value.kind is NodeKind.SCALAR else ""

    def text_resolver(self, node: Node) -> IntrinsicResolver | None:
        """The resolver for the texts in a document inside `node`, a text or Fn::Sub; None for any other node."""
        intrinsic = parse_intrinsic(node)
        if intrinsic is None:
            return self._nested_resolver(self._text_resolver) if node.kind is NodeKind.SCALAR else None
        if intrinsic[0] != "Fn::Sub" or self.unresolved_text(node) is None:
            return None
        variables = self._sub_variables(intrinsic[1])
        return self._nested_resolver(lambda text: self._sub_text(text, variables))

    def _nested_resolver(self, texts: TextResolver) -> IntrinsicResolver:
        return IntrinsicResolver(framework=self._framework, texts=texts, budget=self._budget)

    def unresolved_text(self, node: Node) -> Node | None:
        """The text of a scalar or of Fn::Sub, before substitution."""
        intrinsic = parse_intrinsic(node)
        text_node = node if intrinsic is None else intrinsic[1] if intrinsic[0] == "Fn::Sub" else None
        if text_node is not None and text_node.kind is NodeKind.LIST and text_node.items:
            text_node = text_node.items[0]
        return text_node if text_node is not None and text_node.kind is NodeKind.SCALAR else None

    def _find_value(self, node: Node) -> Node | None:
        """The resolved node; None for AWS::NoValue. The cache also stores the node, so that its `id` is not reused."""
        if id(node) not in self._cache:
            self._cache[id(node)] = node, self._compute_value(node)
        value = self._cache[id(node)][1]
        if value is None or value is node or value.kind is not NodeKind.SCALAR or self._budget.consume(len(value.text)):
            return value
        return self._unknown_node(node)

    def _compute_value(self, node: Node) -> Node | None:
        """The resolved node without the cache; None for AWS::NoValue."""
        intrinsic = parse_intrinsic(node)
        if intrinsic is not None:
            return self._evaluate_call(node, *intrinsic)
        match node.kind:
            case NodeKind.SCALAR:
                return self._resolve_scalar(node)
            case NodeKind.LIST:
                return self._resolve_list(node)
            case NodeKind.MAP:
                return self._resolve_map(node)
        return node

    def _resolve_scalar(self, node: Node) -> Node:
        """The text with its variables resolved; UNKNOWN for a single variable that may be a list or map."""
        if is_single_variable(node.text):
            return self._unknown_node(node, node.text)
        return self._fill_text(node)

    def _fill_text(self, node: Node) -> Node:
        """The text with its variables filled; the same node if it has none, so that fixes can edit it."""
        text, unknown = self._text_resolver(node.text) if "{" in node.text else (node.text, False)
        if text == node.text and not unknown:
            return node if node.tag is None else replace(node, tag=None)
        return replace(node, text=text, unresolved=unknown, plain=False, tag=None, source=self._read_only(node.source))

    def _resolve_list(self, node: Node) -> Node:
        """The list with its items resolved; fixes cannot edit it if Fn::If added or removed items."""
        items: list[Node] = []
        is_changed = False
        for item in node.items:
            branches = list(labelled_branches(item))
            is_changed = is_changed or len(branches) != 1 or branches[0][0] is not item
            items += self._branch_values(branches)
        if len(items) == len(node.items) and all(map(is_, items, node.items)):
            return node
        return replace(node, items=tuple(items), source=self._read_only(node.source) if is_changed else node.source)

    def _resolve_map(self, node: Node) -> Node:
        """The map with its values resolved and AWS::NoValue removed; fixes cannot edit it in that case."""
        is_allow = any(key.text == "Effect" and value.text == "Allow" for key, value in node.pairs)
        pairs = [
            (self._fill_text(key), value)
            for key, child in node.pairs
            if (value := self._alternatives(child) if is_united(key, is_allow=is_allow) else self._find_value(child))
            is not None
        ]
        has_all = len(pairs) == len(node.pairs)
        if has_all and all(new[0] is old[0] and new[1] is old[1] for new, old in zip(pairs, node.pairs, strict=True)):
            return node
        return replace(node, pairs=tuple(pairs), source=node.source if has_all else self._read_only(node.source))

    def _alternatives(self, node: Node) -> Node | None:
        """The resolved value; of Fn::If a list with what each branch has, because the statement may allow it."""
        intrinsic = parse_intrinsic(node)
        if intrinsic is None or intrinsic[0] != "Fn::If":
            return self._find_value(node)
        items = tuple(self._branch_values(labelled_items(node)))
        return replace(node, kind=NodeKind.LIST, items=items, pairs=(), tag=None, source=self._read_only(node.source))

    def _branch_values(self, branches: Iterable[tuple[Node, Branches]]) -> Iterator[Node]:
        """The resolved values, each with the branches of Fn::If that it is in."""
        for node, labels in branches:
            value = self._find_value(node)
            if value is not None:
                yield replace(value, branches=value.branches | labels) if labels else value

    def _evaluate_call(self, node: Node, name: str, argument: Node) -> Node | None:
        """The result of an intrinsic function; None for AWS::NoValue."""
        if is_no_value(name, argument):
            return None
        if len(node.pairs) > 1 and node.tag is None:
            return self._unknown_node(node)
        if name == "Fn::Sub":
            template = argument.items[0] if argument.kind is NodeKind.LIST and argument.items else argument
            if template.kind is not NodeKind.SCALAR or parse_intrinsic(template) is not None:
                return self._unknown_node(node)
            text, unknown = self._sub_text(template.text, self._sub_variables(argument))
            return self._text_node(node, text, unresolved=unknown and resolve_function_text(text)[1])
        result = self._function_text(name, argument)
        if result is None:
            return self._unknown_node(node)
        return self._text_node(node, result, unresolved=resolve_function_text(result)[1])

    def _function_text(self, name: str, argument: Node) -> str | None:
        """The resulting text of a function; None if its result may be something other than text."""
        readers: dict[str, Callable[[Node], str | None]] = {
            "Ref": self._ref_text,
            "Fn::GetAtt": self._getatt_text,
            "Fn::Join": self._join_text,
            "Fn::Select": self._select_text,
            "Fn::ImportValue": self._imported_text,
            "Fn::FindInMap": lambda node: parameter_of(written_call(name, node)) if node.items else None,
            "Fn::If": self._conditional_text,
            "Fn::Length": self._length_text,
        }
        if name in readers:
            return readers[name](argument)
        return parameter_of(written_call(name, argument)) if name in _TEXT_FUNCTIONS else None

    def _conditional_text(self, argument: Node) -> str | None:
        """The text of Fn::If: a parameter, if each branch is a text."""
        values = list(map(self._find_value, argument.items[1:]))
        is_text = len(values) == 2 and all(value is not None and value.kind is NodeKind.SCALAR for value in values)
        return parameter_of(written_call("Fn::If", argument)) if is_text else None

    def _length_text(self, argument: Node) -> str:
        texts = self._list_texts(argument)
        return parameter_of(written_call("Fn::Length", argument)) if texts is None else str(len(texts))

    def _list_texts(self, node: Node) -> list[str] | None:
        """The texts of a literal list, or of Fn::Split of a known text; None if the list is not known."""
        intrinsic = parse_intrinsic(node)
        if intrinsic is None and node.kind is NodeKind.LIST:
            return None if any(map(may_be_missing, node.items)) else list(map(self._text_part, node.items))
        if intrinsic is None or intrinsic[0] != "Fn::Split" or len(intrinsic[1].items) != 2:
            return None
        delimiter, text = (self._text_part(item) for item in intrinsic[1].items)
        return split_text(text, delimiter, self._reference_names)

    def _imported_text(self, argument: Node) -> str:
        """A parameter for an export of another stack; it names the export if the name is known."""
        exported = self.resolve_text(argument)
        written = written_call("Fn::ImportValue", argument)
        return parameter_of(f"ImportValue.{exported}" if exported else written, written)

    def _ref_text(self, argument: Node) -> str | None:
        """The text of Ref; None for a parameter that is a list."""
        name = argument.text
        if argument.kind is not NodeKind.SCALAR or not name or name in self._list_parameters or name in _PSEUDO_LISTS:
            return None
        return f"${{{name}}}" if name.startswith("AWS::") else self._reference_text(name)

    def _reference_text(self, reference: str) -> str:
        return self._references.get(reference) or parameter_of(reference)

    def _getatt_text(self, argument: Node) -> str | None:
        """The text of Fn::GetAtt, whose argument is a text or a list of the resource and the attribute."""
        if argument.kind is NodeKind.MAP:
            return None
        return self._reference_text(".".join(map(self.resolve_text, argument.items or (argument,))))

    def _sub_text(self, text: str, variables: dict[str, str]) -> ResolvedText:
        """The text of Fn::Sub; its variables stay parameters if their values exceed the text budget."""
        values = ChainMap(variables, self._references) if self._references else variables
        references = find_references(text) if values else ()
        length = sum(len(values.get(reference.name.strip(), "")) for reference in references)
        used_variables = values if self._budget.fits(length) and self._budget.consume(length) else {}
        return resolve_sub_text(text, used_variables, framework=self._framework)

    def _sub_variables(self, argument: Node) -> dict[str, str]:
        variables = argument.items[1] if len(argument.items) > 1 else None
        return {key.text: self._text_part(value) for key, value in variables.pairs} if variables is not None else {}

    def _text_part(self, node: Node) -> str:
        """A value as part of a text; a parameter if it is not text."""
        value = self._find_value(node)
        if value is None:
            return ""
        return value.text if value.kind is NodeKind.SCALAR else parameter_of(call_expression(node))

    def _join_text(self, argument: Node) -> str | None:
        """The text of Fn::Join; None if it is invalid or exceeds the text budget."""
        if len(argument.items) != 2 or argument.kind is not NodeKind.LIST:
            return None
        delimiter, parts = argument.items
        is_literal = parts.kind is NodeKind.LIST and parse_intrinsic(parts) is None
        texts = list(map(self._text_part, parts.items)) if is_literal else self._list_texts(parts)
        if texts is None or delimiter.kind is not NodeKind.SCALAR:
            return self._text_part(parts)
        length = sum(map(len, texts)) + len(delimiter.text) * len(texts)
        return delimiter.text.join(texts) if self._budget.fits(length) else None

    def _select_text(self, argument: Node) -> str | None:
        """The text of Fn::Select; a parameter if the index, or an item up to there, is not known."""
        if len(argument.items) != 2:
            return None
        index, parts = argument.items
        is_literal = parts.kind is NodeKind.LIST and parse_intrinsic(parts) is None
        certain = takewhile(lambda item: not may_be_missing(item), parts.items)
        texts = list(map(self._text_part, certain)) if is_literal else self._list_texts(parts)
        if texts is not None and index.text.isdecimal() and len(index.text) < 4 and int(index.text) < len(texts):
            return texts[int(index.text)]
        return parameter_of(written_call("Fn::Select", argument))

    def _text_node(self, node: Node, text: str, *, unresolved: bool) -> Node:
        return Node(NodeKind.SCALAR, self._read_only(node.source), node.start, node.end, text, unresolved=unresolved)

    def _unknown_node(self, node: Node, text: str = "") -> Node:
        return Node(NodeKind.UNKNOWN, self._read_only(node.source), node.start, node.end, text or call_text(node))
