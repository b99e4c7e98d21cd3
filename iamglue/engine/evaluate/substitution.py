"""Policy variables in strings, replaced by values from the request's context.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from iamglue.engine.evaluate.request import RequestContext
from iamglue.engine.evaluate.truth import Truth
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.patterns.variables import Token, TokenKind, has_parameters, tokenize

# A text, and whether it is literal, so that its `*` and `?` are ordinary characters.
Piece = tuple[str, bool]
Pieces = tuple[Piece, ...]
# A test of one text in one context.
TextTest = Callable[[str, RequestContext], Truth]
# Builds a test of a text from the pieces of a policy's string.
Tester = Callable[[Pieces], Callable[[str], Truth]]

_WITH_DEFAULT = re.compile(r"(?P<key>[^,]+), '(?P<default>.*)'", re.DOTALL)
_STAR: Piece = ("*", False)
_WILDCARD_CHARACTERS = re.compile(r"[*?$]")


@dataclass(frozen=True, slots=True)
class _Variable:
    """A policy variable: the key in lower case, and the default for requests without the key."""

    key: str
    default: str | None


def text_test(text: str, tester: Tester, *, variables: bool, null_result: Truth, possible_match: Tester) -> TextTest:
    """The test of a policy's string.

    Without `variables`, as in version 2008-10-17, `${` is plain text. `null_result` is the result if a key is missing
    and its variable has no default. A deployment parameter equals itself; whether it equals another text is undecided.
    `possible_match` builds a test that is False for texts that cannot match whatever the values of `${...}` are: it
    gets the string with stars in their place.
    """
    if not variables or "${" not in text:
        matches = tester(((text, False),))
        return lambda value, _context: matches(value)
    parts = _parse_parts(text)
    has_unknown_parameter = has_parameters(text)
    may_match, cached_tester = possible_match(_parts_as_wildcards(parts, text)), lru_cache(maxsize=1024)(tester)

    def test(value: str, context: RequestContext) -> Truth:
        pieces = _substitute(parts, context)
        if pieces is False:
            return null_result
        result = cached_tester(pieces)(value) if isinstance(pieces, tuple) else False
        if has_unknown_parameter and value == text:
            return True
        if result is not False:
            return result
        return None if (has_unknown_parameter or pieces is None) and may_match(value) else False

    return test


def has_variables(text: str) -> bool:
    """Whether `text` has a policy variable. Deployment parameters do not count."""
    return any(token.kind is TokenKind.VARIABLE for token in tokenize(text))


def substituted_pattern(pattern: str, context: RequestContext) -> str | Literal[False] | None:
    """A Resource pattern with the context's values in place of its policy variables, `${*}` and `${?}` for wildcards.

    False if it matches nothing: a variable has no value, or is not after the fifth colon, where it is literal text.
    None if AWS does not document its value.
    """
    if not has_variables(pattern):
        return pattern
    fields = split_arn_fields(pattern)
    if any(map(has_variables, fields[: ARN_FIELD_COUNT - 1])):
        return False
    texts: list[str] = []
    for token in tokenize(pattern):
        if token.kind is not TokenKind.VARIABLE:
            texts.append(token.text)
            continue
        pieces = _substitute((_parse_part(token),), context)
        if not isinstance(pieces, tuple):
            return pieces
        texts.append(_WILDCARD_CHARACTERS.sub(r"${\g<0>}", pieces_text(pieces)))
    return "".join(texts)


def _parts_as_wildcards(parts: tuple[Piece | _Variable, ...], text: str) -> Pieces:
    """The pieces with a star in place of each variable and deployment parameter."""
    parameters = {token.text for token in tokenize(text) if token.is_parameter}
    return tuple(_STAR if isinstance(part, _Variable) or part[0] in parameters else part for part in parts)


@lru_cache(maxsize=4096)
def _parse_parts(text: str) -> tuple[Piece | _Variable, ...]:
    """The pieces and variables of a string, in order."""
    return tuple(_parse_part(token) for token in tokenize(text))


def _parse_part(token: Token) -> Piece | _Variable:
    """A token as a piece or a variable."""
    if token.kind is TokenKind.ESCAPE:
        return (token.name, True)
    if token.kind is not TokenKind.VARIABLE:
        return (token.text, token.is_parameter)
    default_match = _WITH_DEFAULT.fullmatch(token.name)
    return (
        _Variable(default_match["key"].lower(), default_match["default"])
        if default_match
        else _Variable(token.name.lower(), None)
    )


def _substitute(parts: tuple[Piece | _Variable, ...], context: RequestContext) -> Pieces | Literal[False] | None:
    """The pieces; False if a variable has no value, None if AWS does not document its value."""
    pieces: list[Piece] = []
    for part in parts:
        if not isinstance(part, _Variable):
            pieces.append(part)
            continue
        values = context.get(part.key, ())
        # AWS does not document variables of multivalued keys, nor of keys with a space.
        if len(values) > 1 or " " in part.key:
            return None
        value = values[0] if values else part.default
        if value is None:
            return False
        # A value from the request is literal: its `*` and `?` are not wildcards.
        pieces.append((value, True))
    return tuple(pieces)


def pieces_text(pieces: Pieces) -> str:
    """The text of pieces, for operators without wildcards."""
    return "".join(text for text, _ in pieces)
