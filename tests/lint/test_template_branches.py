"""What is in one branch of Fn::If says nothing about deployments without that branch."""

from __future__ import annotations

import json

import pytest
from support.linting import linted

TEMPLATE = """
AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Stage: {Type: String}}
Conditions:
  Production: !Equals [!Ref Stage, prod]
  Test: !Equals [!Ref Stage, test]
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement: [%s]
"""
READ = "{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::images/*'}"
ALL = "{Effect: Allow, Action: 's3:*Object', Resource: 'arn:aws:s3:::images/*'}"
NONE = "!Ref AWS::NoValue"
ANY_QUEUE = "{Effect: Allow, Action: 'sqs:*', Resource: '*'}"
DENY_ALL = "{Effect: Deny, Action: '*', Resource: '*'}"


def linted_statements(*statements):
    return linted(TEMPLATE % ", ".join(statements), "t.yaml").findings


def reported(*statements):
    return [finding.rule for finding in linted_statements(*statements)]


def branch(condition, value, other=NONE):
    return f"!If [{condition}, {value}, {other}]"


@pytest.mark.parametrize(
    "statements",
    [
        (branch("Production", ALL), READ),
        (branch("Production", ALL, READ),),
        (branch("Production", ALL), branch("Test", READ)),
        (branch("Production", READ, READ),),
        (branch("Production", branch("Test", ALL)), branch("Production", READ)),
    ],
)
def test_a_statement_that_is_covered_in_some_deployments_only_is_not_redundant(statements):
    assert "redundant-statement" not in reported(*statements)


@pytest.mark.parametrize(
    "statements",
    [
        (ALL, branch("Production", READ)),
        (branch("Production", READ), READ),
        (branch("Production", ALL), branch("Production", READ)),
        (branch("Production", ALL), branch("Production", branch("Test", READ))),
    ],
)
def test_a_statement_that_is_covered_in_each_deployment_is_redundant(statements):
    assert "redundant-statement" in reported(*statements)


@pytest.mark.parametrize("element", ["Action", "Resource"])
@pytest.mark.parametrize(
    ("values", "redundant"),
    [
        ("[!If [Production, {wide}, {narrow}], {narrow}]", True),
        ("[!If [Production, {wide}, !Ref AWS::NoValue], {narrow}]", False),
        ("[!If [Production, {wide}, {narrow}]]", False),
        ("[{wide}, !If [Production, {narrow}, !Ref AWS::NoValue]]", True),
        ("!If [Production, [{wide}], [{narrow}]]", False),
        ("!If [Production, [{wide}, {narrow}], [{narrow}]]", True),
    ],
)
def test_a_value_is_redundant_if_it_is_covered_in_each_deployment_that_has_it(element, values, redundant):
    texts = {
        "Action": {"wide": "'s3:*Object'", "narrow": "'s3:GetObject'"},
        "Resource": {"wide": "'arn:aws:s3:::images/*'", "narrow": "'arn:aws:s3:::images/a/*'"},
    }
    elements = {"Action": "'s3:GetObject'", "Resource": "'arn:aws:s3:::images/*'", element: values}
    text = values.format(**texts[element])
    statement = (
        f"{{Effect: Allow, {', '.join(f'{name}: {text if name == element else elements[name]}' for name in elements)}}}"
    )
    assert (f"redundant-{element.lower()}" in reported(statement)) is redundant


def test_both_branches_may_have_the_same_sid():
    first, second = (f"{{Sid: A, {text.lstrip('{')}" for text in (READ, ANY_QUEUE))
    assert "duplicate-sid" not in reported(branch("Production", first, second))


def test_a_sid_in_a_branch_is_no_other_statements_sid():
    first, second = (f"{{Sid: A, {text.lstrip('{')}" for text in (READ, ANY_QUEUE))
    assert "duplicate-sid" in reported(branch("Production", first), second)


@pytest.mark.parametrize("allowed", [ANY_QUEUE, branch("Test", ANY_QUEUE)])
def test_a_deny_of_one_branch_does_not_override_what_is_allowed_without_it(allowed):
    rules = reported(branch("Production", DENY_ALL), allowed)
    assert "ineffective-statement" not in rules
    assert "broad-access" in rules


