"""The JSON Schema of the spec, for editors and other programs, from the very schemas that the reader validates with."""

from __future__ import annotations

from typing import Any

from iamglue.catalog.services import service_names
from iamglue.catalog.triggers import TriggerKind, trigger_facts, trigger_names
from iamglue.readers.spec.entry_keys import SERVICE_OPTIONS
from iamglue.readers.spec.spec_schemas import DESCRIPTION, EXAMPLES, FORMAT, NAME, SPEC
from iamglue.readers.spec.text_schemas import JSON_SCHEMA_KEY

JSON_SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_KINDS = {
    TriggerKind.PUSH: "A service invokes the function.",
    TriggerKind.POLL: "Lambda reads the source for the function.",
    TriggerKind.PEER: "Another role invokes the function.",
    TriggerKind.EDGE: "CloudFront runs the function at the edge.",
}
_Schema = dict[str, Any]
_PLAIN: dict[str, _Schema] = {"str": {"type": "string", "minLength": 1}, "literal": {"const": int(FORMAT)}}


def spec_schema() -> _Schema:
    """The JSON Schema (draft 2020-12) of spec format 1.

    It cannot say that an entry names one service and not two; what else it lets through and the reader does not is a
    matter of meaning.
    """
    parts: dict[str, _Schema] = {}
    _json_schema(SPEC, parts)
    spec = parts.pop("Spec")
    resource = {"$ref": "#/$defs/Resource"}
    parts["Resource"] = {
        **parts["Entry"]["additionalProperties"],
        "description": "A name, an ARN, or a mapping of the ARN format's variables.",
    }
    services = {prefix: {**resource, "description": name} for prefix, name in sorted(service_names().items())}
    triggers = {name: {**resource, "description": _trigger_text(name)} for name in trigger_names()}
    for part, choices in (("Entry", services), ("Destination", services), ("Trigger", triggers)):
        parts[part] = _with_choices(parts[part], choices)
    for part in ("Entry", "Destination"):
        parts[part]["patternProperties"] = {"^[a-z0-9-]+/.+$": resource}
    parts["Entry"]["dependentSchemas"] = {name: _of_service(owner) for name, owner in SERVICE_OPTIONS.items()}
    one_or_several = [{"required": ["function"]}, {"required": ["functions"]}]
    return {"$schema": JSON_SCHEMA_DIALECT, **spec, "oneOf": one_or_several, "$defs": dict(sorted(parts.items()))}


def _json_schema(schema: Any, parts: dict[str, _Schema]) -> _Schema:
    """What the JSON Schema says of a core schema; mappings that have a name go to `parts` and are referred to."""
    said = schema.get("metadata", {})
    if JSON_SCHEMA_KEY in said:
        return dict(said[JSON_SCHEMA_KEY])
    if schema["type"] == "typed-dict":
        parts[said[NAME]] = _mapping(schema, parts)
        return {"$ref": f"#/$defs/{said[NAME]}"}
    if "schema" in schema:
        return _json_schema(schema["schema"], parts)
    return _collection(schema, parts)


def _collection(schema: Any, parts: dict[str, _Schema]) -> _Schema:
    match schema["type"]:
        case "dict":
            keys, values = _json_schema(schema["keys_schema"], parts), _json_schema(schema["values_schema"], parts)
            least = {"minProperties": schema["min_length"]} if "min_length" in schema else {}
            return {"type": "object", "propertyNames": keys, "additionalProperties": values, **least}
        case "list":
            return {"type": "array", "items": _json_schema(schema["items_schema"], parts)}
        case "tagged-union":
            return {"anyOf": [_json_schema(choice, parts) for choice in schema["choices"].values()]}
        case _:
            return _PLAIN[schema["type"]]


def _mapping(schema: Any, parts: dict[str, _Schema]) -> _Schema:
    fields = schema["fields"].items()
    extras = schema.get("extras_schema")
    required = [name for name, field in fields if field["required"]]
    return {
        "type": "object",
        "description": schema["metadata"][DESCRIPTION],
        "properties": {name: _described(field, parts) for name, field in fields},
        "additionalProperties": _json_schema(extras, parts) if extras else False,
        **({"required": required} if required else {}),
    }


def _described(field: Any, parts: dict[str, _Schema]) -> _Schema:
    said = {key: field["metadata"][key] for key in (DESCRIPTION, EXAMPLES) if key in field["metadata"]}
    return {**_json_schema(field["schema"], parts), **said}


def _with_choices(part: _Schema, choices: dict[str, _Schema]) -> _Schema:
    """The part with every key it may choose from, and something else than options in it."""
    options = part["properties"]
    chosen = {name: choice for name, choice in choices.items() if name not in options}
    only_options = {"propertyNames": {"enum": sorted(options)}}
    return {**part, "properties": {**options, **chosen}, "additionalProperties": False, "not": only_options}


def _of_service(prefix: str) -> _Schema:
    """A mapping with a key of that service, alone or with a resource type."""
    with_type = {"not": {"propertyNames": {"not": {"pattern": f"^{prefix}/"}}}}
    return {"anyOf": [{"required": [prefix]}, with_type]}


def _trigger_text(name: str) -> str:
    facts = trigger_facts(name)
    return _KINDS[facts.kind] if facts else name
