"""Every app of the corpus gives the functions that its expected.json has, which were written before it was read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from iamglue.deployed_code.templates import CodeTemplate, template_beside
from iamglue.infer.code.declared import declared_function
from iamglue.infer.code.project import read_project

CORPUS = Path(__file__).parents[3] / "corpus" / "code" / "cdk"
APPS = sorted(path.parent for path in CORPUS.glob("*/expected.json"))


def read(folder: Path, expected: dict[str, object]) -> CodeTemplate:
    paths = [str(folder / name) for name in expected["code"]]
    return template_beside(paths, None, read_project(paths).files)


def trigger_text(trigger) -> str:
    return f"{trigger.name} {trigger.resource.text}" if trigger.resource.text else trigger.name


def reading(template: CodeTemplate) -> dict[str, object]:
    """The functions as expected.json has them, by name."""
    result = {}
    for function in template.functions:
        declared = declared_function(function)
        result[declared.name] = {
            "environment": dict(function.code.environment),
            "triggers": sorted(map(trigger_text, declared.triggers)),
            "is_open": function.code.is_open,
        }
    return result


@pytest.fixture(scope="module")
def apps(tmp_path_factory):
    """The corpus in a directory that is in no repository, each app with its expected.json and what is read of it."""
    root = tmp_path_factory.mktemp("cdk")
    shutil.copytree(CORPUS, root, dirs_exist_ok=True)
    result = {}
    for app in APPS:
        expected = json.loads((app / "expected.json").read_text(encoding="utf-8"))
        result[app.name] = (expected, read(root / app.name, expected))
    return result


@pytest.mark.parametrize("name", [app.name for app in APPS])
def test_the_functions_of_an_app_have_their_variables_and_triggers(apps, name):
    expected, template = apps[name]
    assert reading(template) == expected["functions"]


@pytest.mark.parametrize("name", [app.name for app in APPS])
def test_what_the_source_does_not_show_is_said_and_nothing_else(apps, name):
    expected, template = apps[name]
    notes = [note for note in template.notes if not note.startswith("environment variables and triggers are those in")]
    assert [text for text in expected["notes"] if not any(text in note for note in notes)] == []
    assert bool(notes) == bool(expected["notes"])
