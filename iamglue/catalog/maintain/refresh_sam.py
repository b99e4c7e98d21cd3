"""Generates the tables of SAM's policy templates, connectors and `Globals`.

For maintainers: `python -m iamglue.catalog.maintain.refresh_sam` writes them. Nothing imports this module, so only this
module may read aws-sam-translator.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parents[1] / "data"
_SOURCE = "policy_templates_data/policy_templates.json"
_CONNECTOR_SOURCE = "model/connector_profiles/profiles.json"
_VARIABLE = re.compile(r"\$\{([A-Za-z]+)\}")


def sam_policies() -> dict[str, list[Any]]:
    """The statements of each template; its parameters are written as `${Name}`."""
    templates = _read_data(_SOURCE)["Templates"]
    return {name: _with_parameters(template["Definition"]["Statement"]) for name, template in sorted(templates.items())}


def sam_connector_grants() -> dict[str, dict[str, Any]]:
    """What a connector grants, by the types of source and destination (`A > B`).

    `type` is what SAM generates, `owner` whose policy it is; `permissions` has its statements, or the properties of a
    Lambda permission, by the connector's permission; `combinations` are the only accepted ones. Values of the two
    resources are written as `${Source.Arn}`.
    """
    grants: dict[str, dict[str, Any]] = {}
    for source, destinations in _read_data(_CONNECTOR_SOURCE)["Permissions"].items():
        for destination, profile in destinations.items():
            properties = profile["Properties"]
            categories = json.loads(json.dumps(properties["AccessCategories"]).replace("%{", "${"))
            grant = {
                "type": profile["Type"],
                "owner": "Source" if properties["SourcePolicy"] else "Destination",
                "permissions": {name: value.get("Statement", value) for name, value in categories.items()},
            }
            combinations = [sorted(names) for names in properties.get("ValidAccessCategories", ())]
            grants[f"{source} > {destination}"] = grant | ({"combinations": combinations} if combinations else {})
    return dict(sorted(grants.items()))


def sam_connector_resources() -> dict[str, dict[str, str]]:
    """The values of a resource of each type that connectors use, and the property `Role` with its role.

    `${Id}` and `${Id.Arn}` are the values of `Ref` and `Fn::GetAtt`. The role of an EventBridge rule is its target's.
    """
    resources: dict[str, dict[str, str]] = {}
    for kind, properties in sorted(_read_data(_CONNECTOR_SOURCE)["CfnResourceProperties"].items()):
        values = {name: _reference(value) for name, value in properties.get("Outputs", {}).items()}
        role = properties.get("Inputs", {}).get("Role")
        resources[kind] = values | ({"Role": role if isinstance(role, str) else "Targets"} if role else {})
    return resources


def sam_globals() -> dict[str, list[str]]:
    """The properties that each section of `Globals` takes."""
    globals_class = import_module("samtranslator.plugins.globals.globals").Globals
    properties = sorted(globals_class.supported_properties.items())
    return {kind.rpartition("::")[2]: list(names) for kind, names in properties}


def _reference(value: Any) -> str:
    """A value of a resource as a parameter, `${Id}` for its `Ref` or `${Id.Name}` for an attribute, or a text."""
    if isinstance(value, str):
        return value
    return f"${{Id.{value['Fn::GetAtt'][1]}}}" if "Fn::GetAtt" in value else "${Id}"


def _read_data(path: str) -> dict[str, Any]:
    """A data file of aws-sam-translator. Raises ModuleNotFoundError if it is not installed."""
    spec = find_spec("samtranslator")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("samtranslator")
    data: dict[str, Any] = json.loads((Path(spec.origin).parent / path).read_bytes())
    return data


def _with_parameters(value: Any) -> Any:
    """A template value with `Ref` and `Fn::Sub` replaced by `${Name}`."""
    if isinstance(value, list):
        return [_with_parameters(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"}:
        return f"${{{value['Ref']}}}"
    if set(value) == {"Fn::Sub"}:
        return _substitute(value["Fn::Sub"])
    return {name: _with_parameters(item) for name, item in value.items()}


def _substitute(substitution: Any) -> str:
    """The text of `Fn::Sub`, with its own variables replaced."""
    text, variables = (substitution, {}) if isinstance(substitution, str) else substitution
    return _VARIABLE.sub(
        lambda match: _with_parameters(variables[match[1]]) if match[1] in variables else match[0], text
    )


def main() -> None:
    """Write the tables."""
    _write("sam_policies.json", _SOURCE, {"templates": sam_policies()})
    connectors = {"grants": sam_connector_grants(), "resources": sam_connector_resources()}
    _write("sam_connectors.json", _CONNECTOR_SOURCE, connectors)
    _write("sam_globals.json", "plugins/globals/globals.py", {"sections": sam_globals()})


def _write(name: str, source: str, tables: Mapping[str, Mapping[str, Any]]) -> None:
    """Write a file with one row a line."""
    source = f"aws-sam-translator {version('aws-sam-translator')}, samtranslator/{source}"
    lines = [f'{{\n"source": {json.dumps(source)}']
    for title, table in tables.items():
        rows = [f"  {json.dumps(key)}: {json.dumps(row, sort_keys=True)}" for key, row in table.items()]
        lines.append(f"{json.dumps(title)}: {{\n" + ",\n".join(rows) + "\n}")
    (_DATA / name).write_text(",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
