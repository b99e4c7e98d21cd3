"""Bundles as a part of serverless.yml: each function with the role that is its own, and the roles as resources.

A role on the function keeps the Serverless Framework from making one role for the whole service
(https://www.serverless.com/framework/docs/providers/aws/guide/iam). The framework has a variable syntax of its own,
`${name:...}`, which IAM policy variables fall into; its rules and escapes differ between versions 3 and 4. So no
string that IAM is to see with `${` in it is written with `${` in it: CloudFormation joins it from its pieces.
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


def render(bundles: Sequence[PermissionSet]) -> str:
    """The part for all of `bundles`.

    Raises IamglueError for a deployment parameter, as the format has none, and for a name that cannot be a key in it.
    """
    for bundle in bundles:
        if not _FUNCTION_KEY.fullmatch(bundle.function):
            raise IamglueError(f"function {bundle.function!r}: a key of serverless.yml is of letters, digits, - and _")
    return render_template("serverless.yaml.j2", _FILTERS, functions=template_permission_sets(bundles, ()))


def cloudformation_join(text: str) -> Any:
    """`text` as a CloudFormation value that the Serverless Framework finds no variable of its own in."""
    pieces = tokenize(reject_dynamic_reference(text))
    kinds = {piece.kind for piece in pieces}
    if TokenKind.PARAMETER in kinds:
        raise IamglueError(
            f"{text!r} holds a deployment parameter, and a serverless.yml has none",
            hint="set it with `--set Name=value`",
        )
    if kinds == {TokenKind.PSEUDO_PARAMETER} and len(pieces) == 1:
        return TaggedScalar("!Ref", pieces[0].name)
    if kinds <= {TokenKind.LITERAL}:
        return text
    if kinds <= {TokenKind.LITERAL, TokenKind.PSEUDO_PARAMETER}:
        return TaggedScalar("!Sub", text)
    return {"Fn::Join": ["", [part for piece in pieces for part in _parts(piece)]]}


def _parts(piece: Token) -> list[Any]:
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
    """The framework's own logical id of a function, which is made of its key in `functions`.

    https://www.serverless.com/framework/docs/providers/aws/guide/resources
    """
    name = part.permission_set.function.replace("-", "Dash").replace("_", "Underscore")
    return SafeText(f"!GetAtt {yaml_scalar(f'{name[:1].upper()}{name[1:]}LambdaFunction.Arn')}")


_FILTERS = FILTERS | {
    "function_name": _function_name,
    "policy": _policy,
    "properties": _properties,
    "value": _value,
}
