"""The JSON Schema of the spec, for editors and validators, built from the schemas that the reader uses."""

from __future__ import annotations

from typing import Any

from iamglue.catalog.services import service_names
from iamglue.catalog.triggers import TriggerKind, trigger_facts, trigger_names
from iamglue.readers.spec.entry_keys import SERVICE_OPTIONS
from iamglue.readers.spec.spec_schemas import DESCRIPTION, EXAMPLES, FORMAT, NAME, SPEC
from iamglue.readers.spec.text_schemas import JSON_SCHEMA_KEY

JSON_SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TRIGGER_DESCRIPTIONS = {
    TriggerKind.PUSH: "A service invokes the function.",
    TriggerKind.POLL: "Lambda reads the source for the function.",
    TriggerKind.PEER: "Another role invokes the function.",
    TriggerKind.EDGE: "CloudFront runs the function at the edge.",
}
_Schema = dict[str, Any]
_SCALAR_SCHEMAS: dict[str, _Schema] = {"str": {"type": "string", "minLength": 1}, "literal": {"const": int(FORMAT)}}


def spec_schema() -> _Schema:
    """Return the JSON Schema (draft 2020-12) of spec format 1.

    The schema cannot express that an entry names exactly one service. Checks of meaning, such as whether an action
    exists, are made by the reader only.
    """
    definitions: dict[str, _Schema] = {}
    _json_schema(SPEC, definitions)
    spec = definitions.pop("Spec")
    resource = {"$ref": "#/$defs/Resource"}
    definitions["Resource"] = {
        **definitions["Entry"]["additionalProperties"],
        "description": "A name, an ARN, or a mapping of the ARN format's variables.",
    }
    services = {prefix: {**resource, "description": name} for prefix, name in sorted(service_names().items())}
    triggers = {name: {**resource, "description": _trigger_description(name)} for name in trigger_names()}
    for part, choices in (("Entry", services), ("Destination", services), ("Trigger", triggers)):
        definitions[part] = _with_choices(definitions[part], choices)
    for part in ("Entry", "Destination"):
        definitions[part]["patternProperties"] = {"^[a-z0-9-]+/.+$": resource}
    definitions["Entry"]["dependentSchemas"] = {
        name: _service_key_schema(owner) for name, owner in SERVICE_OPTIONS.items()
    }
    function_choice = [{"required": ["function"]}, {"required": ["functions"]}]
    return {
        "$schema": JSON_SCHEMA_DIALECT,
        **spec,
        "oneOf": function_choice,
        "$defs": dict(sorted(definitions.items())),
    }


def _json_schema(schema: Any, definitions: dict[str, _Schema]) -> _Schema:
    """Convert a pydantic-core schema; named mappings are added to `definitions` and replaced with a `$ref`."""
    metadata = schema.get("metadata", {})
    if JSON_SCHEMA_KEY in metadata:
        return dict(metadata[JSON_SCHEMA_KEY])
    if schema["type"] == "typed-dict":
        definitions[metadata[NAME]] = _mapping_schema(schema, definitions)
        return {"$ref": f"#/$defs/{metadata[NAME]}"}
    if "schema" in schema:
        return _json_schema(schema["schema"], definitions)
    return _collection_schema(schema, definitions)


def _collection_schema(schema: Any, definitions: dict[str, _Schema]) -> _Schema:
    match schema["type"]:
        case "dict":
            keys, values = (
                _json_schema(schema["keys_schema"], definitions),
                _json_schema(schema["values_schema"], definitions),
            )
            min_properties = {"minProperties": schema["min_length"]} if "min_length" in schema else {}
            return {"type": "object", "propertyNames": keys, "additionalProperties": values, **min_properties}
        case "list":
            return {"type": "array", "items": _json_schema(schema["items_schema"], definitions)}
        case "tagged-union":
            return {"anyOf": [_json_schema(choice, definitions) for choice in schema["choices"].values()]}
        case _:
            return _SCALAR_SCHEMAS[schema["type"]]


def _mapping_schema(schema: Any, definitions: dict[str, _Schema]) -> _Schema:
    fields = schema["fields"].items()
    extras = schema.get("extras_schema")
    required = [name for name, field in fields if field["required"]]
    return {
        "type": "object",
        "description": schema["metadata"][DESCRIPTION],
        "properties": {name: _field_schema(field, definitions) for name, field in fields},
        "additionalProperties": _json_schema(extras, definitions) if extras else False,
        **({"required": required} if required else {}),
    }


def _field_schema(field: Any, definitions: dict[str, _Schema]) -> _Schema:
    """Return the schema of a key with its description and examples."""
    description = {key: field["metadata"][key] for key in (DESCRIPTION, EXAMPLES) if key in field["metadata"]}
    return {**_json_schema(field["schema"], definitions), **description}


def _with_choices(definition: _Schema, choices: dict[str, _Schema]) -> _Schema:
    """Add the main keys to choose from; at least one key must not be an option."""
    options = definition["properties"]
    chosen = {name: choice for name, choice in choices.items() if name not in options}
    only_options = {"propertyNames": {"enum": sorted(options)}}
    return {**definition, "properties": {**options, **chosen}, "additionalProperties": False, "not": only_options}


def _service_key_schema(prefix: str) -> _Schema:
    """Return the schema of a mapping that has a key of this service, with or without a resource type."""
    with_type = {"not": {"propertyNames": {"not": {"pattern": f"^{prefix}/"}}}}
    return {"anyOf": [{"required": [prefix]}, with_type]}


def _trigger_description(name: str) -> str:
    facts = trigger_facts(name)
    return _TRIGGER_DESCRIPTIONS[facts.kind] if facts else name
