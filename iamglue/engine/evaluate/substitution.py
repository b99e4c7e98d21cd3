"""`${...}` in a policy's strings, replaced by what a request's context holds.

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
from iamglue.policy.patterns.variables import Token, TokenKind, has_parameters, tokenize

# A text, and whether it is literal, that is whether its `*` and `?` are ordinary characters.
Piece = tuple[str, bool]
Pieces = tuple[Piece, ...]
# A test of one text for one context.
TextTest = Callable[[str, RequestContext], Truth]
# What makes a test of a text out of the pieces of a policy's string.
Tester = Callable[[Pieces], Callable[[str], Truth]]

_WITH_DEFAULT = re.compile(r"(?P<key>[^,]+), '(?P<default>.*)'", re.DOTALL)
_ANYTHING: Piece = ("*", False)


@dataclass(frozen=True, slots=True)
class _Variable:
    """A policy variable: the key in lower case, and what stands for it when the request has no such key."""

    key: str
    default: str | None


def text_test(text: str, tester: Tester, *, variables: bool, null: Truth, possible: Tester) -> TextTest:
    """The test of a policy's string.

    Without `variables`, as in version 2008-10-17, `${` is text. `null` is the answer when a key is absent and its
    variable has no default. A deployment parameter equals itself; whether it equals another text is not known.
    `possible` tells what cannot match whatever stands for `${...}`: it is given the string with stars in its place.
    """
    if not variables or "${" not in text:
        fixed = tester(((text, False),))
        return lambda value, _context: fixed(value)
    parts = _parts(text)
    uncertain = has_parameters(text)
    wider, made = possible(_widest(parts, text)), lru_cache(maxsize=1024)(tester)

    def test(value: str, context: RequestContext) -> Truth:
        found = _replaced(parts, context)
        if found is False:
            return null
        held = made(found)(value) if isinstance(found, tuple) else False
        if uncertain and value == text:
            return True
        if held is not False:
            return held
        return None if (uncertain or found is None) and wider(value) else False

    return test


def has_variables(text: str) -> bool:
    """Whether `text` has a policy variable, deployment parameters left out."""
    return any(token.kind is TokenKind.VARIABLE for token in tokenize(text))


def _widest(parts: tuple[Piece | _Variable, ...], text: str) -> Pieces:
    unknown = {token.text for token in tokenize(text) if token.is_parameter}
    return tuple(_ANYTHING if isinstance(part, _Variable) or part[0] in unknown else part for part in parts)


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[Piece | _Variable, ...]:
    return tuple(_part(token) for token in tokenize(text))


def _part(token: Token) -> Piece | _Variable:
    if token.kind is TokenKind.ESCAPE:
        return (token.name, True)
    if token.kind is not TokenKind.VARIABLE:
        return (token.text, token.is_parameter)
    found = _WITH_DEFAULT.fullmatch(token.name)
    return _Variable(found["key"].lower(), found["default"]) if found else _Variable(token.name.lower(), None)


def _replaced(parts: tuple[Piece | _Variable, ...], context: RequestContext) -> Pieces | Literal[False] | None:
    """The pieces; False when a variable has no value, None when AWS does not say what it is."""
    pieces: list[Piece] = []
    for part in parts:
        if not isinstance(part, _Variable):
            pieces.append(part)
            continue
        values = context.get(part.key, ())
        # A variable can name neither a multivalued key nor a key with a space: no page says what happens then.
        if len(values) > 1 or " " in part.key:
            return None
        value = values[0] if values else part.default
        if value is None:
            return False
        # What a request holds is literal: it never acts as a wildcard.
        pieces.append((value, True))
    return tuple(pieces)


def pieces_text(pieces: Pieces) -> str:
    """The text of pieces, for operators that know no wildcards."""
    return "".join(text for text, _ in pieces)
