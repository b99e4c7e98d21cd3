"""Where a template declares a policy, a role or a function."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.findings import SourceSpan
from iamglue.policy.source.nodes import Node
from iamglue.policy.source.pointers import pointer_at


@dataclass(frozen=True, slots=True)
class Origin:
    """The node of a template that declares something.

    `statements` has the nodes of a policy's statements, in the order of the policy. `root` is the document that
    contains the node; in a text that has no JSON pointers, HCL, it is None and `address` is the pointer that the
    resource has in Terraform's JSON syntax: https://developer.hashicorp.com/terraform/language/syntax/json
    `synthesized`: a program wrote the policy's document.
    """

    node: Node
    root: Node | None = None
    statements: tuple[Node, ...] = ()
    address: str = ""
    synthesized: bool = False

    @property
    def has_document(self) -> bool:
        """Whether the template has the policy's statements, and not only what a framework makes them from."""
        return bool(self.statements)

    def span(self, *pointers: str) -> SourceSpan:
        """The location of the values at JSON pointers into the policy; of several, the lines are those of the first.

        A pointer that the template does not contain leads to the nearest value around it.
        """
        nodes = [self._node_at(pointer) for pointer in pointers] or [self.node]
        node, source = nodes[0], nodes[0].source
        # A YAML block ends where the next one begins.
        end = node.start + len(source.text[node.start : node.end].rstrip())
        in_template = (
            self._template_pointer(node, pointer) for node, pointer in zip(nodes, pointers or ("",), strict=True)
        )
        return SourceSpan(
            source.path,
            *source.line_and_column(node.start),
            *source.line_and_column(max(end, node.start)),
            " ".join(dict.fromkeys(in_template)),
            source.file_line(node.start),
        )

    def _node_at(self, pointer: str) -> Node:
        """The node at a pointer into the policy, or the nearest node around it."""
        node = self.node
        names = pointer.split("/")[1:]
        if names[:1] == ["Statement"] and self.statements:
            index = int(names[1]) if len(names) > 1 else 0
            node, names = self.statements[min(index, len(self.statements) - 1)], names[2:]
        for name in names:
            inner = node.items[int(name)] if name.isdecimal() and int(name) < len(node.items) else node.get(name)
            if inner is None:
                break
            node = inner
        return node

    def _template_pointer(self, node: Node, pointer: str) -> str:
        """The pointer of a value in the template; in HCL, that of the resource and the value's in its policy."""
        if self.root is None:
            return f"{self.address}{pointer}"
        return pointer_at(self.root, *map(node.source.file_offset, (node.start, node.end)))
