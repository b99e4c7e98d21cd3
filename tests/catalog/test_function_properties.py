"""Every property of a function in CloudFormation's reference is a setting of a spec, or asks nothing of the role."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from support.rows import every_row

from iamglue.readers.spec.spec_schemas import SETTINGS_KEYS

_TABLE = Path(__file__).parent / "function_properties.tsv"
_NOTHING = "-"
# Settings of other resources: a function's asynchronous invocations (AWS::Lambda::EventInvokeConfig).
_OF_OTHER_RESOURCES = {"on_success", "on_failure"}


def _rows() -> list[dict[str, str]]:
    lines = [line for line in _TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


def _schema() -> dict[str, Any]:
    """CloudFormation's schema of a function, as cfn-lint has it."""
    spec = find_spec("cfnlint")
    assert spec is not None
    assert spec.origin is not None
    schemas = Path(spec.origin).parent / "data" / "schemas"
    name = json.loads((schemas / "providers" / "us-east-1.json").read_text())["AWS::Lambda::Function"]
    schema: dict[str, Any] = json.loads((schemas / "resources" / f"{name}.json").read_text())
    return schema


def _properties(schema: dict[str, Any], part: dict[str, Any], start: str = "") -> Iterator[str]:
    """The names of all properties, those of definitions after a dot."""
    for name, value in part["properties"].items():
        yield start + name
        reference = value.get("$ref") or value.get("items", {}).get("$ref")
        definition = schema["definitions"].get(reference.rpartition("/")[2], {}) if reference else {}
        if "properties" in definition:
            yield from _properties(schema, definition, f"{start}{name}.")


def test_the_table_has_every_property_of_the_reference_once() -> None:
    schema = _schema()
    assert sorted(row["property"] for row in _rows()) == sorted(_properties(schema, schema))


def test_every_setting_is_that_of_a_property_or_of_another_resource() -> None:
    named = {row["setting"] for row in _rows()} - {_NOTHING}
    assert named | _OF_OTHER_RESOURCES == set(SETTINGS_KEYS)


@every_row("row", _rows())
def test_every_row_has_a_page_of_aws_as_its_source(row: dict[str, str]) -> None:
    assert row["source"].startswith("https://docs.aws.amazon.com/")
