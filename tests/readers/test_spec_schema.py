"""The JSON Schema lets every right spec through, and of the wrong ones those alone that it cannot see."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from readers.bad_specs import BAD, HEAD
from ruamel.yaml import YAML
from support.rows import every_row

from iamglue.catalog.services import service_prefixes
from iamglue.formats.reports.readable_json import readable_json
from iamglue.readers.spec.json_schema import spec_schema

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/spec.yaml"))
SCHEMA = spec_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
RIGHT = (
    f"{HEAD}reads: [{{glue/table: {{DatabaseName: a, TableName: b}}, do: [GetTable]}}]\n",
    f"{HEAD}reads: [{{account/account: '*', do: GetAccountInformation, account: '111122223333'}}]\n",
    f"{HEAD}triggers: [{{self-managed-kafka: {{secret: s, vpc: true}}}}]\n",
    f"{HEAD}reads: [{{sqs: 5}}, {{s3: {{BucketName: 1.5}}}}]\n",
    f"{HEAD}reads: [{{dynamodb/table: tbl, index: idx, do: query}}]\n",
    f"{HEAD}account: 012345678901\nreads: [{{s3: bkt, prefix: a, missing_ok: true, region: [eu-west-1]}}]\n",
    f"{HEAD}reads: [{{s3: bkt, when: {{Bool: {{aws:SecureTransport: true}}, NumericLessThan: {{s3:max-keys: 5}}}}}}]\n",
    f"{HEAD}triggers: [{{kinesis: s, on_failure: {{sqs: q}}}}]\nsettings: {{logs: {{create: false}}, vpc: true}}\n",
    "iamglue: 1\nfunctions: {a: {}, 'b-${Stage}': {settings: {logs: false}}}\n",
    "iamglue: 1\nfunction: '${Name}'\nregion: '${Region}'\naccount: '${Account}'\n",
)


def as_an_editor_reads_it(text: str) -> Any:
    reader = YAML(typ="safe", pure=True)
    reader.allow_duplicate_keys = True
    reader.constructor.add_constructor(None, lambda loader, node: loader.construct_scalar(node))
    return reader.load(StringIO(text))


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_every_example_passes(path: Path):
    VALIDATOR.validate(as_an_editor_reads_it(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("text", RIGHT)
def test_right_specs_pass(text: str):
    VALIDATOR.validate(as_an_editor_reads_it(text))


@every_row("bad", BAD.values())
def test_wrong_specs_fail_unless_no_schema_could_tell(bad: Any):
    assert VALIDATOR.is_valid(as_an_editor_reads_it(bad.text)) is not bad.schema


def parts(schema: Any) -> list[dict[str, Any]]:
    return [schema, *SCHEMA["$defs"].values()]


def test_every_key_has_a_description():
    undescribed = [
        name
        for part in parts(SCHEMA)
        for name, value in part.get("properties", {}).items()
        if not value.get("description")
    ]
    assert undescribed == []


def test_every_key_has_an_example():
    without_example = [
        name
        for part in parts(SCHEMA)
        for name, value in part.get("properties", {}).items()
        if not value.get("examples")
    ]
    assert without_example == []


def test_every_mapping_says_which_keys_it_takes():
    open_mappings = [
        part
        for part in parts(SCHEMA)
        if "properties" in part and part["additionalProperties"] is not False and "propertyNames" not in part
    ]
    assert open_mappings == []


@pytest.mark.parametrize("key", ["reads", "writes", "calls"])
def test_an_entry_takes_every_service_and_no_other_word(key: str):
    # `account` alone is an option.
    for prefix in {*service_prefixes(), "s3/object", "account/account"} - {"account"}:
        assert VALIDATOR.is_valid({"iamglue": 1, "function": "f", key: [{prefix: "name"}]}), prefix
    assert not VALIDATOR.is_valid({"iamglue": 1, "function": "f", key: [{"dinamodb": "name"}]})


def test_the_schema_is_small_enough_to_read(iamglue_schema_text: str):
    assert len(iamglue_schema_text) < 64 * 1024
    assert len(iamglue_schema_text.splitlines()) < 1600


def test_the_examples_of_keys_are_valid():
    definitions = {"$defs": SCHEMA["$defs"]}
    for part in parts(SCHEMA):
        for name, value in part.get("properties", {}).items():
            for example in value["examples"]:
                jsonschema.Draft202012Validator(value | definitions).validate(example)
                assert example is not None, name


def test_the_text_of_the_schema_is_the_schema(iamglue_schema_text: str):
    assert json.loads(iamglue_schema_text) == SCHEMA


@pytest.fixture
def iamglue_schema_text() -> str:
    return readable_json(SCHEMA)
