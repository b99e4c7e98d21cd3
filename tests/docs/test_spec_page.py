"""docs/spec.md names everything a spec can say, and its examples are specs that generate."""

from __future__ import annotations

import re

from docs.write_docs import ROOT
from docs.write_spec_page import BLOCKS
from support.rows import every_row

from iamglue.catalog.triggers import trigger_names
from iamglue.generate.generate import DeploymentTarget, generate
from iamglue.readers.spec.reader import parse_spec
from iamglue.readers.spec.spec_schemas import ENTRY_OPTIONS, SETTINGS_KEYS, SPEC_KEYS

PAGE = (ROOT / "docs" / "spec.md").read_text(encoding="utf-8")
HEAD = 'iamglue: 1\nfunction: f\nregion: eu-west-1\naccount: "123456789012"\n'
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
TARGET = DeploymentTarget("eu-west-1", "123456789012", "aws")


def headings(level: int) -> set[str]:
    return {
        name for heading in re.findall(rf"^{'#' * level} (.+)$", PAGE, re.MULTILINE) for name in heading.split(", ")
    }


@every_row("example", EXAMPLES)
def test_every_example_generates(example):
    text = example if "iamglue: 1" in example else HEAD + example
    for function in parse_spec(text, "spec.yaml").functions:
        assert generate(function, TARGET).trust.statements


def test_every_key_of_the_file_has_a_section():
    assert set(SPEC_KEYS) <= headings(2)


def test_every_trigger_and_setting_has_a_section():
    assert {*trigger_names(), *SETTINGS_KEYS} <= headings(3)


def test_every_option_of_entries_has_a_section():
    assert set(ENTRY_OPTIONS) <= headings(4) | headings(3)


def test_every_computed_block_has_a_place():
    assert set(re.findall(r"<!-- written by make docs: ([a-z ]+) -->", PAGE)) == set(BLOCKS)
