"""`${...}` in the strings of a spec or policy: parameters, IAM policy variables, escapes.

Policy variables: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

REGION_PARAMETER = "${AWS::Region}"
ACCOUNT_PARAMETER = "${AWS::AccountId}"
PARTITION_PARAMETER = "${AWS::Partition}"

_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9]*")


class TokenKind(Enum):
    """What a token is."""

    LITERAL = "literal"
    PARAMETER = "parameter"  # ${Name}: known at deployment
    PSEUDO_PARAMETER = "pseudo"  # ${AWS::Region} and the like: known to the deployment without being asked for
    VARIABLE = "variable"  # ${aws:username}: known to IAM when a request is made
    ESCAPE = "escape"  # ${*} ${?} ${$}: the character itself
    MALFORMED = "malformed"  # anything else that begins with ${


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a string: `text` as written, `name` what stands between the braces (or the literal text)."""

    kind: TokenKind
    text: str
    name: str

    @property
    def is_parameter(self) -> bool:
        """Whether it stands for a text that only the deployment knows; IAM takes nothing malformed, a template may."""
        return self.kind in _KNOWN_AT_DEPLOYMENT


_KNOWN_AT_DEPLOYMENT = frozenset({TokenKind.PARAMETER, TokenKind.PSEUDO_PARAMETER, TokenKind.MALFORMED})


@lru_cache(maxsize=4096)
def tokenize(text: str) -> tuple[Token, ...]:
    """The pieces of `text` in order; their `text`s joined are `text`."""
    if "${" not in text:
        return (Token(TokenKind.LITERAL, text, text),) if text else ()
    found: list[Token] = []
    at = 0
    for match in _REFERENCE.finditer(text):
        found += _literal(text[at : match.start()])
        found.append(Token(_kind(match[1]), match[0], match[1]))
        at = match.end()
    return (*found, *_literal(text[at:]))


def deployment_parameter_names(text: str) -> tuple[str, ...]:
    """The names of the deployment parameters in `text`, in order, pseudo-parameters left out."""
    return tuple(token.name for token in tokenize(text) if token.kind is TokenKind.PARAMETER)


def has_parameters(text: str) -> bool:
    """Whether a part of `text` is known only at deployment."""
    return "${" in text and any(token.is_parameter for token in tokenize(text))


def substitute_parameters(text: str, values: dict[str, str]) -> str:
    """`text` with each parameter (and pseudo-parameter) that `values` names replaced by its value."""
    if "${" not in text:
        return text
    replaceable = (TokenKind.PARAMETER, TokenKind.PSEUDO_PARAMETER)
    return "".join(values.get(t.name, t.text) if t.kind in replaceable else t.text for t in tokenize(text))


def _literal(text: str) -> list[Token]:
    if not text:
        return []
    head, opened, tail = text.partition("${")
    if not opened:
        return [Token(TokenKind.LITERAL, text, text)]
    before = [Token(TokenKind.LITERAL, head, head)] if head else []
    return [*before, Token(TokenKind.MALFORMED, opened + tail, tail)]


def _kind(name: str) -> TokenKind:
    if name in ("*", "?", "$"):
        return TokenKind.ESCAPE
    if name.startswith("AWS::"):
        return TokenKind.PSEUDO_PARAMETER
    if ":" in name:
        return TokenKind.VARIABLE
    return TokenKind.PARAMETER if _PARAMETER.fullmatch(name) else TokenKind.MALFORMED
