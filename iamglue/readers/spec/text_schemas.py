"""The kinds of text that a spec holds: what pydantic checks of each, and what the JSON Schema says of it.

The schemas are pydantic-core's own, written out: building them from pydantic's models would double the time that
`iamglue generate` takes to start.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any, Never

from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core import core_schema as core

from iamglue.catalog.condition_key_lookup import candidate_key_names, find_condition_key
from iamglue.catalog.partitions import did_you_mean_region, infer_partition, partitions
from iamglue.catalog.spelling import did_you_mean
from iamglue.policy.conditions import OPERATORS, QUANTIFIERS, parse_operator
from iamglue.policy.patterns.variables import Token, TokenKind, tokenize
from iamglue.readers.spec.spec_data import UnquotedText

ERROR_TYPE = "iamglue"
# What the JSON Schema says of a part, where that is not what its core schema says; the key is in `metadata`.
JSON_SCHEMA_KEY = "json"
_TEXT, MAPPING, _FLAG = "(text)", "(mapping)", "(flag)"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html (parameter name)
_LONGEST_NAME = 255
_PARAMETER = r"\$\{[A-Za-z][A-Za-z0-9]{0,254}\}"
_PSEUDO_HINTS = {
    "AWS::Region": "leave the Region out: formats that know it at deployment fill it in themselves",
    "AWS::AccountId": "leave the account out: formats that know it at deployment fill it in themselves",
    "AWS::Partition": "leave the partition out: it follows from the Region, or from the deployment",
}


def raise_spec_error(message: str, hint: str | None = None) -> Never:
    """Raise an error of ours through pydantic, which knows the place."""
    raise PydanticCustomError(ERROR_TYPE, "{message}", {"message": message, "hint": hint})


def _printable(text: str) -> str:
    bad = next((letter for letter in text if unicodedata.category(letter) == "Cc"), None)
    if bad:
        raise_spec_error(f"the control character U+{ord(bad):04X} cannot stand here")
    return text


def _prose(text: str) -> str:
    _printable(text.translate({ord("\n"): " ", ord("\t"): " "}))
    return text


def _checked_references(text: str) -> str:
    for token in tokenize(_printable(text)):
        if token.kind is TokenKind.MALFORMED:
            raise_spec_error(
                f"`{token.text}` is no deployment parameter, policy variable or escape",
                "write `${Name}` (letters and digits), `${aws:...}`, or `${$}{` for the characters themselves",
            )
        if token.kind is TokenKind.PARAMETER and len(token.name) > _LONGEST_NAME:
            raise_spec_error(
                f"the name of a parameter has {len(token.name):,} characters, and may have {_LONGEST_NAME}"
            )
        if token.kind is TokenKind.PSEUDO_PARAMETER:
            hint = _PSEUDO_HINTS.get(token.name, "use a deployment parameter of your own: `${Name}`")
            raise_spec_error(f"`{token.text}` cannot be written in a spec", hint)
        if token.kind is TokenKind.VARIABLE:
            _check_variable(token)
    return text


def _check_variable(token: Token) -> None:
    # A variable may give a default: ${aws:PrincipalTag/team, 'none'}; a key of several values cannot be one.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    name = token.name.partition(",")[0].strip()
    found = find_condition_key(name)
    if found is None:
        raise_spec_error(
            f"`{token.text}`: there is no condition key `{name}`", did_you_mean(name, candidate_key_names(name))
        )
    if found.is_multivalued:
        raise_spec_error(f"`{token.text}`: `{name}` has several values, so it cannot be a policy variable")


def _resource(text: str) -> str:
    if re.fullmatch(r"\{[^{}]*: [^{}]*\}", text):
        raise_spec_error(f"`{text}` is a mapping in quotes, so it would be a name", "take the quotes away")
    return _checked_references(text)


def _function_name(text: str) -> str:
    # https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html (FunctionName)
    pieces = tokenize(_checked_references(text))
    literal = "".join(token.text for token in pieces if token.kind is TokenKind.LITERAL)
    whole = all(token.kind in (TokenKind.LITERAL, TokenKind.PARAMETER) for token in pieces)
    if not text or not whole or len(literal) > 64 or not re.fullmatch(r"[A-Za-z0-9_-]*", literal):
        hint = "write the name alone, not the ARN" if text.startswith("arn:") else None
        raise_spec_error(f"`{text}` is not a function name: expected 1 to 64 letters, digits, `-` and `_`", hint)
    return text


def _account(text: str) -> str:
    if not re.fullmatch(f"[0-9]{{12}}|{_PARAMETER}", text):
        raise_spec_error(f"`{text}` is not an account id: expected 12 digits, leading zeros included, or `${{Name}}`")
    return text


def _region(text: str) -> str:
    if not re.fullmatch(_PARAMETER, text) and infer_partition(text) is None:
        expected = "expected one such as `eu-west-1`, or `${Name}`"
        raise_spec_error(f"`{text}` is not the name of a Region: {expected}", did_you_mean_region(text))
    return text


def _partition(text: str) -> str:
    if text not in partitions():
        raise_spec_error(
            f"no partition `{text}`: expected one of {', '.join(partitions())}", did_you_mean(text, partitions())
        )
    return text


def _operator(text: str) -> str:
    if parse_operator(text) is None:
        raise_spec_error(
            f"no condition operator `{text}`", did_you_mean(text, OPERATORS) or "such as StringEquals or ArnLike"
        )
    return text


def _condition_key(text: str) -> str:
    if find_condition_key(text) is None:
        raise_spec_error(f"there is no condition key `{text}`", did_you_mean(text, candidate_key_names(text)))
    return text


def _flag(value: Any) -> bool:
    if isinstance(value, UnquotedText) and value in ("true", "false"):
        return value == "true"
    shown = f"`{value}` in quotes" if value in ("true", "false") else f"`{value}`" if isinstance(value, str) else ""
    raise_spec_error(
        "expected `true` or `false`" + (f", found {shown}" if shown else ""), "without quotes, in small letters"
    )


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _text_or_mapping(value: Any) -> str | None:
    if isinstance(value, str):
        return _TEXT
    return MAPPING if isinstance(value, dict) else None


def _flag_or_mapping(value: Any) -> str:
    """Which of the two a value is, for pydantic's discriminated unions."""
    return MAPPING if isinstance(value, dict) else _FLAG


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {JSON_SCHEMA_KEY: schema}


