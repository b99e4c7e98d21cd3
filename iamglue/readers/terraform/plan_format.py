"""Recognises Terraform plans."""

from __future__ import annotations

from iamglue.policy.source.nodes import Node

_KEYS = ("planned_values", "resource_changes", "prior_state")


def is_plan(root: Node) -> bool:
    """Whether a document is the output of `terraform show -json`."""
    return root.get("terraform_version") is not None and any(root.get(key) is not None for key in _KEYS)
