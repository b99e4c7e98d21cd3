"""The JSON Schema of the spec, for editors and other programs: what pydantic derives, made exact and complete."""

from __future__ import annotations

from typing import Any

from iamglue.catalog.services import names
from iamglue.catalog.triggers import TriggerKind, trigger_facts, trigger_names
from iamglue.sources.spec_keys import SERVICE_OPTIONS
from iamglue.sources.spec_models import FORMAT, SpecModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_RESOURCE = {"$ref": "#/$defs/Resource"}
# Keys whose value is a mapping of names that are ours, so that a name may look like a word of JSON Schema.
_NAMED = ("properties", "$defs")
_KINDS = {
    TriggerKind.PUSH: "a service invokes the function",
    TriggerKind.POLL: "Lambda reads the source for the function",
    TriggerKind.PEER: "another role invokes the function",
    TriggerKind.EDGE: "CloudFront runs the function at the edge",
}
_Schema = dict[str, Any]


def spec_schema() -> _Schema:
    """The JSON Schema (draft 2020-12) of spec format 1.

    It cannot say that an entry has one service and not two; all else that it lets through and the reader does not is
    a matter of meaning.
    """
    schema: _Schema = _cleaned(SpecModel.model_json_schema())
    parts: _Schema = schema["$defs"]
    resource = parts["Entry"]["additionalProperties"]
    parts["Resource"] = {**resource, "description": "A name, an ARN, or a mapping of the ARN format's variables."}
    services = {prefix: {**_RESOURCE, "description": name} for prefix, name in sorted(names().items())}
    triggers = {name: {**_RESOURCE, "description": _trigger_text(name)} for name in trigger_names()}
    for part, choices in (("Entry", services), ("Destination", services), ("Trigger", triggers)):
        parts[part] = _with_choices(parts[part], choices)
    for part in ("Entry", "Destination"):
        parts[part]["patternProperties"] = {"^[a-z0-9-]+/.+$": _RESOURCE}
    parts["Entry"]["dependentSchemas"] = {name: _of_service(owner) for name, owner in SERVICE_OPTIONS.items()}
    schema["properties"]["iamglue"] |= {"const": int(FORMAT), "type": "integer"}
    return {"$schema": DIALECT, **schema, "oneOf": [{"required": ["function"]}, {"required": ["functions"]}]}


def _cleaned(value: Any) -> Any:
    """Without pydantic's titles and discriminators, and without null: a key that has no value is left out."""
    if isinstance(value, list):
        return [_cleaned(item) for item in value if item != {"type": "null"}]
    if isinstance(value, str):
        return value.removesuffix("Model") if value.startswith("#/$defs/") else value
    if not isinstance(value, dict):
        return value
    kept: _Schema = {}
    for name, item in value.items():
        if name in _NAMED:
            kept[name] = {key.removesuffix("Model"): _cleaned(below) for key, below in item.items()}
        elif name not in ("title", "discriminator") and (name, item) != ("default", None):
            kept[name] = _cleaned(item)
    alternatives = kept.get("anyOf", ())
    if len(alternatives) == 1:
        del kept["anyOf"]
        kept = {**alternatives[0], **kept}
    return kept


def _with_choices(part: _Schema, choices: _Schema) -> _Schema:
    """The part with every key it may choose from, and not only options in it."""
    options = part["properties"]
    chosen = {name: choice for name, choice in choices.items() if name not in options}
    only_options = {"propertyNames": {"enum": sorted(options)}}
    return {**part, "properties": {**chosen, **options}, "additionalProperties": False, "not": only_options}


def _of_service(prefix: str) -> _Schema:
    """A mapping with a key of that service, alone or with a resource type."""
    with_type = {"not": {"propertyNames": {"not": {"pattern": f"^{prefix}/"}}}}
    return {"anyOf": [{"required": [prefix]}, with_type]}


def _trigger_text(name: str) -> str:
    facts = trigger_facts(name)
    return _KINDS[facts.kind] if facts else name
