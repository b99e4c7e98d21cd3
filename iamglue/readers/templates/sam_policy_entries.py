"""The kinds of entries in the `Policies` of a SAM function or state machine.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
"""

from __future__ import annotations

from enum import StrEnum

from iamglue.catalog.sam_policy_templates import sam_policy_parameters
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.policy_documents import is_policy
from iamglue.readers.templates.intrinsic_calls import parse_intrinsic


class SamPolicyKind(StrEnum):
    """What an entry is. SAM refuses the whole template for an INVALID one, and for a TEMPLATE that it does not have."""

    DOCUMENT = "document"
    TEMPLATE = "sam-template"
    MANAGED_POLICY = "managed-policy"
    INVALID = "invalid-sam-policy"


def sam_policy_kind(policy: Node) -> SamPolicyKind:
    """The kind of an entry, as SAM tells them apart: a document has `Statement`, a policy template is the only key.

    A function call is a managed policy. A map with a misspelled `Statement` is a document too, so that its problems
    are reported as those of a document.
    """
    if policy.kind is NodeKind.LIST:
        return SamPolicyKind.INVALID
    if policy.kind is not NodeKind.MAP or parse_intrinsic(policy) is not None:
        return SamPolicyKind.MANAGED_POLICY
    if policy.get("Statement") is not None:
        return SamPolicyKind.DOCUMENT
    is_only_key = len(policy.pairs) == 1
    if is_only_key and sam_policy_parameters(policy.pairs[0][0].text) is not None:
        return SamPolicyKind.TEMPLATE
    if is_policy(policy):
        return SamPolicyKind.DOCUMENT
    return SamPolicyKind.TEMPLATE if is_only_key else SamPolicyKind.INVALID
