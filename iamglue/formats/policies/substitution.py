"""Strings as CloudFormation values: plain, `!Ref` or `!Sub`, so that the deployed string is exactly the one meant.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html
"""

from __future__ import annotations

import re
from typing import Any

from iamglue.errors import IamglueError
from iamglue.formats.policies.names import unused_name
from iamglue.formats.policies.yaml_writer import TaggedScalar
from iamglue.policy.patterns.variables import PARTITION_PARAMETER, Token, TokenKind, tokenize

SUBSTITUTED_KINDS = (TokenKind.PARAMETER, TokenKind.PSEUDO_PARAMETER)
_ARN_PARTITION = re.compile(r"arn:(aws[a-z-]*)(?=:)")
_SIMPLE = re.compile(r"\$\{[A-Za-z0-9:._/@+=-]+\}")


def cloudformation_value(text: str) -> Any:
    """`text` as a CloudFormation value. Raises IamglueError for a dynamic reference, which has no escape."""
    pieces = tokenize(reject_dynamic_reference(text))
    if not any(piece.kind in SUBSTITUTED_KINDS for piece in pieces):
        return text
    if len(pieces) == 1:
        return TaggedScalar("!Ref", pieces[0].name)
    dollar = unused_name("Dollar", [piece.name for piece in pieces])
    body = _own_partition("".join(_piece(piece, dollar) for piece in pieces))
    return {"Fn::Sub": [body, {dollar: "$"}]} if f"${{{dollar}}}" in body else TaggedScalar("!Sub", body)


def reject_dynamic_reference(text: str) -> str:
    """`text`. Raises IamglueError when CloudFormation would put a secret or parameter of the account into it.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
    """
    if "{{resolve:" in text:
        raise IamglueError(
            f"{text!r} is a dynamic reference to CloudFormation, and there is no way to write it as text"
        )
    return text


def _piece(piece: Token, dollar: str) -> str:
    """`${!Name}` is the documented escape of `${Name}`; a text that is no such name gets its `$` from a variable."""
    if piece.kind in SUBSTITUTED_KINDS or piece.kind is TokenKind.LITERAL:
        return piece.text
    if _SIMPLE.fullmatch(piece.text):
        return "${!" + piece.text[2:]
    return f"${{{dollar}}}{piece.text[1:]}"


def _own_partition(text: str) -> str:
    """A stack deploys to its own partition, so an ARN that is substituted anyway takes the partition from the stack."""
    return _ARN_PARTITION.sub(f"arn:{PARTITION_PARAMETER}", text, count=1) if text.startswith("arn:aws") else text
