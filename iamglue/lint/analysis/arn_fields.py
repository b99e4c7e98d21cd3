"""The Region and account fields of the ARNs in `Resource`, for the rules that check one of them."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Fix, build_fix
from iamglue.policy.arns import ARN_FIELD_COUNT, replace_arn_field, split_arn_fields
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node

ArnFields = tuple[str, ...]


def arns_with_literal_field(policy: ParsedPolicy, index: int) -> Iterator[tuple[Node, ArnFields]]:
    """Each resource that is an ARN, with its fields, if the field `index` has no wildcard and no variable."""
    for _, node in policy.resources:
        fields = split_arn_fields(node.text)
        if len(fields) == ARN_FIELD_COUNT and fields[0] == "arn" and not is_open_field(fields[index]):
            yield node, fields


def is_open_field(field: str) -> bool:
    """True if the field contains a wildcard or a variable."""
    return "*" in field or "?" in field or "${" in field


def field_fix(node: Node, fields: ArnFields, index: int, text: str | None, description: str) -> Fix | None:
    """A fix that writes `text` into a field of the ARN; None if no text is known."""
    if text is None:
        return None
    return build_fix(description, replace_scalar(node, replace_arn_field(fields, index, text)))
