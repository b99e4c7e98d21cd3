"""Files with values for a deployment: what they decide is known only where Terraform reads them by itself."""

from __future__ import annotations

import re

from iamglue.policy.source.nodes import Node, NodeKind

# Configurations of SAM, the CDK and Pulumi; values for Terraform; configurations of Terragrunt, which sets variables.
_VALUE_FILES = re.compile(
    r"samconfig\.(toml|ya?ml)|cdk(\.context)?\.json|pulumi\.[\w.-]+\.ya?ml|.+\.tfvars(\.json)?|.+\.hcl"
    r"|serverless-compose\.ya?ml|\.env(\.(?!example|sample|template|dist)[\w-]+)*",
    re.IGNORECASE,
)
# What a file of Terragrunt has; files of other tools, such as policies of Vault, have none of these.
# https://terragrunt.gruntwork.io/docs/reference/hcl/
_TERRAGRUNT = re.compile(
    r"^\s*(inputs\s*=|(locals|terraform|include|generate|remote_state|unit|stack)\b[^=\n]*\{)", re.MULTILINE
)
# https://developer.hashicorp.com/terraform/language/files/stack
_STACK_SUFFIXES = (".tfcomponent.hcl", ".tfdeploy.hcl", ".tfstack.hcl")
_VALUE = re.compile(r"[A-Za-z][A-Za-z0-9]*=")


def is_value_file(path: str, text: str) -> bool:
    """Whether a file has values for a deployment, by its name and, if that is not enough, by its text."""
    is_named_so = _VALUE_FILES.fullmatch(path.rpartition("/")[2]) is not None
    is_of_stack = path.endswith(_STACK_SUFFIXES)
    return is_named_so and (not path.endswith(".hcl") or is_of_stack or _TERRAGRUNT.search(text) is not None)


def has_parameter_values(root: Node) -> bool:
    """Whether a document has values for the parameters of a template, in one of the forms that AWS reads.

    https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/#options
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html
    """
    if root.kind is NodeKind.LIST:
        items = root.items
        return bool(items) and all(item.get("ParameterKey") is not None or _VALUE.match(item.text) for item in items)
    parameters = root.get("Parameters")
    values = () if parameters is None else parameters.pairs
    return bool(values) and all(value.kind is NodeKind.SCALAR for _, value in values)
