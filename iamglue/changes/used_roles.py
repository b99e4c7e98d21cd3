"""Which roles the resources of a template run with or pass: with another role, a resource gets other access.

The functions are left out: their roles are known, and compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.changes.node_texts import node_text
from iamglue.policy.source.nodes import Node
from iamglue.readers.terraform.blocks import HclBlock, TerraformBlock

# `Role`, `TaskRoleArn`, `iam_roles`, `IamInstanceProfile`, `role_name`; `Credentials` of API Gateway, ...
_ROLE_KEY = re.compile(
    r"\w*(roles?(_?arns?|_?name)?|instance_?profile(_?(arn|name))?)|credentials(_?arn)?", re.IGNORECASE
)
# In these, every key is a name that the user chose.
_FREE_KEYS = frozenset({"tags", "tags_all", "tagset", "environment", "variables"})
_IGNORED_TYPES = re.compile(
    r"AWS::IAM::|AWS::Lambda::Function$|AWS::Serverless::Function$|aws_iam_|awscc_iam_|aws_lambda_function$"
)


def roles_of_properties(resource_type: str, properties: Node | None) -> str | None:
    """What a resource of a template says of roles, as a text that is equal for equal roles; empty if it has none.

    None for a resource that other code compares.
    """
    if _IGNORED_TYPES.match(resource_type):
        return None
    return "" if properties is None else "\n".join(_role_texts(properties))


def roles_of_block(block: TerraformBlock, resource_type: str) -> str | None:
    """What a resource of Terraform says of roles; see `roles_of_properties`."""
    return None if _IGNORED_TYPES.match(resource_type) else "\n".join(_block_role_texts(block))


def _role_texts(node: Node) -> Iterator[str]:
    """Yield each value in a node, at any depth, whose key names a role, with this key."""
    for key, value in node.pairs:
        if _ROLE_KEY.fullmatch(key.text):
            yield f"{key.text}={node_text(value)}"
        elif key.text.lower() not in _FREE_KEYS:
            yield from _role_texts(value)
    for item in node.items:
        yield from _role_texts(item)


def _block_role_texts(block: TerraformBlock) -> Iterator[str]:
    """Yield each attribute in a block and its nested blocks that names a role."""
    for name in block.attribute_names():
        value = None if name in _FREE_KEYS else block.evaluate(name)
        if value is not None:
            yield from (f"{name}={node_text(value)}",) if _ROLE_KEY.fullmatch(name) else _role_texts(value)
    if isinstance(block, HclBlock):
        nested = (syntax.labels[0] if syntax.kind == "dynamic" else syntax.kind for syntax in block.syntax.body.blocks)
        for name in dict.fromkeys(nested):
            for inner in block.blocks(name):
                yield from _block_role_texts(inner)
