"""Substitutes `${...}` in the texts of templates: Fn::Sub of CloudFormation, variables of the Serverless Framework.

In the result, a value that is known only at deployment is a parameter (`${Bucket.Arn}`), and a policy variable has
the syntax of IAM (`${aws:username}`).

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
https://www.serverless.com/framework/docs/guides/variables
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from iamglue.policy.patterns.variables import (
    ACCOUNT_PARAMETER,
    REGION_PARAMETER,
    has_named_parameters,
    parameter_of,
)

# The substituted text, and whether it contains unknown parts.
ResolvedText = tuple[str, bool]
TextResolver = Callable[[str], ResolvedText]

_ReferenceResolver = Callable[["TextReference"], str | None]

_OPEN_OR_CLOSE = re.compile(r"[$#]?\{|\}")
# A variable of the framework. `${s3:prefix}` and `${ssm:resourceTag/x}` are IAM policy variables; bucket names are in
# lower case and a path follows them.
_FRAMEWORK = re.compile(
    r"(self|opt|env|sls|param|output|construct|git|vault|terraform|doppler|awsSecretsManager|cf|cf\.[a-z0-9-]+):"
    r"|s3:[a-z0-9.-]+/|ssm(\.[a-z0-9-]+)?:(?!resourceTag)|(file|strToBool|cf|ssm|s3|env|opt|self)\("
)
# Sources of variables whose value is always text; the value of other sources may be a list or a map.
_TEXT_SOURCES = re.compile(r"(opt|env|sls|aws|git|s3|ssm|cf)\b[^,]*$")
_AWS_VARIABLES = {"aws:accountId": ACCOUNT_PARAMETER, "aws:region": REGION_PARAMETER}
_PSEUDO_PARAMETER = re.compile(r"AWS::[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class TextReference:
    """One `${...}` or `#{...}` in a text: its span, the name in the braces, and the character before them."""

    start: int
    end: int
    name: str
    preceding_character: str


def resolve_plain_text(text: str) -> ResolvedText:
    """Resolve a text without functions in a CloudFormation template; framework variables become parameters."""
    return _fill_text(text, _framework_value)


def resolve_framework_text(text: str) -> ResolvedText:
    """Resolve a text of a serverless.yml, where `${AWS::Region}` is a pseudo parameter even without Fn::Sub."""
    return _fill_text(text, lambda reference: _framework_value(reference) or _account_or_region(reference))


def resolve_function_text(text: str) -> ResolvedText:
    """The unchanged text of a resolved function; its parameters are unknown parts."""
    unknown = has_named_parameters(text)
    return text, unknown


def resolve_sub_text(text: str, variables: Mapping[str, str], *, framework: bool = False) -> ResolvedText:
    """Resolve the text of Fn::Sub; `variables` are the values of its second argument."""

    def resolve_reference(reference: TextReference) -> str | None:
        """The text in place of a reference; None if it stays as it is, like a policy variable of IAM."""
        if reference.preceding_character == "#":
            return _account_or_region(reference) if framework else None
        if reference.name.startswith("!"):
            return f"${{{reference.name[1:]}}}"
        framework_value = _framework_value(reference) or (_account_or_region(reference) if framework else None)
        return framework_value or _sub_value(reference.name.strip(), variables)

    return _fill_text(
        text,
        resolve_reference,
        is_literal=lambda reference: reference.name.startswith("!") and reference.preceding_character == "$",
    )


def _sub_value(name: str, variables: Mapping[str, str]) -> str | None:
    """The value of a variable, a pseudo parameter or a parameter; None for a policy variable (`aws:username`)."""
    if name in variables:
        return variables[name]
    if _PSEUDO_PARAMETER.fullmatch(name):
        return f"${{{name}}}"
    return None if ":" in name or not name else parameter_of(name)


def is_single_variable(text: str) -> bool:
    """Whether a text is exactly one framework variable whose value may be something other than text."""
    if not text.startswith("${") or not text.endswith("}"):
        return False
    references = find_references(text)
    if len(references) != 1 or (references[0].start, references[0].end) != (0, len(text)):
        return False
    value = _framework_value(references[0])
    return value is not None and _TEXT_SOURCES.match(references[0].name.strip()) is None


def _fill_text(
    text: str, resolve_reference: _ReferenceResolver, is_literal: Callable[[TextReference], bool] | None = None
) -> ResolvedText:
    """The text with resolved references; a literal reference (`is_literal`) is not an unknown part."""
    if "{" not in text:
        return text, False
    pieces: list[str] = []
    offset, unknown = 0, False
    for reference in find_references(text):
        value = resolve_reference(reference)
        if value is None:
            continue
        pieces += (text[offset : reference.start], value)
        offset = reference.end
        unknown = unknown or (resolve_function_text(value)[1] and not (is_literal and is_literal(reference)))
    return "".join([*pieces, text[offset:]]), unknown


def _framework_value(reference: TextReference) -> str | None:
    """The parameter for a variable of the Serverless Framework; None for any other reference."""
    name = reference.name.strip()
    if reference.preceding_character != "$":
        return None
    if name in _AWS_VARIABLES:
        return _AWS_VARIABLES[name]
    # `self:custom.bucket` is the parameter `${self.custom.bucket}`: with a colon it would be a policy variable.
    return parameter_of(name.replace(":", ".", 1), name) if _FRAMEWORK.match(name) or "${" in name else None


def _account_or_region(reference: TextReference) -> str | None:
    """The pseudo parameter (`${AWS::Region}`) that a reference names."""
    return f"${{{reference.name}}}" if _PSEUDO_PARAMETER.fullmatch(reference.name) else None


def find_references(text: str) -> tuple[TextReference, ...]:
    """Every outermost closed `${...}` and `#{...}`, in order; nested braces are balanced."""
    references: list[TextReference] = []
    open_braces: list[tuple[int, str]] = []
    for match in _OPEN_OR_CLOSE.finditer(text):
        if match[0] != "}":
            if match[0] != "{" or open_braces:
                open_braces.append((match.start(), match[0]))
        elif open_braces:
            start, opening = open_braces.pop()
            if opening != "{":
                while references and references[-1].start > start:
                    references.pop()
                references.append(TextReference(start, match.end(), text[start + 2 : match.start()], opening[0]))
    return tuple(references)
