"""A resource of a template, with methods that add its policies to the collector."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.policy_collector import PolicyCollector
from iamglue.readers.policy_documents import guess_policy_type
from iamglue.readers.templates.conditional_values import expanded_items
from iamglue.readers.templates.intrinsics import IntrinsicResolver


@dataclass(frozen=True, slots=True)
class TemplateResource:
    """A resource: its logical ID, type and properties; `key` is the node of its ID.

    The branches of the properties, and so of its policies, are those of the resource's `Condition`.
    """

    id: str
    type: str
    properties: Node
    resolver: IntrinsicResolver
    collector: PolicyCollector
    key: Node | None = None

    def get(self, name: str) -> Node | None:
        """The value of a property, or None."""
        return self.properties.get(name)

    def text(self, name: str) -> str:
        """The resolved text of a property; empty if it is not set or not text."""
        return self.resolver.resolve_text(self.get(name))

    def add_policies(
        self, node: Node | None, type: PolicyType, name: str = "", *, guess: bool = False, **fields: Any
    ) -> None:
        """Add the policies that the value of a property can be; `fields` are further fields of ParsedPolicy."""
        for document in self.collector.resolve_documents(node, self.resolver) if node is not None else ():
            kind = (guess_policy_type(document) or type) if guess else type
            branches = document.branches | self.properties.branches
            self.collector.add(
                replace(document, branches=branches) if branches else document, kind, name or self.id, **fields
            )

    def add_attachments(self, name: str, owner: str = "", kind: str = "managed-policy") -> None:
        """Add the policies that a property attaches by name or ARN: a text or a list of texts.

        A value that is not known is recorded as not evaluated.
        """
        for item in expanded_items(self.get(name)):
            value = self.resolver.resolve(item)
            if value.kind is NodeKind.SCALAR and not value.is_null:
                self.collector.add_attachment(value, owner or self.id, kind)
            elif value.kind is NodeKind.UNKNOWN:
                what, reason = f"the policies of `{name}` at {value.location}", f"`{value.text}` is not known"
                self.collector.record_not_evaluated(owner or self.id, what, reason)
