"""Fifty functions, described before their specs were written: each spec grants what its sentence needs, and no more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from support.generated import bundle_of

from iamglue.formats.policies.renderer import render_permission_sets
from iamglue.generate.prove import prove
from iamglue.readers.spec.reader import parse_spec

FILES = sorted((Path(__file__).parent / "functions").glob("*.yaml"))
FUNCTIONS = [item for file in FILES for item in yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)]
HEAD = 'iamglue: 1\nregion: eu-west-1\naccount: "123456789012"\n'

functions = pytest.mark.parametrize("item", FUNCTIONS, ids=lambda item: item["spec"].split()[1])


def test_there_are_ten_functions_of_each_kind():
    assert [len(yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)) for file in FILES] == [10] * 5


@functions
def test_the_spec_grants_what_the_description_needs(item):
    document = json.loads(render_permission_sets((bundle_of(item["spec"], head=HEAD),), "json"))
    granted = [
        (statement["Action"], statement["Resource"], statement.get("Condition"))
        for statement in document["Statement"]
        if statement["Sid"] != "LogsWriteOwnLogs"
    ]
    assert granted == [(row["actions"], row["resources"], row.get("condition")) for row in item["grants"]]


@functions
def test_every_line_of_its_proof_holds(item):
    (function,) = parse_spec(HEAD + item["spec"], "spec.yaml").functions
    lines = prove(function, bundle_of(item["spec"], head=HEAD)).lines
    assert [line for line in lines if line.holds is not True] == []
