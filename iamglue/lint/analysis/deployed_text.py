"""The text of a value as in one deployment, with sample values for what is known to be one name."""

from __future__ import annotations

from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.patterns.variables import deployment_parameter_names, has_named_parameters, substitute_parameters
from iamglue.policy.source.nodes import Node

# Where the resources of the caller are: names that no policy mentions, except the usual partition.
SAMPLE_LOCATION = ("aws", "iamglue-region-1", "000000000000")
_PARTITION, _REGION, _ACCOUNT = SAMPLE_LOCATION
_SAMPLE_NAME = "iamglue-name"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
_PSEUDO_VALUES = {
    "AWS::Partition": _PARTITION,
    "AWS::Region": _REGION,
    "AWS::AccountId": _ACCOUNT,
    "AWS::URLSuffix": "amazonaws.com",
}


def deployed_text(node: Node) -> str | None:
    """The text of a value; None if it has parts, other than the account, Region or partition, that are not known.

    A policy is deployed to one account, Region and partition: `role/*` of an account that is not known is as wide as
    `role/*` of one that is.
    """
    if not node.unresolved:
        return node.text
    text = substitute_parameters(node.text, _PSEUDO_VALUES)
    return None if has_named_parameters(text) else text


def text_with_sample_names(policy: ParsedPolicy, text: str) -> str:
    """The text with a sample name for each reference to the name, ID or URL of a resource in the same template.

    Which name it is does not matter to a rule that compares forms of ARNs: a name has no `:` and is not a pattern.
    """
    if not policy.reference_names:
        return text
    names = [name for name in deployment_parameter_names(text) if name in policy.reference_names]
    return substitute_parameters(text, dict.fromkeys(names, _SAMPLE_NAME)) if names else text
