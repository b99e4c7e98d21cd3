"""The templates beside this file are valid: the tools of their frameworks accept each of them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import hcl2
import pytest
import yaml
from support.cfn_lint import cfn_lint_rules
from support.rows import every_row
from support.sam import translate

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
ARTIFACTS = ("CodeUri", "ContentUri", "DefinitionUri", "Location")

# Engine versions go out of date without anyone's touching the template.
ENGINE_VERSIONS = {"E3690", "E3691"}


def _files(directory: Path, *endings: str) -> list[Any]:
    return [
        pytest.param(path, id=path.relative_to(directory).as_posix())
        for path in sorted(directory.rglob("*"))
        if path.name.endswith(endings)
    ]


def _packaged(template: dict[str, Any]) -> dict[str, Any]:
    """The template after `sam package`: local files and applications are addresses in S3, dates are text."""
    template = json.loads(json.dumps(template, default=str))
    bodies = [resource.get("Properties", {}) for resource in template["Resources"].values()]
    for body in [*bodies, template.get("Globals", {}).get("Function", {})]:
        body |= {name: "s3://bucket/key" for name in ARTIFACTS if name in body}
    return template


@every_row("path", _files(TEMPLATES / "sam", ".yaml", ".json"))
def test_sams_translator_accepts_the_template(path):
    from samtranslator.yaml_helper import yaml_parse

    template = _packaged(yaml_parse(path.read_text(encoding="utf-8")))
    defaults = {name: value.get("Default", "x") for name, value in template.get("Parameters", {}).items()}

    assert translate(template, defaults)["Resources"]


CLOUDFORMATION = [
    *_files(TEMPLATES / "cloudformation", ".yaml", ".json"),
    *_files(TEMPLATES / "cdk", ".yaml", ".json"),
    *(file for assembly in sorted(HERE.glob("cdk.out-*")) for file in _files(assembly, ".template.json")),
]
# cfn-lint takes seconds for a template: `make fuzz` shows it all of them.
SHOWN = CLOUDFORMATION if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else CLOUDFORMATION[::12]


@pytest.mark.attacks
@pytest.mark.parametrize("path", SHOWN)
def test_cfn_lint_finds_no_error_in_the_template(path):
    errors = [rule for rule in cfn_lint_rules(path.read_text(encoding="utf-8")) if rule.startswith("E")]
    assert [rule for rule in errors if rule not in ENGINE_VERSIONS] == []


@every_row("path", _files(TEMPLATES / "terraform", ".tf"))
def test_python_hcl2_reads_the_file(path):
    assert hcl2.loads(path.read_text(encoding="utf-8"))


class _WithTags(yaml.CSafeLoader):
    """YAML with CloudFormation's short forms."""


_WithTags.add_multi_constructor("!", lambda loader, suffix, node: suffix)


@every_row("path", _files(TEMPLATES / "serverless", "serverless.yml", ".yml"))
def test_a_yaml_parser_reads_the_file(path):
    assert yaml.load(path.read_text(encoding="utf-8"), _WithTags)


@pytest.mark.parametrize("path", _files(HERE, "manifest.json"))
def test_a_manifest_names_files_of_its_assembly(path):
    artifacts = json.loads(path.read_text(encoding="utf-8"))["artifacts"].values()
    names = [artifact.get("properties", {}).get("templateFile") for artifact in artifacts]

    assert all((path.parent / name).is_file() for name in names if name)
