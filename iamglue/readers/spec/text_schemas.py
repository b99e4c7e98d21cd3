"""The types of text in a spec: the check that pydantic makes and the JSON Schema of each.

They are written as pydantic-core schemas: building them from pydantic models would double the start-up time of
`iamglue generate`.
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
from iamglue.model.spec import is_function_name
from iamglue.policy.conditions import OPERATORS, QUANTIFIERS, parse_operator
from iamglue.policy.patterns.variables import Token, TokenKind, tokenize
from iamglue.readers.spec.spec_data import UnquotedText
from iamglue.spelling import did_you_mean

ERROR_TYPE = "iamglue"
# Key of `metadata`: the JSON Schema of a part where it differs from the core schema.
JSON_SCHEMA_KEY = "json"
_TEXT, MAPPING, _FLAG = "(text)", "(mapping)", "(flag)"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html (parameter name)
_MAX_PARAMETER_NAME_LENGTH = 255
_PARAMETER = r"\$\{[A-Za-z][A-Za-z0-9]{0,254}\}"
_PSEUDO_HINTS = {
    "AWS::Region": "leave the Region out: output formats that are deployed with a stack fill it in",
    "AWS::AccountId": "leave the account out: output formats that are deployed with a stack fill it in",
    "AWS::Partition": "leave the partition out: it is derived from the Region or filled in at deployment",
}


def raise_spec_error(message: str, hint: str | None = None) -> Never:
    """Raise an error of iamglue through pydantic, which adds the location."""
    raise PydanticCustomError(ERROR_TYPE, "{message}", {"message": message, "hint": hint})


def _check_printable(text: str) -> str:
    """Check that a text has no control characters, not even line breaks."""
    control_character = next((letter for letter in text if unicodedata.category(letter) == "Cc"), None)
    if control_character:
        raise_spec_error(f"the control character U+{ord(control_character):04X} is not allowed here")
    return text


def _check_prose(text: str) -> str:
    """Check that a text has no control characters except line breaks and tabs."""
    _check_printable(text.translate({ord("\n"): " ", ord("\t"): " "}))
    return text


def _check_references(text: str) -> str:
    """Check every `${...}` of a text."""
    for token in tokenize(_check_printable(text)):
        is_parameter = token.kind is TokenKind.PARAMETER
        if token.kind is TokenKind.MALFORMED or (is_parameter and not token.name.isalnum()):
            raise_spec_error(
                f"`{token.text}` is not a valid deployment parameter, policy variable or escape",
                "write `${Name}` (letters and digits), `${aws:...}`, or `${$}{` for the literal characters",
            )
        if is_parameter and len(token.name) > _MAX_PARAMETER_NAME_LENGTH:
            raise_spec_error(
                f"the name of a parameter has {len(token.name):,} characters; the limit is {_MAX_PARAMETER_NAME_LENGTH}"
            )
        if token.kind is TokenKind.PSEUDO_PARAMETER:
            hint = _PSEUDO_HINTS.get(token.name, "use a deployment parameter: `${Name}`")
            raise_spec_error(f"`{token.text}` is not allowed in a spec", hint)
        if token.kind is TokenKind.VARIABLE:
            _check_variable(token)
    return text


def _check_variable(token: Token) -> None:
    """Check that a policy variable is a condition key that AWS lists, with a single value."""
    # A variable may have a default: ${aws:PrincipalTag/team, 'none'}. A multivalued key cannot be a variable.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    name = token.name.partition(",")[0].strip()
    condition_key = find_condition_key(name)
    if condition_key is None:
        raise_spec_error(
            f"`{token.text}`: no condition key is named `{name}`", did_you_mean(name, candidate_key_names(name))
        )
    if condition_key.is_multivalued:
        raise_spec_error(f"`{token.text}`: the condition key `{name}` has several values, so it cannot be a variable")


def _check_resource(text: str) -> str:
    """Check the references, and that the text is not a mapping in quotes."""
    if re.fullmatch(r"\{[^{}]*: [^{}]*\}", text):
        raise_spec_error(f"`{text}` is a mapping in quotes, so it would be read as a name", "remove the quotes")
    return _check_references(text)


def _check_function_name(text: str) -> str:
    """Check for a name, which may have deployment parameters in it; an ARN is none."""
    if not is_function_name(_check_references(text)):
        hint = "write the function's name, not its ARN" if text.startswith("arn:") else None
        raise_spec_error(f"`{text}` is not a valid function name: expected 1 to 64 letters, digits, `-` and `_`", hint)
    return text


def _check_account(text: str) -> str:
    """Check for 12 digits, or one deployment parameter."""
    if not re.fullmatch(f"[0-9]{{12}}|{_PARAMETER}", text):
        raise_spec_error(f"`{text}` is not a valid account ID: expected 12 digits, with leading zeros, or `${{Name}}`")
    return text


def _check_region(text: str) -> str:
    """Check for a Region in the form of a known partition's, or one deployment parameter."""
    if not re.fullmatch(_PARAMETER, text) and infer_partition(text) is None:
        expected = "expected for example `eu-west-1`, or `${Name}`"
        raise_spec_error(f"`{text}` is not the name of a Region: {expected}", did_you_mean_region(text))
    return text


def _check_partition(text: str) -> str:
    """Check for the name of a partition, such as `aws-cn`."""
    if text not in partitions():
        raise_spec_error(
            f"unknown partition `{text}`: expected one of {', '.join(partitions())}", did_you_mean(text, partitions())
        )
    return text


def _check_operator(text: str) -> str:
    """Check for a condition operator, also with a quantifier (`ForAllValues:`) and `IfExists`."""
    if parse_operator(text) is None:
        raise_spec_error(
            f"unknown condition operator `{text}`",
            did_you_mean(text, OPERATORS) or "write for example StringEquals or ArnLike",
        )
    return text


