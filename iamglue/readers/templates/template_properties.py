"""The properties of a template's resource as texts and lists, functions carried out and references filled in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from iamglue.policy.source.nodes import Node, Shape
from iamglue.readers.templates.intrinsics import branches, structural_items
from iamglue.readers.templates.template_draft import AccountDraft
from iamglue.readers.templates.template_resource import Resource


@dataclass(frozen=True, slots=True)
class Properties:
    """A resource's properties, or a map among them; `defaults` is what SAM's `Globals` say where it says nothing."""

    resource: Resource
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
        return self.draft.filled(self.resource.resolver.text(found)) if found is not None else ""

    def texts(self, *path: str) -> tuple[str, ...]:
        """The texts of a list, or the one text."""
        resolver = self.resource.resolver
        found = (resolver.text(each) for each in structural_items(self.node(*path)))
        return tuple(self.draft.filled(each) for each in found if each)

    def keys(self, *path: str) -> tuple[str, ...]:
        """The keys of a map, and of the map that `Globals` have in its place."""
        own, others = self.node(*path), self.of(self.defaults).node(*path) if self.defaults is not None else None
        pairs = [*(own.pairs if own is not None else ()), *(others.pairs if others is not None else ())]
        return tuple(dict.fromkeys(key.text for key, _ in pairs))

    def items(self, *path: str) -> Iterator[Properties]:
        """The maps of a list."""
        for each in structural_items(self.node(*path)):
            if each.shape is Shape.MAP:
                yield self.of(each)

    def named(self, *path: str) -> Iterator[tuple[str, Properties]]:
        """The maps of a map, by their keys."""
        found = self.node(*path)
        for key, value in found.pairs if found is not None else ():
            for each in branches(value):
                if each.shape is Shape.MAP:
                    yield key.text, self.of(each)

    def of(self, node: Node) -> Properties:
        """The properties of a map among these."""
        return Properties(replace(self.resource, properties=node), self.draft)


def _first(node: Node | None) -> Node | None:
    return None if node is None else next(branches(node), None)
