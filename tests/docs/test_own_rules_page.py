"""What docs/own-rules.md shows works as it is shown."""

from __future__ import annotations

import re
from types import ModuleType

import pytest
from docs.write_docs import ROOT

from iamglue.cli.config import read_config
from iamglue.model.own_rules import OwnRuleKind
from iamglue.readers.own_rules.keys import EXCEPTION_KEYS, KINDS, RULE_KEYS
from iamglue.readers.own_rules.reader import parse_own_rules
from iamglue.rules import __all__ as public_names
from iamglue.rules import example_problems

PAGE = (ROOT / "docs" / "own-rules.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    return re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[1]


def test_the_rule_file_is_read():
    assert [rule.slug for rule in parse_own_rules(block("yaml"), "rules.yaml")] == ["no-production-deletes"]


def test_the_configuration_is_read(tmp_path):
    (tmp_path / ".iamglue.toml").write_text(block("toml"), encoding="utf-8")
    assert [path.rpartition("/")[2] for path in read_config(tmp_path).rules] == ["rules.yaml"]


def test_the_rule_in_python_passes_its_own_examples():
    module = ModuleType("shown")
    exec(block("python"), module.__dict__)
    assert example_problems(module) == []
    module.GOOD, module.BAD = module.BAD, module.GOOD
    assert [problem.partition(":")[0] for problem in example_problems(module)] == ["GOOD[0]", "BAD[0]"]


@pytest.mark.parametrize("kind", OwnRuleKind)
def test_every_kind_is_described_with_its_keys(kind):
    row = re.search(rf"^\| `{kind}` \| (.*?) \|", PAGE, re.MULTILINE)[1]
    assert set(re.findall("`(.*?)`", row)) == set(KINDS[kind].keys)


def test_every_key_is_described():
    assert [name for name in (*RULE_KEYS, *EXCEPTION_KEYS) if f"`{name}`" not in PAGE] == []


def test_the_names_of_the_api_exist():
    table = PAGE[PAGE.index("| name | what it is |") :]
    shown = re.findall(r"^\| `(\w+)", table, re.MULTILINE)
    assert shown
    assert set(shown) <= set(public_names)
