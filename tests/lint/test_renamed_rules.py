"""A former name of a rule is an error that says the new name, wherever one writes it."""

from __future__ import annotations

import pytest
from support.linting import linted

from iamglue.cli.config import read_config
from iamglue.errors import IamglueError
from iamglue.lint.baseline import read_baseline
from iamglue.lint.renamed_rules import _NEW_NAMES, renamed_rule_message
from iamglue.lint.rule_table import rule_slugs
from iamglue.lint.selection import parse_rule_names

MESSAGE = "`idle-condition` is now called `vacuous-condition`"


def test_new_names_are_rules_and_former_names_are_not():
    assert set(_NEW_NAMES.values()) <= set(rule_slugs())
    assert not set(_NEW_NAMES) & set(rule_slugs())


@pytest.mark.parametrize("name", ["idle-condition", "IDLE_CONDITION"])
def test_a_former_name_is_recognised_in_any_spelling(name):
    assert renamed_rule_message(name).endswith("is now called `vacuous-condition`")


def test_an_option_with_a_former_name_is_an_error():
    with pytest.raises(IamglueError, match=MESSAGE):
        parse_rule_names(["idle-condition"], "--select")


def test_a_baseline_with_a_former_name_is_an_error(tmp_path):
    row = '{"rule": "idle-condition", "identity": "x", "count": 1}'
    (tmp_path / "b.json").write_text(f'{{"version": 2, "findings": [{row}]}}')
    with pytest.raises(IamglueError, match=MESSAGE):
        read_baseline(str(tmp_path / "b.json"))


def test_a_suppression_with_a_former_name_is_a_finding():
    text = """\
Version: '2012-10-17'
Statement:
- Effect: Allow  # iamglue: ignore[idle-condition] it is right here
  Action: s3:GetObject
  Resource: arn:aws:s3:::b/*
"""
    assert [MESSAGE in finding.message for finding in linted(text, "policy.yaml").findings] == [True]


def test_a_configuration_with_a_former_name_is_an_error(tmp_path, monkeypatch):
    entry = '[[suppress]]\nrule = "idle-condition"\npath = "p.json"\nreason = "it is right there"\n'
    (tmp_path / ".iamglue.toml").write_text(entry)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(IamglueError, match=MESSAGE):
        read_config()
