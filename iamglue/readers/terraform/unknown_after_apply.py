"""The policies of a Terraform plan that are known only after it is applied.

https://developer.hashicorp.com/terraform/internals/json-format#change-representation
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.policy.source.nodes import Node
from iamglue.readers.terraform.blocks import JsonBlock, block_maps
from iamglue.readers.terraform.policy_attributes import (
    EXCLUSIVE_ATTACHMENTS,
    INLINE_POLICY_RESOURCES,
    LAMBDA_PERMISSION,
    LAYER_PERMISSION,
    POLICY_ATTRIBUTES,
)

_TRUST, _INLINE, _MANAGED = "assume_role_policy", "inline_policy", "managed_policy_arns"


def unknown_policies(address: str, block: JsonBlock, unknown: Node, expressions: Node | None) -> Iterator[NotEvaluated]:
    """What is not known of the policies of a resource.

    `unknown` is the plan's `after_unknown`: true in place of each unknown value. `expressions` is the configuration of
    the resource.
    """
    kind = block.labels[0]
    for attribute in _policy_attributes(kind):
        if _is_unknown(unknown.get(attribute)) and block.attribute(attribute) is None:
            yield _gap(address, f"{attribute} of {address}", "it is", policies_unknown=attribute != _TRUST)
    if kind == "aws_iam_role":
        inline = unknown.get(_INLINE)
        if any(_is_unknown(item.get("policy")) for item in block_maps(inline)) or _is_set(_INLINE, inline, expressions):
            yield _gap(address, f"inline policies of `{address}`", "they are", policies_unknown=True)
        arns = unknown.get(_MANAGED)
        if (arns is not None and any(map(_is_unknown, arns.items))) or _is_set(_MANAGED, arns, expressions):
            yield _gap(address, f"managed policies of `{address}`", "they are", policies_unknown=True)


def _is_unknown(value: Node | None) -> bool:
    return value is not None and value.text == "true"


def _is_set(name: str, unknown: Node | None, expressions: Node | None) -> bool:
    """Whether an argument is unknown as a whole, and the configuration sets it: otherwise the provider computes it."""
    return _is_unknown(unknown) and expressions is not None and expressions.get(name) is not None


def _gap(address: str, what: str, subject: str, *, policies_unknown: bool) -> NotEvaluated:
    """The gap for a part of a resource; `subject` begins the sentence that says why."""
    reason = f"{subject} known only after apply"
    kind = NotEvaluatedKind.UNDECIDABLE
    return NotEvaluated(kind, Subject("policy", address), what, reason, policies_unknown=policies_unknown)


def _policy_attributes(kind: str) -> tuple[str, ...]:
    """The attributes of a resource type that determine its policies."""
    if kind in INLINE_POLICY_RESOURCES:
        return ("policy",)
    if kind in EXCLUSIVE_ATTACHMENTS:
        return ("policy_arns",)
    if kind == LAMBDA_PERMISSION:
        return ("principal", "source_arn", "source_account")
    if kind == LAYER_PERMISSION:
        return ("principal", "organization_id")
    return tuple(attribute for attribute, _ in POLICY_ATTRIBUTES.get(kind, ())) or ("content",) * (
        kind == "aws_organizations_policy"
    )
