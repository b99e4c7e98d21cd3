"""Permission sets as a part of serverless.yml: each function with its own role, and the roles as resources.

Without a role per function, the Serverless Framework would create one role for the whole service
(https://www.serverless.com/framework/docs/providers/aws/guide/iam). The framework's variable syntax `${name:...}` also
matches IAM policy variables, and its rules and escapes differ between versions 3 and 4. Strings with `${` for IAM are
therefore written as pieces that CloudFormation joins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from iamglue.errors import IamglueError
from iamglue.formats.policies.cloudformation import (
    FILTERS,
    TemplatePermissionSet,
    block_yaml,
    flow_yaml,
    permission_property_lines,
    template_permission_sets,
)
from iamglue.formats.policies.document_mapping import map_document
from iamglue.formats.policies.substitution import reject_dynamic_reference
from iamglue.formats.policies.yaml_writer import TaggedScalar, yaml_scalar
from iamglue.formats.templates import render_template
from iamglue.formats.words.safe_text import SafeText
from iamglue.model.permission_set import InvokePermission, PermissionSet
from iamglue.policy.model import Policy
from iamglue.policy.patterns.variables import Token, TokenKind, tokenize

_FUNCTION_KEY = re.compile(r"[A-Za-z0-9_-]+")


def render(permission_sets: Sequence[PermissionSet]) -> str:
    """The part of serverless.yml for all permission sets.

    Raises IamglueError for a deployment parameter, which the format does not support, and for a function name that is
    not a valid key.
    """
    for name in (permission_set.function for permission_set in permission_sets):
        if not _FUNCTION_KEY.fullmatch(name):
            raise IamglueError(
                f"function {name!r} is not a valid key of serverless.yml: expected letters, digits, - and _"
            )
    return render_template("serverless.yaml.j2", _FILTERS, functions=template_permission_sets(permission_sets, ()))


def cloudformation_join(text: str) -> Any:
    """`text` as a CloudFormation value in which the Serverless Framework finds no variable."""
    pieces = tokenize(reject_dynamic_reference(text))
    kinds = {piece.kind for piece in pieces}
    if TokenKind.PARAMETER in kinds:
        raise IamglueError(
            f"{text!r} contains a deployment parameter, which serverless.yml does not support",
            hint="set it with `--set Name=value`",
        )
    if kinds == {TokenKind.PSEUDO_PARAMETER} and len(pieces) == 1:
        return TaggedScalar("!Ref", pieces[0].name)
    if kinds <= {TokenKind.LITERAL}:
        return text
    if kinds <= {TokenKind.LITERAL, TokenKind.PSEUDO_PARAMETER}:
        return TaggedScalar("!Sub", text)
    return {"Fn::Join": ["", [part for piece in pieces for part in _join_parts(piece)]]}


def _join_parts(piece: Token) -> list[Any]:
    """Parts for Fn::Join, split between `$` and `{` so that no part contains `${`."""
    if piece.kind is TokenKind.PSEUDO_PARAMETER:
        return [TaggedScalar("!Ref", piece.name)]
    return re.split(r"(?<=\$)(?=\{)", piece.text)


def _value(text: Any) -> SafeText:
    return flow_yaml(cloudformation_join(text) if isinstance(text, str) else text)


def _policy(policy: Policy, indent: int) -> SafeText:
    return block_yaml(map_document(policy, cloudformation_join), indent)


def _properties(permission: InvokePermission, indent: int) -> SafeText:
    return permission_property_lines(permission, _value, indent)


def _function_name(part: TemplatePermissionSet) -> SafeText:
    """Reference to the function by the logical ID that the framework derives from its key in `functions`.

    https://www.serverless.com/framework/docs/providers/aws/guide/resources
    """
    name = part.permission_set.function.replace("-", "Dash").replace("_", "Underscore")
    return SafeText(f"!GetAtt {yaml_scalar(f'{name[:1].upper()}{name[1:]}LambdaFunction.Arn')}")


_FILTERS = FILTERS | {
    "function_arn": _function_name,
    "function_name": _function_name,
    "policy": _policy,
    "properties": _properties,
    "value": _value,
}
