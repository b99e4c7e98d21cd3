"""The properties of a template's resource as texts and lists, with functions and references resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.templates.account_draft import AccountDraft
from iamglue.readers.templates.conditional_values import (
    conditional_branches,
    expanded_items,
    labelled_items,
    may_be_missing,
)
from iamglue.readers.templates.template_documents import single_reference
from iamglue.readers.templates.template_resource import TemplateResource


@dataclass(frozen=True, slots=True)
class ResourceProperties:
    """The properties of a resource, or a nested map."""

    resource: TemplateResource
    draft: AccountDraft

    @property
    def id(self) -> str:
        """The resource's logical ID."""
        return self.resource.id

    @property
    def declaration(self) -> Node:
        """The node that declares the resource: its logical ID."""
        return self.resource.key or self.resource.properties

    def node(self, *path: str) -> Node | None:
        """The value at a path; of Fn::If the first branch that is not AWS::NoValue."""
        node: Node | None = self.resource.properties
        for name in path:
            node = _first_branch(node.get(name)) if node is not None else None
        return node

    def has(self, *path: str) -> bool:
        """Whether there is a value at a path, and it is not empty."""
        node = self.node(*path)
        return node is not None and bool(node.text or node.items or node.pairs)

    def text(self, *path: str) -> str:
        """The text at a path; a parameter if it is not known; empty if it is not set."""
        node = self.node(*path)
        return self.draft.fill_references(self.resource.resolver.resolve_text(node)) if node is not None else ""

    def possible_texts(self, *path: str) -> tuple[str, ...]:
        """The texts that the value at a path can have: several for Fn::If, an empty one if it may not be set."""
        nodes = self._possible_nodes(*path)
        texts = (self.resource.resolver.resolve_text(node) if node is not None else "" for node in nodes)
        return tuple(dict.fromkeys(map(self.draft.fill_references, texts)))

    def possible_maps(self, *path: str) -> tuple[Node | None, ...]:
        """The maps that the value at a path can be, None if it may not be set, or is not written as a map."""
        nodes = self._possible_nodes(*path)
        return tuple(node if node is not None and node.kind is NodeKind.MAP else None for node in nodes)

    def _possible_nodes(self, *path: str) -> list[Node | None]:
        """The nodes that the value at a path can be: several for Fn::If, None if it may not be set."""
        nodes: list[Node | None] = [self.resource.properties]
        for name in path:
            inner = [node.get(name) if node is not None else None for node in nodes]
            nodes = [branch for node in inner for branch in _branches(node)]
        return nodes

    def texts(self, *path: str) -> tuple[str, ...]:
        """The texts of a list; a single text counts as a list of one."""
        resolver = self.resource.resolver
        texts = (resolver.resolve_text(item) for item in expanded_items(self._list(path)))
        return tuple(self.draft.fill_references(item) for item in texts if item)

    def keys(self, *path: str) -> tuple[str, ...]:
        """The keys of a map."""
        node = self.node(*path)
        return tuple(dict.fromkeys(key.text for key, _ in node.pairs)) if node is not None else ()

    def items(self, *path: str) -> Iterator[ResourceProperties]:
        """The maps in a list, also those that a condition decides."""
        for item in expanded_items(self._list(path)):
            if item.kind is NodeKind.MAP:
                yield self.nested(item)

    def certain_items(self, *path: str) -> Iterator[ResourceProperties]:
        """The maps in a list that no condition decides."""
        for item, branches in labelled_items(self._list(path)):
            if item.kind is NodeKind.MAP and not branches:
                yield self.nested(item)

    def _list(self, path: tuple[str, ...]) -> Node | None:
        """The value at a path; for Fn::If with all its branches, whose items all count."""
        owner = self.node(*path[:-1])
        return owner.get(path[-1]) if owner is not None else None

    def map_items(self, *path: str) -> Iterator[tuple[str, ResourceProperties]]:
        """The keys and values of a map whose values are maps."""
        node = self.node(*path)
        for key, value in node.pairs if node is not None else ():
            for branch in conditional_branches(value):
                if branch.kind is NodeKind.MAP:
                    yield key.text, self.nested(branch)

    def nested(self, node: Node) -> ResourceProperties:
        """The properties in a nested map."""
        return ResourceProperties(replace(self.resource, properties=node), self.draft)


def _branches(node: Node | None) -> tuple[Node | None, ...]:
    """The values that a node can have, None if it may be missing."""
    if node is None:
        return (None,)
    return (*conditional_branches(node), *((None,) if may_be_missing(node) else ()))


def _first_branch(node: Node | None) -> Node | None:
    return None if node is None else next(conditional_branches(node), None)


def resource_of_reference(text: str, resources: Mapping[str, ResourceProperties]) -> ResourceProperties | None:
    """The resource that a text refers to (`${Name}`, `${Name.Arn}`); None for other texts and other resources."""
    reference = single_reference(text)
    return resources.get(reference.partition(".")[0]) if reference else None
