"""Recognises a serverless.yml."""

from __future__ import annotations

from iamglue.policy.source.nodes import Node, NodeKind


def is_serverless(root: Node) -> bool:
    """Whether a document is a serverless.yml."""
    provider = root.get("provider")
    if provider is None or root.get("service") is None:
        return False
    return provider.kind is not NodeKind.LIST and (provider.get("name") is not None or provider.kind is NodeKind.SCALAR)
