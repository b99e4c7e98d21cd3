"""The properties of a template's resource as texts and lists, functions carried out and references filled in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.templates.account_draft import AccountDraft
from iamglue.readers.templates.intrinsics import conditional_branches, expanded_items
from iamglue.readers.templates.template_resource import TemplateResource


@dataclass(frozen=True, slots=True)
class ResourceProperties:
    """A resource's properties, or a map among them; `defaults` is what SAM's `Globals` say where it says nothing."""

    resource: TemplateResource
    draft: AccountDraft
    defaults: Node | None = None

    @property
    def id(self) -> str:
        """The resource's logical id."""
        return self.resource.id

    def node(self, *path: str) -> Node | None:
        """The value at a path: of Fn::If the first branch that has one."""
        for start in (self.resource.properties, self.defaults):
            found: Node | None = start
            for name in path:
                found = _first(found.get(name)) if found is not None else None
            if found is not None:
                return found
        return None

    def has(self, *path: str) -> bool:
        """Whether something stands at a path, whatever it is."""
        found = self.node(*path)
        return found is not None and bool(found.text or found.items or found.pairs)

    def text(self, *path: str) -> str:
        """The text at a path; a parameter where it is not known; empty where nothing stands."""
        found = self.node(*path)
        return self.draft.fill_references(self.resource.resolver.resolve_text(found)) if found is not None else ""

    def texts(self, *path: str) -> tuple[str, ...]:
        """The texts of a list, or the one text."""
        resolver = self.resource.resolver
        found = (resolver.resolve_text(each) for each in expanded_items(self.node(*path)))
        return tuple(self.draft.fill_references(each) for each in found if each)

    def keys(self, *path: str) -> tuple[str, ...]:
        """The keys of a map, and of the map that `Globals` have in its place."""
        own, others = self.node(*path), self.nested(self.defaults).node(*path) if self.defaults is not None else None
        pairs = [*(own.pairs if own is not None else ()), *(others.pairs if others is not None else ())]
        return tuple(dict.fromkeys(key.text for key, _ in pairs))

    def items(self, *path: str) -> Iterator[ResourceProperties]:
        """The maps of a list."""
        for each in expanded_items(self.node(*path)):
            if each.kind is NodeKind.MAP:
                yield self.nested(each)

    def map_items(self, *path: str) -> Iterator[tuple[str, ResourceProperties]]:
        """The maps of a map, by their keys."""
        found = self.node(*path)
        for key, value in found.pairs if found is not None else ():
            for each in conditional_branches(value):
                if each.kind is NodeKind.MAP:
                    yield key.text, self.nested(each)

    def nested(self, node: Node) -> ResourceProperties:
        """The properties of a map among these."""
        return ResourceProperties(replace(self.resource, properties=node), self.draft)


def _first(node: Node | None) -> Node | None:
    return None if node is None else next(conditional_branches(node), None)
