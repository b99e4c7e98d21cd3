"""`${...}` in the strings of a spec or policy: deployment parameters, IAM policy variables and escapes.

Policy variables: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

REGION_PARAMETER = "${AWS::Region}"
ACCOUNT_PARAMETER = "${AWS::AccountId}"
PARTITION_PARAMETER = "${AWS::Partition}"

# A logical ID of CloudFormation has up to 255 characters, and an attribute may follow.
_MAX_NAME_LENGTH, _LETTERS_LENGTH = 512, 40
_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
# The names of a spec's parameters have letters and digits only; references of templates also have separators.
_PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[._-]+[A-Za-z0-9]+)*")
_HIDDEN = str.maketrans(":/", "\ue000\ue001")
# What templates say in place of the names that `parameter_of` makes, by name: always the same, as a name is a digest.
_WRITTEN: dict[str, str] = {}
_MAX_WRITTEN_LENGTH = 200
_SHOWN = {hidden: shown for shown, hidden in _HIDDEN.items()}


class TokenKind(Enum):
    """The kinds of tokens."""

    LITERAL = "literal"
    PARAMETER = "parameter"  # ${Name}, ${Table.Arn}: known at deployment
    PSEUDO_PARAMETER = "pseudo"  # ${AWS::Region} etc.: known at deployment without a declared parameter
    VARIABLE = "variable"  # ${aws:username}: known to IAM when a request is made
    ESCAPE = "escape"  # ${*} ${?} ${$}: the character itself
    MALFORMED = "malformed"  # anything else that begins with ${


# A tuple: a frozen dataclass takes three times as long to create, and a template has tens of thousands of tokens.
class Token(NamedTuple):
    """A piece of a string: `text` as written, `name` the text between the braces (or the literal text)."""

    kind: TokenKind
    text: str
    name: str

    @property
    def is_parameter(self) -> bool:
        """Whether only the deployment knows the value.

        Malformed tokens count: IAM rejects them, but a template may accept them.
        """
        return self.is_named_parameter or self.kind is TokenKind.MALFORMED

    @property
    def is_named_parameter(self) -> bool:
        """Whether it is a parameter or pseudo-parameter: like `is_parameter`, without malformed tokens."""
        return self.kind is TokenKind.PARAMETER or self.kind is TokenKind.PSEUDO_PARAMETER


@lru_cache(maxsize=4096)
def tokenize(text: str) -> tuple[Token, ...]:
    """Split `text` into tokens, in order; the `text`s of the tokens, joined, are `text`."""
    if "${" not in text:
        return (Token(TokenKind.LITERAL, text, text),) if text else ()
    tokens: list[Token] = []
    position = 0
    for match in _REFERENCE.finditer(text):
        tokens += _literal_tokens(text[position : match.start()])
        tokens.append(Token(_token_kind(match[1]), match[0], match[1]))
        position = match.end()
    return (*tokens, *_literal_tokens(text[position:]))


def deployment_parameter_names(text: str) -> tuple[str, ...]:
    """The names of the deployment parameters in `text`, in order, without pseudo-parameters."""
    return tuple(name for name in reference_names(text) if _token_kind(name) is TokenKind.PARAMETER)


def reference_names(text: str) -> list[str]:
    """What is between the braces of each `${...}` in `text`, of whatever kind, in order.

    Much faster than `tokenize`: most texts are asked only whether they contain a certain name.
    """
    return _REFERENCE.findall(text) if "${" in text else []


def parameter_of(expression: str, written: str = "") -> str:
    """The parameter for an expression of a template: itself if it is a reference, otherwise its letters and a digest.

    Different expressions have different parameters: two that are taken for one would make different values equal.
    `written` is what the template says, if that is not the expression, for `written_text`.
    """
    name = expression
    if not _PARAMETER.fullmatch(expression) or len(expression) > _MAX_NAME_LENGTH:
        from hashlib import sha256  # noqa: PLC0415 - startup: OpenSSL is slow to load, and such expressions are rare

        letters = re.sub("[^A-Za-z0-9]+", "", expression)[:_LETTERS_LENGTH].lstrip("0123456789")
        name = f"{letters or 'Value'}{sha256(expression.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
    shown = " ".join((written or expression).split())
    if shown != name:
        _WRITTEN[name] = shown if len(shown) <= _MAX_WRITTEN_LENGTH else f"{shown[: _MAX_WRITTEN_LENGTH - 3]}..."
    return f"${{{name}}}"


def written_text(text: str) -> str:
    """A text for people, with what templates say in place of the names that `parameter_of` made for it."""
    return _REFERENCE.sub(_written_reference, text) if _WRITTEN and "${" in text else text


def _written_reference(match: re.Match[str]) -> str:
    """What the template says in place of one `${...}`: a whole value may be the function itself, without braces."""
    scope, _, rest = match[1].partition(".")
    written = _WRITTEN.get(match[1])
    if written is None and rest and scope in _WRITTEN:  # a value of another stack
        return f"${{{_WRITTEN.get(rest, rest)} of {_WRITTEN[scope]}}}"
    if written is None:
        return match[0]
    text, start, end = match.string, match.start(), match.end()
    is_whole = text[start - 1 : start] in ("", "`") and text[end : end + 1] in ("", "`")
    return written if is_whole and written.startswith(("!", "Fn::")) else f"${{{written}}}"


def partition_outside_variables(text: str, separator: str) -> tuple[str, str, str]:
    """`text.partition(separator)`, with a separator inside `${...}` as a part of the variable."""
    position = hide_separators(text).find(separator)
    return (text, "", "") if position < 0 else (text[:position], separator, text[position + len(separator) :])


def hide_separators(text: str) -> str:
    """The text with `:` and `/` inside `${...}` replaced by characters that no ARN has; its length stays the same."""
    return _REFERENCE.sub(lambda match: match[0].translate(_HIDDEN), text) if "${" in text else text


def show_separators(text: str) -> str:
    """The text before `hide_separators`."""
    return text.translate(_SHOWN) if "${" in text else text


def has_parameters(text: str) -> bool:
    """Whether part of `text` is known only at deployment."""
    return "${" in text and any(token.is_parameter for token in tokenize(text))


def has_named_parameters(text: str) -> bool:
    """Whether `text` has a parameter or pseudo-parameter."""
    return any(map(_is_named_parameter, reference_names(text)))


def has_request_variables(text: str) -> bool:
    """Whether part of `text` is neither literal nor a parameter: a policy variable, an escape or a malformed one."""
    names = reference_names(text)
    return text.count("${") > len(names) or not all(map(_is_named_parameter, names))


def substitute_parameters(text: str, values: dict[str, str]) -> str:
    """Replace each parameter (and pseudo-parameter) of `text` that `values` contains by its value."""
    if values.keys().isdisjoint(reference_names(text)):
        return text
    return _REFERENCE.sub(lambda part: values.get(part[1], part[0]) if _is_named_parameter(part[1]) else part[0], text)


def replace_parameters(text: str, replacement: str) -> str:
    """The text with the same replacement for each declared parameter, to check the form of what is around them."""
    return "".join(replacement if token.kind is TokenKind.PARAMETER else token.text for token in tokenize(text))


def _literal_tokens(text: str) -> list[Token]:
    """The tokens of text without a closed `${...}`; an unclosed `${` is malformed."""
    if not text:
        return []
    head, marker, tail = text.partition("${")
    if not marker:
        return [Token(TokenKind.LITERAL, text, text)]
    before = [Token(TokenKind.LITERAL, head, head)] if head else []
    return [*before, Token(TokenKind.MALFORMED, marker + tail, tail)]


def _is_named_parameter(name: str) -> bool:
    return _PARAMETER.fullmatch(name) is not None or name.startswith("AWS::")


def _token_kind(name: str) -> TokenKind:
    """The kind of `${name}`. A name with a colon is a policy variable, unless it begins as CloudFormation's own do."""
    if _PARAMETER.fullmatch(name):
        return TokenKind.PARAMETER
    if name in ("*", "?", "$"):
        return TokenKind.ESCAPE
    if name.startswith("AWS::"):
        return TokenKind.PSEUDO_PARAMETER
    if ":" in name:
        return TokenKind.VARIABLE
    return TokenKind.MALFORMED
