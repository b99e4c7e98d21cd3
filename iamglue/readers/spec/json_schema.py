"""The JSON Schema of the spec, for editors and validators, built from the schemas that the reader uses."""

from __future__ import annotations

from typing import Any

from iamglue.catalog.services import service_prefixes
from iamglue.catalog.trigger_reference import TriggerReference, trigger_references
from iamglue.policy.source.yaml_reader import read_single_document
from iamglue.readers.spec.entry_keys import SERVICE_OPTIONS
from iamglue.readers.spec.spec_data import spec_data
from iamglue.readers.spec.spec_schemas import ATHENA_QUERY, ATHENA_QUERY_KEYS, DESCRIPTION, EXAMPLES, FORMAT, NAME, SPEC
from iamglue.readers.spec.text_schemas import JSON_SCHEMA_KEY

JSON_SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"
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
    definitions["Resource"] = {
        **definitions["Destination"]["additionalProperties"],
        "description": "A name, an ARN, or a mapping of the ARN format's variables.",
    }
    definitions["Service"] = {
        "description": "The IAM prefix of a service, alone or with a resource type; `iamglue services` lists them.",
        "anyOf": [{"enum": list(service_prefixes())}, {"pattern": "^[a-z0-9-]+/.+$"}],
    }
    for part in ("Entry", "Destination"):
        definitions[part] = _with_services(definitions[part])
    definitions["Entry"]["properties"]["athena"] = _athena_schema(definitions)
    definitions["Trigger"] = _with_triggers(definitions["Trigger"])
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
    """The schema of a map, a list, a choice or a scalar."""
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
    """The schema of a mapping with named keys; keys that it does not name are refused, unless it has extras."""
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


def _with_services(definition: _Schema) -> _Schema:
    """Add that every key is an option or a service, and that at least one is a service."""
    options = {"enum": sorted(definition["properties"])}
    return {
        **definition,
        "propertyNames": {"anyOf": [options, {"$ref": "#/$defs/Service"}]},
        "additionalProperties": {"$ref": "#/$defs/Resource"},
        "not": {"propertyNames": options},
    }


def _athena_schema(definitions: dict[str, _Schema]) -> _Schema:
    """Return the schema of the key `athena`: a query, or a resource as for any service."""
    return {
        "description": ATHENA_QUERY["metadata"][DESCRIPTION],
        "examples": [{key: field["metadata"][EXAMPLES][0] for key, field in ATHENA_QUERY_KEYS.items()}],
        "anyOf": [_json_schema(ATHENA_QUERY, definitions), {"$ref": "#/$defs/Resource"}],
    }


def _with_triggers(definition: _Schema) -> _Schema:
    """Add the triggers to choose from; at least one key must be a trigger."""
    options = definition["properties"]
    triggers = {reference.name: _trigger_schema(reference) for reference in trigger_references()}
    only_options = {"propertyNames": {"enum": sorted(options)}}
    return {**definition, "properties": {**triggers, **options}, "additionalProperties": False, "not": only_options}


def _trigger_schema(trigger: TriggerReference) -> _Schema:
    examples = [_parsed_example(example)[trigger.name] for example in trigger.examples]
    return {"$ref": "#/$defs/Resource", "description": f"{trigger.title}.", "examples": examples}


def _parsed_example(text: str) -> dict[str, Any]:
    data = spec_data(read_single_document(text, "example").documents[0])
    return data if isinstance(data, dict) else {}


def _service_key_schema(prefix: str) -> _Schema:
    """Return the schema of a mapping that has a key of this service, with or without a resource type."""
    with_type = {"not": {"propertyNames": {"not": {"pattern": f"^{prefix}/"}}}}
    return {"anyOf": [{"required": [prefix]}, with_type]}
