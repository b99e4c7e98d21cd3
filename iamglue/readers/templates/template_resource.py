"""One resource of a template, and how a reader hands on the policies that it finds in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.patterns.variables import parameters
from iamglue.policy.source.nodes import Node, Shape
from iamglue.readers.found_policies import FoundPolicies
from iamglue.readers.policy_documents import guessed_type
from iamglue.readers.templates.intrinsics import Resolver, structural_items


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource: its logical id, type and properties."""

    id: str
    type: str
    properties: Node
    resolver: Resolver
    found: FoundPolicies

    def get(self, name: str) -> Node | None:
        """The value of a property, or None."""
        return self.properties.get(name)

    def text(self, name: str) -> str:
        """The text of a property with holes, empty for one that is not there or no text."""
        return self.resolver.text(self.get(name))

    def add(self, node: Node | None, type: PolicyType, name: str = "", *, guess: bool = False, **more: Any) -> None:
        """The policies that the value of a property is."""
        for document in self.found.documents(node, self.resolver) if node is not None else ():
            kind = (guessed_type(document) or type) if guess else type
            self.found.add(document, kind, name or self.id, **more)

    def attach(self, name: str, owner: str = "", kind: str = "managed-policy") -> None:
        """What a property attaches by name: a text or a list of them."""
        for item in structural_items(self.get(name)):
            value = self.resolver.resolved(item)
            if value.shape is Shape.SCALAR and not value.is_null:
                self.found.attach(value, owner or self.id, kind)


def referenced(text: str) -> str:
    """The logical id where a text is one reference (`${Role}`), else the text."""
    names = parameters(text)
    return names[0] if len(names) == 1 and text == f"${{{names[0]}}}" else text
