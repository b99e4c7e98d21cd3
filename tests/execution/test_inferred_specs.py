"""The spec of each example is what its code and the template beside it say."""

from __future__ import annotations

import json

import pytest
from architecture.source_tree import ROOT
from click.testing import CliRunner

from iamglue.cli.main import main

EXAMPLES = ROOT / "examples"
NAMES = ("exif-pipeline", "nightly-report", "queue-to-vault", "tenant-api")


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def actions(text):
    statements = json.loads(text)["Statement"]
    return {action for statement in statements for action in statement["Action"]}


@pytest.mark.parametrize("name", NAMES)
def test_the_inferred_spec_of_an_example_allows_what_its_own_spec_does(name, tmp_path):
    spec = tmp_path / "spec.yaml"
    run("infer", "code", EXAMPLES / name, "-o", spec)
    ran = run(
        *("generate", spec, "--region", "eu-west-1", "--account", "123456789012"),
        *(("--set", "Report1EventsRule=nightly-report-at-two") if name == "nightly-report" else ()),
    )
    assert actions(ran.stdout) == actions((EXAMPLES / name / "expected/policy.json").read_text())


def test_the_policy_of_the_reference_example_is_inferred_exactly(tmp_path):
    spec = tmp_path / "spec.yaml"
    run("infer", "code", EXAMPLES / "exif-pipeline", "-o", spec)
    ran = run("generate", spec, "--region", "eu-west-1", "--account", "123456789012")
    assert ran.stdout == (EXAMPLES / "exif-pipeline/expected/policy.json").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_the_spec_of_an_example_grants_what_its_code_calls(name):
    ran = run("check", EXAMPLES / name / "spec.yaml", "--code", EXAMPLES / name / "function", "--unused")
    assert (ran.exit_code, ran.stdout) == (0, "no entry is missing\n")