def _check_condition_key(text: str) -> str:
    """Check for a condition key that AWS lists."""
    if find_condition_key(text) is None:
        raise_spec_error(f"unknown condition key `{text}`", did_you_mean(text, candidate_key_names(text)))
    return text


def _parse_flag(value: Any) -> bool:
    """Return the Boolean of `true` or `false` without quotes."""
    if isinstance(value, UnquotedText) and value in ("true", "false"):
        return value == "true"
    quoted = f"`{value}` in quotes" if value in ("true", "false") else f"`{value}`" if isinstance(value, str) else ""
    raise_spec_error(
        "expected `true` or `false`" + (f", found {quoted}" if quoted else ""), "write it without quotes, in lower case"
    )


def _as_list(value: Any) -> Any:
    """Return a single text as a list; other values unchanged."""
    return [value] if isinstance(value, str) else value


def _text_or_mapping(value: Any) -> str | None:
    """Return the tag of a resource for pydantic's tagged union; None is an error."""
    if isinstance(value, str):
        return _TEXT
    return MAPPING if isinstance(value, dict) else None


def _flag_or_mapping(value: Any) -> str:
    """Return the tag of a value for pydantic's tagged union."""
    return MAPPING if isinstance(value, dict) else _FLAG


def _json_metadata(schema: dict[str, Any]) -> dict[str, Any]:
    return {JSON_SCHEMA_KEY: schema}


def _text_schema(check: Callable[[str], str], **json: Any) -> CoreSchema:
    """Return the schema of a text that `check` accepts; `json` is what its JSON Schema adds."""
    return core.no_info_after_validator_function(
        check, core.str_schema(), metadata=_json_metadata({"type": "string", **json})
    )


def _item_or_list_schema(item: CoreSchema, json: dict[str, Any]) -> CoreSchema:
    """Return the schema of one item or a list of items; the validated value is always a list."""
    json_schema = {"anyOf": [json, {"type": "array", "items": json, "minItems": 1}]}
    return core.no_info_before_validator_function(
        _as_list, core.list_schema(item, min_length=1), metadata=_json_metadata(json_schema)
    )


def flag_or_mapping(mapping: CoreSchema) -> CoreSchema:
    """Return the schema of `true`, `false` or `mapping`."""
    return core.tagged_union_schema({_FLAG: FLAG, MAPPING: mapping}, _flag_or_mapping)


_REGION_JSON = {"pattern": rf"^([a-z]+(-[a-z]+)+-[0-9]+|{_PARAMETER})$"}
_OPERATOR_JSON = {"pattern": f"^(({'|'.join(QUANTIFIERS)}):)?({'|'.join(OPERATORS)})(IfExists)?$"}

_NONEMPTY_TEXT = core.str_schema(min_length=1)
VARIABLE = core.no_info_after_validator_function(_check_printable, _NONEMPTY_TEXT)
PROSE = core.no_info_after_validator_function(_check_prose, _NONEMPTY_TEXT)
TEXT = core.no_info_after_validator_function(_check_references, _NONEMPTY_TEXT)
FLAG = core.no_info_plain_validator_function(_parse_flag, metadata=_json_metadata({"type": "boolean"}))
FUNCTION_NAME = _text_schema(_check_function_name, pattern=rf"^([A-Za-z0-9_-]|{_PARAMETER})+$")
# An editor reads unquoted digits as a number, the reader of iamglue as text; the schema allows both.
ACCOUNT = _text_schema(_check_account, type=["string", "integer"], pattern=f"^([0-9]{{12}}|{_PARAMETER})$")
REGION = _text_schema(_check_region, **_REGION_JSON)
PARTITION = _text_schema(_check_partition, enum=list(partitions()))
TEXTS = _item_or_list_schema(TEXT, {"type": "string", "minLength": 1})
# The reader of iamglue reads `5` and `true` as text; to an editor they are a number and a Boolean.
_SCALAR_JSON: dict[str, Any] = {"type": ["string", "number", "boolean"], "minLength": 1}
VALUES = _item_or_list_schema(TEXT, _SCALAR_JSON)
REGIONS = _item_or_list_schema(REGION, {"type": "string", **_REGION_JSON})
_RESOURCE_TEXT = core.no_info_after_validator_function(
    _check_resource, _NONEMPTY_TEXT, metadata=_json_metadata(_SCALAR_JSON)
)
_VARIABLE_VALUE = core.no_info_after_validator_function(
    _check_references, _NONEMPTY_TEXT, metadata=_json_metadata(_SCALAR_JSON)
)
RESOURCE = core.tagged_union_schema(
    {_TEXT: _RESOURCE_TEXT, MAPPING: core.dict_schema(VARIABLE, _VARIABLE_VALUE, min_length=1)},
    _text_or_mapping,
    custom_error_type=ERROR_TYPE,
    custom_error_message="expected a name, an ARN, or a mapping of the ARN format's variables",
)
_TEXT_VALUES = _item_or_list_schema(_VARIABLE_VALUE, _SCALAR_JSON)
# The resource of an entry: a mapping may also have lists, as that of an Athena query.
ENTRY_RESOURCE = core.tagged_union_schema(
    {_TEXT: _RESOURCE_TEXT, MAPPING: core.dict_schema(VARIABLE, _TEXT_VALUES, min_length=1)},
    _text_or_mapping,
    custom_error_type=ERROR_TYPE,
    custom_error_message="expected a name, an ARN, or a mapping of the ARN format's variables",
)
CONDITIONS = core.dict_schema(
    _text_schema(_check_operator, **_OPERATOR_JSON),
    core.dict_schema(_text_schema(_check_condition_key, minLength=1), VALUES),
)
