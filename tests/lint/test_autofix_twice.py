"""What was mended is mended to the end: a second run changes nothing, with safe fixes alone or with all."""

from __future__ import annotations

import json
import random
from functools import cache

import pytest
from architecture.source_tree import ROOT
from lint.expected import document
from support.linting import EVERYTHING, TODAY, managed_policies, read
from support.rows import every_row

from iamglue.lint.autofix import apply_fixes
from iamglue.lint.rule_table import RULES
from iamglue.policy.parsed_policy import PolicyType

VALUES = (("Region", "eu-west-1"), ("Account", "123456789012"))
TEMPLATE = "Resources:\n  Managed:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument: {}\n"


def assert_a_second_run_changes_nothing(text: str, path: str, type: PolicyType | None = None) -> None:
    def after(before: str, *, unsafe: bool) -> str:
        found = apply_fixes(before, lambda new: read(new, path, type, VALUES), EVERYTHING, TODAY, unsafe=unsafe)
        assert bool(found.applied) == (found.text != before)
        return found.text

    for unsafe in (False, True):
        once = after(text, unsafe=unsafe)
        assert once == text or after(once, unsafe=unsafe) == once  # of the same text a second run would be the first


def test_a_second_run_changes_nothing_of_awss_managed_policies():
    for text in list(managed_policies().values())[::40]:
        assert_a_second_run_changes_nothing(text, "p.json")


TEMPLATES = sorted(
    path
    for folder in ("tests/corpus", "examples", "templates")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".yaml", ".yml", ".tf") and path.stat().st_size < 20_000
)


@every_row("path", TEMPLATES)
def test_a_second_run_changes_nothing_of_a_template(path):
    assert_a_second_run_changes_nothing(path.read_text(encoding="utf-8"), path.name)


@cache
def _statements() -> list[tuple[dict, PolicyType | None]]:
    """The statements of all rules' bad cases, each with the kind of policy that it is of."""
    found = []
    for slug in RULES:
        for case in RULES[slug].BAD:
            try:
                policy = json.loads(document(case.text))
            except ValueError:
                continue
            held = policy.get("Statement") if isinstance(policy, dict) else None
            found += [(each, case.type) for each in (held if isinstance(held, list) else [held]) if each]
    return found


# Policies of many faults at once, where a fix waits for others or meets them; the number is the seed. Every other one
# is a template: its texts take the most to read.
@pytest.mark.parametrize("seed", range(24))
def test_a_second_run_changes_nothing_of_many_faulty_statements_together(seed):
    draw = random.Random(seed)
    known = _statements()
    first, kind = draw.choice(known)
    count = draw.choice([2, 3, 5, 8])
    statements = [first] * 30 if seed % 12 in (0, 7) else [draw.choice(known)[0] for _ in range(count)]
    statements = [dict(each) if isinstance(each, dict) else each for each in statements]
    for each in statements:
        if isinstance(each, dict) and draw.random() < 0.3:
            each["Sid"] = draw.choice(["A", "A-1"])
    text = json.dumps({"Version": draw.choice(["2012-10-17", "2008-10-17"]), "Statement": statements}, indent=2)
    if seed % 2:
        assert_a_second_run_changes_nothing(text, "p.json", kind)
    else:
        assert_a_second_run_changes_nothing(TEMPLATE.format(text.replace("\n", "\n      ")), "t.yaml")
