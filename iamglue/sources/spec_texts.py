"""The kinds of text that a spec holds, as types that pydantic validates."""

from __future__ import annotations

import re
from typing import Annotated, Any, Never

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError

from iamglue.catalog.global_keys import condition_key, key_names
from iamglue.catalog.partitions import partition_of, partitions
from iamglue.catalog.suggest import did_you_mean
from iamglue.iam.conditions import OPERATORS, QUANTIFIERS, operator
from iamglue.iam.variables import Kind, Token, tokens
from iamglue.sources.spec_data import Plain

OUR_ERROR = "iamglue"
_TEXT_TAG, _MAPPING_TAG, _FLAG_TAG = "(text)", "(mapping)", "(flag)"
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html (FunctionName)
FUNCTION_NAME = r"[A-Za-z0-9_-]{1,64}"
ACCOUNT = r"[0-9]{12}"
PARAMETER = r"\$\{[A-Za-z][A-Za-z0-9]*\}"
_PSEUDO_HINTS = {
    "AWS::Region": "leave the Region out: formats that know it at deployment fill it in themselves",
    "AWS::AccountId": "leave the account out: formats that know it at deployment fill it in themselves",
    "AWS::Partition": "leave the partition out: it follows from the Region, or from the deployment",
}


def refuse(message: str, hint: str | None = None) -> Never:
    """Raise an error of ours through pydantic, which knows the place."""
    raise PydanticCustomError(OUR_ERROR, "{message}", {"message": message, "hint": hint})


def _checked_references(text: str) -> str:
    for token in tokens(text):
        if token.kind is Kind.MALFORMED:
            refuse(
                f"`{token.text}` is no deployment parameter, policy variable or escape",
                "write `${Name}` (letters and digits), `${aws:...}`, or `${$}{` for the characters themselves",
            )
        if token.kind is Kind.PSEUDO:
            hint = _PSEUDO_HINTS.get(token.name, "use a deployment parameter of your own: `${Name}`")
            refuse(f"`{token.text}` cannot be written in a spec", hint)
        if token.kind is Kind.VARIABLE:
            _check_variable(token)
    return text


def _check_variable(token: Token) -> None:
    # A variable may give a default: ${aws:PrincipalTag/team, 'none'}; a key of several values cannot be one.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    name = token.name.partition(",")[0].strip()
    found = condition_key(name)
    if found is None:
        refuse(f"`{token.text}`: there is no condition key `{name}`", did_you_mean(name, key_names(name)))
    if found.multivalued:
        refuse(f"`{token.text}`: `{name}` has several values, so it cannot be a policy variable")


def _function_name(text: str) -> str:
    pieces = tokens(_checked_references(text))
    literal = "".join(token.text for token in pieces if token.kind is Kind.LITERAL)
    whole = all(token.kind in (Kind.LITERAL, Kind.PARAMETER) for token in pieces)
    if not whole or len(literal) > 64 or not re.fullmatch(r"[A-Za-z0-9_-]*", literal):
        hint = "write the name alone, not the ARN" if text.startswith("arn:") else None
        refuse(f"`{text}` is not a function name: expected 1 to 64 letters, digits, `-` and `_`", hint)
    return text


def _account(text: str) -> str:
    if not re.fullmatch(f"{ACCOUNT}|{PARAMETER}", text):
        refuse(f"`{text}` is not an account id: expected 12 digits, leading zeros included, or `${{Name}}`")
    return text


def _region(text: str) -> str:
    if not re.fullmatch(PARAMETER, text) and partition_of(text) is None:
        refuse(f"`{text}` is not the name of a Region: expected one such as `eu-west-1`, or `${{Name}}`")
    return text


def _partition(text: str) -> str:
    if text not in partitions():
        refuse(f"no partition `{text}`: expected one of {', '.join(partitions())}", did_you_mean(text, partitions()))
    return text


def _operator(text: str) -> str:
    if operator(text) is None:
        refuse(f"no condition operator `{text}`", did_you_mean(text, OPERATORS) or "such as StringEquals or ArnLike")
    return text


def _flag(value: Any) -> bool:
    if isinstance(value, Plain) and value in ("true", "false"):
        return value == "true"
    shown = f"`{value}` in quotes" if value in ("true", "false") else f"`{value}`" if isinstance(value, str) else ""
    refuse("expected `true` or `false`" + (f", found {shown}" if shown else ""), "without quotes, in small letters")


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _text_or_mapping(value: Any) -> str | None:
    if isinstance(value, str):
        return _TEXT_TAG
    return _MAPPING_TAG if isinstance(value, dict) else None


def flag_or_mapping(value: Any) -> str:
    """Which of the two a value is, for pydantic's discriminated unions."""
    return _MAPPING_TAG if isinstance(value, dict) else _FLAG_TAG


_SOME_TEXT = {"type": "string", "minLength": 1}
# Our reader takes `5` and `true` as the texts they are; to an editor they are a number and a Boolean.
_SOME_VALUE = {"type": ["string", "number", "boolean"], "minLength": 1}
_A_REGION = {"type": "string", "pattern": rf"^([a-z]+(-[a-z]+)+-[0-9]+|{PARAMETER})$"}


def _one_or_list(item: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]})


Prose = Annotated[str, Field(min_length=1)]
Text = Annotated[str, Field(min_length=1), AfterValidator(_checked_references)]
Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
FunctionName = Annotated[
    str,
    AfterValidator(_function_name),
    WithJsonSchema({"type": "string", "pattern": rf"^([A-Za-z0-9_-]|{PARAMETER})+$"}),
]
Account = Annotated[
    str,
    AfterValidator(_account),
    # Without quotes an editor takes the digits for a number; our reader does not, so the schema lets both pass.
    WithJsonSchema({"type": ["string", "integer"], "pattern": f"^({ACCOUNT}|{PARAMETER})$"}),
]
Region = Annotated[str, AfterValidator(_region), WithJsonSchema(_A_REGION)]
Partition = Annotated[str, AfterValidator(_partition), WithJsonSchema({"type": "string", "enum": list(partitions())})]
Texts = Annotated[list[Text], BeforeValidator(_listed), Field(min_length=1), _one_or_list(_SOME_TEXT)]
Values = Annotated[list[Text], BeforeValidator(_listed), Field(min_length=1), _one_or_list(_SOME_VALUE)]
Regions = Annotated[list[Region], BeforeValidator(_listed), Field(min_length=1), _one_or_list(_A_REGION)]
Named = Annotated[
    Annotated[Text, Tag(_TEXT_TAG)]
    | Annotated[dict[Annotated[str, Field(min_length=1)], Text], Field(min_length=1), Tag(_MAPPING_TAG)],
    Discriminator(
        _text_or_mapping,
        custom_error_type=OUR_ERROR,
        custom_error_message="expected a name, an ARN, or a mapping of the ARN format's variables",
    ),
]
Operator = Annotated[
    str,
    AfterValidator(_operator),
    WithJsonSchema({"type": "string", "pattern": f"^(({'|'.join(QUANTIFIERS)}):)?({'|'.join(OPERATORS)})(IfExists)?$"}),
]
Conditions = dict[Operator, dict[Annotated[str, Field(min_length=1)], Values]]
MAPPING, FLAG = Tag(_MAPPING_TAG), Tag(_FLAG_TAG)
