"""`${...}` in the texts of templates: Fn::Sub of CloudFormation, variables of the Serverless Framework.

What is known only at deployment stands afterwards as a parameter of letters and digits (`${BucketArn}`), a variable of
IAM as IAM writes it (`${aws:username}`).

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
https://www.serverless.com/framework/docs/guides/variables
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER, REGION_PARAMETER, TokenKind, tokenize

# What a text becomes, and whether parts of it are not known.
ResolvedText = tuple[str, bool]
TextResolver = Callable[[str], ResolvedText]

_Value = Callable[["TextReference"], str | None]

_OPEN_OR_CLOSE = re.compile(r"[$#]?\{|\}")
_NOT_NAME = re.compile("[^A-Za-z0-9]+")
# A variable of the framework. `${s3:prefix}` and `${ssm:resourceTag/x}` are IAM's: buckets are in lower case.
_FRAMEWORK = re.compile(
    r"(self|opt|env|sls|param|output|git|vault|terraform|doppler|awsSecretsManager|cf|cf\.[a-z0-9-]+):"
    r"|s3:[a-z0-9.-]+/|ssm(\.[a-z0-9-]+)?:(?!resourceTag)|(file|strToBool|cf|ssm|s3|env|opt|self)\("
)
# Sources of variables whose value is text whatever it is; the value of the others may be a list or a map.
_TEXT_SOURCES = re.compile(r"(opt|env|sls|aws|git|s3|ssm|cf)\b[^,]*$")
_OF_AWS = {"aws:accountId": ACCOUNT_PARAMETER, "aws:region": REGION_PARAMETER}
_PSEUDO = re.compile(r"AWS::[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class TextReference:
    """One `${...}` of a text: where it stands, what is between the braces; `mark` is the character before them."""

    start: int
    end: int
    name: str
    preceding_character: str


def parameter_reference(name: str) -> str:
    """A name as a parameter: `${TableArn}` of `Table.Arn`."""
    plain = _NOT_NAME.sub("", name)[:80]
    return f"${{{plain if plain[:1].isalpha() else f'Value{plain}'}}}"


def resolve_plain_text(text: str) -> ResolvedText:
    """A text of a CloudFormation template that no function is applied to; the framework's variables are not known."""
    return _filled(text, _framework_value)


def resolve_framework_text(text: str) -> ResolvedText:
    """A text of a serverless.yml, where `${AWS::Region}` is a pseudo-parameter with or without Fn::Sub."""
    return _filled(text, lambda found: _framework_value(found) or _account_or_region(found))


def resolve_function_text(text: str) -> ResolvedText:
    """A text that functions have been applied to: its parameters are not known."""
    unknown = any(each.kind in (TokenKind.PARAMETER, TokenKind.PSEUDO_PARAMETER) for each in tokenize(text))
    return text, unknown


def resolve_sub_text(text: str, named: Mapping[str, str], *, framework: bool = False) -> ResolvedText:
    """The text of Fn::Sub; `named` are the values of its second argument."""

    def value(found: TextReference) -> str | None:
        if found.preceding_character == "#":
            return _account_or_region(found) if framework else None
        if found.name.startswith("!"):
            return f"${{{found.name[1:]}}}"
        outside = _framework_value(found) or (_account_or_region(found) if framework else None)
        return outside or _substitute(found.name.strip(), named)

    return _filled(text, value, literal=lambda found: found.name.startswith("!") and found.preceding_character == "$")


def _substitute(name: str, named: Mapping[str, str]) -> str | None:
    if name in named:
        return named[name]
    if _PSEUDO.fullmatch(name):
        return f"${{{name}}}"
    return None if ":" in name or not name else parameter_reference(name)


def is_single_variable(text: str) -> bool:
    """Whether the whole text is one variable of the framework whose value need not be text."""
    if not text.startswith("${") or not text.endswith("}"):
        return False
    found = find_references(text)
    if len(found) != 1 or (found[0].start, found[0].end) != (0, len(text)):
        return False
    value = _framework_value(found[0])
    return value is not None and _TEXT_SOURCES.match(found[0].name.strip()) is None


def _filled(text: str, value: _Value, literal: Callable[[TextReference], bool] | None = None) -> ResolvedText:
    if "{" not in text:
        return text, False
    pieces: list[str] = []
    at, unknown = 0, False
    for found in find_references(text):
        new = value(found)
        if new is None:
            continue
        pieces += (text[at : found.start], new)
        at = found.end
        unknown = unknown or (resolve_function_text(new)[1] and not (literal and literal(found)))
    return "".join([*pieces, text[at:]]), unknown


def _framework_value(found: TextReference) -> str | None:
    name = found.name.strip()
    if found.preceding_character != "$":
        return None
    if name in _OF_AWS:
        return _OF_AWS[name]
    return parameter_reference(name) if _FRAMEWORK.match(name) or "${" in name else None


def _account_or_region(found: TextReference) -> str | None:
    return f"${{{found.name}}}" if _PSEUDO.fullmatch(found.name) else None


def find_references(text: str) -> tuple[TextReference, ...]:
    """Every outermost `${...}` and `#{...}` that is closed, in order; braces inside are counted."""
    found: list[TextReference] = []
    opened: list[tuple[int, str]] = []
    for match in _OPEN_OR_CLOSE.finditer(text):
        if match[0] != "}":
            if match[0] != "{" or opened:
                opened.append((match.start(), match[0]))
        elif opened:
            start, mark = opened.pop()
            if mark != "{":
                while found and found[-1].start > start:
                    found.pop()
                found.append(TextReference(start, match.end(), text[start + 2 : match.start()], mark[0]))
    return tuple(found)