def _text(check: Callable[[str], str], **json: Any) -> CoreSchema:
    return core.no_info_after_validator_function(check, core.str_schema(), metadata=_json({"type": "string", **json}))


def _one_or_list(item: CoreSchema, json: dict[str, Any]) -> CoreSchema:
    """One text, or a list of them; a list either way once it is validated."""
    either = {"anyOf": [json, {"type": "array", "items": json, "minItems": 1}]}
    return core.no_info_before_validator_function(_listed, core.list_schema(item, min_length=1), metadata=_json(either))


def flag_or_mapping(mapping: CoreSchema) -> CoreSchema:
    """`true`, `false`, or what `mapping` takes."""
    return core.tagged_union_schema({_FLAG: FLAG, MAPPING: mapping}, _flag_or_mapping)


_REGION_JSON = {"pattern": rf"^([a-z]+(-[a-z]+)+-[0-9]+|{_PARAMETER})$"}
_OPERATOR_JSON = {"pattern": f"^(({'|'.join(QUANTIFIERS)}):)?({'|'.join(OPERATORS)})(IfExists)?$"}

_SOME = core.str_schema(min_length=1)
VARIABLE = core.no_info_after_validator_function(_printable, _SOME)
PROSE = core.no_info_after_validator_function(_prose, _SOME)
TEXT = core.no_info_after_validator_function(_checked_references, _SOME)
FLAG = core.no_info_plain_validator_function(_flag, metadata=_json({"type": "boolean"}))
FUNCTION_NAME = _text(_function_name, pattern=rf"^([A-Za-z0-9_-]|{_PARAMETER})+$")
# Without quotes an editor takes the digits for a number; our reader does not, so the schema lets both pass.
ACCOUNT = _text(_account, type=["string", "integer"], pattern=f"^([0-9]{{12}}|{_PARAMETER})$")
REGION = _text(_region, **_REGION_JSON)
PARTITION = _text(_partition, enum=list(partitions()))
TEXTS = _one_or_list(TEXT, {"type": "string", "minLength": 1})
# Our reader takes `5` and `true` as the texts they are; to an editor they are a number and a Boolean.
_PLAIN_JSON: dict[str, Any] = {"type": ["string", "number", "boolean"], "minLength": 1}
VALUES = _one_or_list(TEXT, _PLAIN_JSON)
REGIONS = _one_or_list(REGION, {"type": "string", **_REGION_JSON})
_NAME = core.no_info_after_validator_function(_resource, _SOME, metadata=_json(_PLAIN_JSON))
_PART = core.no_info_after_validator_function(_checked_references, _SOME, metadata=_json(_PLAIN_JSON))
RESOURCE = core.tagged_union_schema(
    {_TEXT: _NAME, MAPPING: core.dict_schema(VARIABLE, _PART, min_length=1)},
    _text_or_mapping,
    custom_error_type=ERROR_TYPE,
    custom_error_message="expected a name, an ARN, or a mapping of the ARN format's variables",
)
CONDITIONS = core.dict_schema(
    _text(_operator, **_OPERATOR_JSON), core.dict_schema(_text(_condition_key, minLength=1), VALUES)
)
