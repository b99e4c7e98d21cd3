"""Rule files: every error has its place and says what was expected; the JSON Schema agrees with the reader."""

from __future__ import annotations

import copy
import json
from datetime import date

import jsonschema
import pytest
from architecture.source_tree import ROOT
from support.rows import every_row
from support.yaml_nodes import read_yaml

from iamglue.errors import IamglueError
from iamglue.findings import Severity
from iamglue.model.own_rules import OwnRuleKind, RuleException
from iamglue.policy.conditions import build_condition
from iamglue.policy.parsed_policy import PolicyType
from iamglue.readers.own_rules.json_schema import own_rules_schema
from iamglue.readers.own_rules.reader import parse_own_rules
from iamglue.readers.spec.spec_data import spec_data

EXAMPLE = (ROOT / "examples" / "rule-pack" / "rules.yaml").read_text(encoding="utf-8")
VALIDATOR = jsonschema.Draft202012Validator(own_rules_schema())


def file_of(
    *lines: str, start: str = "  - id: own\n    kind: deny-actions\n    message: m\n    actions: s3:*\n"
) -> str:
    return f"version: 1\nrules:\n{start}{''.join(f'    {line}' + chr(10) for line in lines)}"


def errors_of(text: str) -> str:
    with pytest.raises(IamglueError) as raised:
        parse_own_rules(text, "r.yaml")
    return str(raised.value)


def test_the_example_has_a_rule_of_each_kind():
    rules = parse_own_rules(EXAMPLE, "rules.yaml")
    assert [rule.kind for rule in rules] == list(OwnRuleKind)


def test_a_rule_has_what_the_file_says():
    text = file_of(
        "severity: security-warning",
        "help: ask\n      us",
        "url: https://example.com/rule",
        "resources: [arn:aws:s3:::a, arn:aws:s3:::b/*]",
        "policy-types: identity",
        "exceptions:",
        "  - {role: admin-*, account: 111122223333, reason: reviewed, until: 2027-01-31}",
    )
    (rule,) = parse_own_rules(text, "r.yaml")
    assert (rule.slug, rule.message, rule.help) == ("own", "m", "ask us")
    assert (rule.severity, rule.url, rule.line) == (Severity.SECURITY_WARNING, "https://example.com/rule", 3)
    assert (rule.actions, rule.resources) == (("s3:*",), ("arn:aws:s3:::a", "arn:aws:s3:::b/*"))
    assert rule.types == {PolicyType.IDENTITY}
    exception = RuleException("reviewed", role="admin-*", account="111122223333", until=date(2027, 1, 31))
    assert rule.exceptions == (exception,)


def test_conditions_are_those_of_a_policy():
    start = "  - id: own\n    kind: require-conditions\n    message: m\n    actions: s3:*\n"
    text = file_of("conditions:", "  StringEquals: {aws:SourceVpce: [a, b]}", "  Bool: {aws:X: true}", start=start)
    (rule,) = parse_own_rules(text, "r.yaml")
    assert rule.conditions == (
        build_condition("StringEquals", "aws:SourceVpce", "a", "b"),
        build_condition("Bool", "aws:X", "true"),
    )


OF_KIND = "  - {{id: own, kind: {0}, message: m}}\n"
WRONG = {
    "not a mapping": ("- a\n", "r.yaml:1:1: a rule file must be a mapping"),
    "no version": ("rules: []\n", "`version: 1` is missing"),
    "another version": ("version: 2\nrules: []\n", "r.yaml:1:10: `2` is not a version of rule files"),
    "a quoted version": ("version: '1'\nrules: []\n", "expected the number 1"),
    "no rules": ("version: 1\n", "`rules` is missing"),
    "rules that are no list": ("version: 1\nrules: {}\n", "r.yaml:2:8: expected a list of rules, found a mapping"),
    "a misspelled key": ("version: 1\nrule: []\nrules: []\n", "did you mean `rules`?"),
    "a duplicate key": (file_of("actions: s3:Get*"), "r.yaml:7:5"),
    "a rule that is text": ("version: 1\nrules: [a]\n", "expected a rule"),
    "no kind": (file_of(start="  - {id: own, message: m}\n"), "`kind` is missing"),
    "a misspelled kind": (file_of(start=OF_KIND.format("deny-action")), "did you mean `deny-actions`?"),
    "a key of another kind": (file_of("accounts: '111122223333'"), "r.yaml:7:5: `accounts` is not a valid key"),
    "an ID that is no slug": (
        file_of(start="  - {id: Own Rule, kind: maximum-size, message: m, statements: 1}\n"),
        "r.yaml:3:10: `Own Rule` is not a valid ID of a rule",
    ),
    "no actions": (file_of(start=OF_KIND.format("deny-actions")), "a rule needs `actions`"),
    "no limit": (file_of(start=OF_KIND.format("maximum-size")), "needs `characters` or `statements`"),
    "no principal": (file_of(start=OF_KIND.format("allowed-principals")), "needs `principals` or `accounts`"),
    "an unknown severity": (file_of("severity: critical"), "expected one of error, security-warning"),
    "an unknown policy type": (file_of("policy-types: [identity, role]"), "r.yaml:7:30: `role` is not a valid policy"),
    "a type without grants": (file_of("policy-types: scp"), "is about policies of the types identity, resource, trust"),
    "a bucket name": (file_of("resources: prod"), "hint: an S3 bucket is arn:aws:s3:::NAME"),
    "a variable": (file_of("resources: 'arn:aws:s3:::${aws:username}'"), "has a variable"),
    "an empty list": (file_of("resources: []"), "expected at least one, found none"),
    "an empty value": (file_of("help:"), "expected a string, found nothing"),
    "an address without https": (file_of("url: example.com"), "expected https://"),
    "exceptions that are no list": (file_of("exceptions: {role: a}"), "expected a list of exceptions"),
    "an exception without a reason": (file_of("exceptions: [{role: a}]"), "an exception needs `reason`"),
    "an exception of everything": (file_of("exceptions: [{reason: a}]"), "an exception needs `role` or `function`"),
    "an invalid date": (file_of("exceptions: [{role: a, reason: b, until: soon}]"), "`soon` is not a valid date"),
    "a tag": (file_of("help: !Sub x"), "a rule file has no YAML tags"),
    "malformed YAML": ("version: 1\nrules: [\n", "r.yaml:"),
    "an empty file": ("", "the file is empty"),
}