def test_a_deny_overrides_what_the_same_branch_allows():
    rules = reported(branch("Production", DENY_ALL), branch("Production", ANY_QUEUE))
    assert "ineffective-statement" in rules
    assert "broad-access" not in rules


def test_full_access_in_one_branch_hides_no_escalation_path_of_the_other():
    full = "{Effect: Allow, Action: '*', Resource: '*'}"
    step = "{Effect: Allow, Action: 'iam:PutRolePolicy', Resource: '*'}"
    assert "privilege-escalation" in reported(branch("Production", full, step))


def test_a_deny_in_the_same_line_is_named_by_its_number():
    (finding,) = [entry for entry in linted_statements(DENY_ALL, ANY_QUEUE) if entry.rule == "ineffective-statement"]
    assert finding.message.startswith("the Deny of statement 1 overrides")


def _inline(name, kilobytes):
    actions = [f"s3:Get{number:094d}" for number in range(10 * kilobytes)]
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    return {"PolicyName": name, "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}


def _sizes_reported(policies, conditions=None, **resources):
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": policies}}
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Role": role, **resources}}
    text = json.dumps(template | ({"Conditions": conditions} if conditions else {}))
    report = linted(text, "t.json")
    return [item.message for item in report.findings if item.rule in ("inline-policies-too-large", "policy-size")]


def test_policies_of_two_branches_are_not_counted_together():
    assert not _sizes_reported([{"Fn::If": ["A", _inline("a", 6), _inline("b", 7)]}])
    assert not _sizes_reported({"Fn::If": ["A", [_inline("a", 6)], [_inline("b", 7)]]})


def test_what_can_be_together_is_counted_together():
    policies = [
        {"Fn::If": ["A", _inline("a", 6), _inline("b", 1)]},
        {"Fn::If": ["B", _inline("c", 6), _inline("d", 1)]},
    ]
    (message,) = _sizes_reported(policies)
    assert "the 2 inline policies of Role have 12," in message
    assert not _sizes_reported([policies[0], {"Fn::If": ["A", _inline("d", 1), _inline("c", 6)]}])


def test_statements_of_two_branches_are_not_counted_together():
    first, second = (_inline(name, 6)["PolicyDocument"]["Statement"][0] for name in "ab")
    document = {"Version": "2012-10-17", "Statement": [{"Fn::If": ["A", first, second]}]}
    assert not _sizes_reported([{"PolicyName": "p", "PolicyDocument": document}])


def test_a_policy_that_is_there_on_a_condition_is_counted_with_that_branch_only():
    policy = {
        "Type": "AWS::IAM::Policy",
        "Condition": "A",
        "Properties": {**_inline("c", 6), "Roles": [{"Ref": "Role"}]},
    }
    empty = {"Ref": "AWS::NoValue"}
    assert not _sizes_reported([{"Fn::If": ["A", empty, _inline("a", 6)]}], More=policy)
    assert _sizes_reported([{"Fn::If": ["A", _inline("a", 6), empty]}], More=policy)


def _equals(value):
    return {"Fn::Equals": [{"Ref": "Stage"}, value]}


@pytest.mark.parametrize(
    "conditions",
    [
        {"A": _equals("prod"), "B": {"Fn::Not": [{"Condition": "A"}]}},
        {"A": _equals("prod"), "B": {"Fn::Not": [_equals("prod")]}},
        {"A": _equals("prod"), "B": _equals("test")},
        {"A": {"Fn::And": [{"Condition": "C"}, _equals("prod")]}, "B": _equals("test"), "C": _equals("other")},
    ],
    ids=["not", "not the same", "another value", "never"],
)
def test_policies_whose_conditions_exclude_each_other_are_never_there_together(conditions):
    policies = {
        name: {
            "Type": "AWS::IAM::Policy",
            "Condition": name,
            "Properties": {**_inline(name, 6), "Roles": [{"Ref": "Role"}]},
        }
        for name in "AB"
    }
    assert not _sizes_reported([], conditions=conditions, **policies)
    independent = {"A": _equals("prod"), "B": {"Fn::Equals": [{"Ref": "Other"}, "x"]}}
    assert _sizes_reported([], conditions=independent, **policies)
