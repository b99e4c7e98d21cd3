"""`iamglue rules --format json`: the rules for programs."""

from __future__ import annotations

import json

import pytest

from iamglue.audit.rule_table import role_rules
from iamglue.lint.rule_table import rule_slugs


def test_every_rule_is_listed_with_its_severity(iamglue):
    data = json.loads(iamglue("rules", "--format", "json").stdout)
    assert data["version"] == 1
    assert [rule["rule"] for rule in data["lint"]] == list(rule_slugs())
    assert [rule["rule"] for rule in data["audit"]] == list(role_rules())
    assert {rule["severity"] for rule in data["lint"]} <= {"error", "security-warning", "warning", "suggestion"}


@pytest.mark.parametrize("slug", ["missing-version", "MISSING_VERSION", "missing_version"])
def test_one_rule_has_its_examples(iamglue, slug):
    (rule,) = json.loads(iamglue("rules", slug, "--format", "json").stdout)["lint"]
    assert rule["codes"] == ["MISSING_VERSION"]
    assert rule["bad"][0]["fixed"] == '{"Version": "2012-10-17", "Statement": []}'


def test_a_name_of_both_tasks_gives_both_rules(iamglue):
    data = json.loads(iamglue("rules", "broad-access", "--format", "json").stdout)
    assert (len(data["lint"]), len(data["audit"])) == (1, 1)


def test_an_unknown_rule_is_an_error_in_json_too(iamglue):
    result = iamglue("rules", "qqqq", "--format", "json")
    assert (result.exit_code, result.stdout) == (2, "")