@every_row("text, message", WRONG.values())
def test_what_is_wrong_is_an_error_at_its_place(text, message):
    assert message in errors_of(text)


ACTIONS = {
    "s3:Delte*": "did you mean `Delete`?",
    "s33:Get*": "did you mean `s3`?",
    "GetObject": "expected `service:Name` or a pattern",
    "s3:GetObjekt": "did you mean `GetObject`?",
}


@pytest.mark.parametrize(("action", "message"), ACTIONS.items())
def test_an_action_that_does_not_exist_is_an_error(action, message):
    assert message in errors_of(file_of().replace("s3:*", f'["{action}"]'))


PRINCIPALS = {
    "*": False,
    "admin": False,
    "arn:aws:s3:::bucket": False,
    "1111": False,
    "111122223333": True,
    "arn:aws:iam::*:role/data-*": True,
    "arn:aws-cn:iam::111122223333:root": True,
    "lambda.amazonaws.com": True,
    "*.amazonaws.com": True,
    "accounts.google.com": True,
}


@pytest.mark.parametrize(("principal", "is_valid"), PRINCIPALS.items())
def test_a_principal_is_an_arn_a_service_a_provider_or_an_account(principal, is_valid):
    text = file_of(f'principals: ["{principal}"]', start="  - id: own\n    kind: allowed-principals\n    message: m\n")
    if is_valid:
        assert parse_own_rules(text, "r.yaml")[0].principals == (principal,)
    else:
        assert f"`{principal}` is not a valid principal" in errors_of(text)


def test_every_error_of_a_file_is_reported_at_once():
    text = file_of("severity: a", "help:", "exceptions: [{}]")
    assert len(errors_of(text).split("r.yaml:")) == 5


def test_two_rules_with_the_same_id_are_an_error():
    text = f"{file_of()}{file_of().partition('rules:' + chr(10))[2]}"
    assert "r.yaml:7:9: the ID `own` is that of the rule on line 3 too" in errors_of(text)


def typed(value):
    """The data with the types that YAML gives to the example's plain values."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [typed(item) for item in value]
    return {"true": True, "1": 1, "2000": 2000, "12": 12}.get(value, value)


def test_the_schema_is_valid_and_accepts_the_example():
    jsonschema.Draft202012Validator.check_schema(own_rules_schema())
    VALIDATOR.validate(typed(spec_data(read_yaml(EXAMPLE, "r.yaml"))))


@pytest.mark.parametrize("key", ["id", "kind", "message"])
def test_the_schema_requires_what_the_reader_requires(key):
    valid = typed(spec_data(read_yaml(EXAMPLE, "r.yaml")))
    for number, rule in enumerate(valid["rules"]):
        without = copy.deepcopy(valid)
        del without["rules"][number][key]
        assert not VALIDATOR.is_valid(without), (number, key)
        assert rule[key]


@pytest.mark.parametrize("number", range(len(OwnRuleKind)))
def test_the_schema_and_the_reader_refuse_the_same_keys(number):
    valid = typed(spec_data(read_yaml(EXAMPLE, "r.yaml")))
    rule = valid["rules"][number]
    for key in own_rules_schema()["$defs"]:
        changed = copy.deepcopy(valid)
        changed["rules"][number]["kind"] = key
        as_yaml = json.dumps(changed).replace("true", '"true"')
        try:
            parse_own_rules(as_yaml, "r.yaml")
            is_read = True
        except IamglueError:
            is_read = False
        assert VALIDATOR.is_valid(changed) is is_read, (rule["id"], key)
