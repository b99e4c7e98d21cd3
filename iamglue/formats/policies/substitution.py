"""Strings as CloudFormation values: plain, `!Ref` or `!Sub`, so that the deployed string is the intended one.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html
"""

from __future__ import annotations

import re
from typing import Any

from iamglue.errors import IamglueError
from iamglue.formats.policies.names import unused_name
from iamglue.formats.policies.yaml_writer import TaggedScalar
from iamglue.policy.patterns.variables import PARTITION_PARAMETER, Token, TokenKind, tokenize

_ARN_PARTITION = re.compile(r"arn:(aws[a-z-]*)(?=:)")
_SIMPLE = re.compile(r"\$\{[A-Za-z0-9:._/@+=-]+\}")


def cloudformation_value(text: str) -> Any:
    """`text` as a CloudFormation value. Raises IamglueError for a dynamic reference, which cannot be escaped."""
    pieces = tokenize(reject_dynamic_reference(text))
    if not any(piece.is_named_parameter for piece in pieces):
        return text
    if len(pieces) == 1:
        return TaggedScalar("!Ref", pieces[0].name)
    dollar = unused_name("Dollar", [piece.name for piece in pieces])
    body = _with_stack_partition("".join(_piece(piece, dollar) for piece in pieces))
    return {"Fn::Sub": [body, {dollar: "$"}]} if f"${{{dollar}}}" in body else TaggedScalar("!Sub", body)


def reject_dynamic_reference(text: str) -> str:
    """Return `text`. Raises IamglueError if CloudFormation would replace part of it by a secret or SSM parameter.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
    """
    if "{{resolve:" in text:
        raise IamglueError(
            f"{text!r} is a dynamic reference for CloudFormation, which cannot be escaped as literal text"
        )
    return text


def _piece(piece: Token, dollar: str) -> str:
    """A token as text of `Fn::Sub`: `${Name}` is escaped as `${!Name}`, any other `${` by a variable for its `$`."""
    if piece.is_named_parameter or piece.kind is TokenKind.LITERAL:
        return piece.text
    if _SIMPLE.fullmatch(piece.text):
        return "${!" + piece.text[2:]
    return f"${{{dollar}}}{piece.text[1:]}"


def _with_stack_partition(text: str) -> str:
    """`text` with the partition of an ARN replaced by the stack's, since the string is substituted in any case."""
    return _ARN_PARTITION.sub(f"arn:{PARTITION_PARAMETER}", text, count=1) if text.startswith("arn:aws") else text
