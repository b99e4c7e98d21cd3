"""The JSON Schema of a rule file, built from the keys that the reader uses."""

from __future__ import annotations

from collections.abc import Mapping

from iamglue.model.own_rules import KIND_DESCRIPTIONS, OwnRuleKind
from iamglue.readers.own_rules.keys import EXCEPTION_KEYS, KINDS, RULE_KEYS, SUBJECT_KEYS, VERSION, KindKeys, RuleKey
from iamglue.readers.own_rules.values import JsonSchema

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def own_rules_schema() -> JsonSchema:
    """The JSON Schema (draft 2020-12) of a rule file, version 1.

    Checks of meaning, such as whether an action exists, are made by the reader only.
    """
    return {
        "$schema": _DIALECT,
        "type": "object",
        "description": "An organization's own rules for `iamglue lint` and `iamglue audit`.",
        "properties": {
            "version": {"const": int(VERSION), "description": "The version of the format."},
            "rules": {"type": "array", "items": {"anyOf": [{"$ref": f"#/$defs/{kind}"} for kind in KINDS]}},
        },
        "required": ["version", "rules"],
        "additionalProperties": False,
        "$defs": {
            **{kind.value: _kind_schema(kind, keys) for kind, keys in KINDS.items()},
            "exception": _exception_schema(),
        },
    }


def _kind_schema(kind: OwnRuleKind, keys: KindKeys) -> JsonSchema:
    """The schema of a rule of one kind."""
    every_key = {**RULE_KEYS, **keys.keys}
    at_least_one = {"anyOf": [{"required": [name]} for name in keys.one_of]} if keys.one_of else {}
    exceptions = {
        "type": "array",
        "items": {"$ref": "#/$defs/exception"},
        "description": "Where the rule does not apply.",
    }
    return {
        "type": "object",
        "description": KIND_DESCRIPTIONS[kind],
        "properties": {"kind": {"const": kind.value}, **_properties(every_key), "exceptions": exceptions},
        "required": ["kind", *_required_keys(every_key)],
        "additionalProperties": False,
        **at_least_one,
    }


def _exception_schema() -> JsonSchema:
    """The schema of an exception: at least one subject, and the reason."""
    return {
        "type": "object",
        "description": "Where a rule does not apply, and why. All that it names must match.",
        "properties": _properties(EXCEPTION_KEYS),
        "required": _required_keys(EXCEPTION_KEYS),
        "additionalProperties": False,
        "anyOf": [{"required": [name]} for name in SUBJECT_KEYS],
    }


def _properties(keys: Mapping[str, RuleKey]) -> JsonSchema:
    return {name: {**key.type.schema, "description": key.description} for name, key in keys.items()}


def _required_keys(keys: Mapping[str, RuleKey]) -> list[str]:
    return [name for name, key in keys.items() if key.required]
