"""Documents as a whole: one that is as large as may be is well, with one character more it is not; and what is none."""

from __future__ import annotations

import json

import pytest
from lint.case_texts import said
from lint.expected import written

from iamglue.catalog import limits
from iamglue.findings import Severity
from iamglue.lint.rule import RuleExample
from iamglue.lint.rule_table import FILE_RULES, RULES
from iamglue.policy.parsed_policy import ParameterValues, PolicyType
from iamglue.policy.source.edits import apply_edits
from iamglue.readers.policy_texts import read_policies


def _text(size: int) -> str:
    """A policy of so many characters, none of them white space."""
    empty = json.dumps({"Version": "2012-10-17", "Statement": [said(resource="")]}, separators=(",", ":"))
    return empty.replace('"Resource":""', f'"Resource":"{"a" * (size - len(empty))}"')


LIMITS = [
    ("policy-size", PolicyType.IDENTITY, None, limits.IDENTITY_POLICY_SIZE),
    ("policy-size", PolicyType.TRUST, None, limits.TRUST_POLICY_SIZE),
    ("policy-size", PolicyType.RESOURCE, None, limits.RESOURCE_POLICY_SIZE),
    ("policy-size", PolicyType.RESOURCE, "AWS::KMS::Key", limits.KEY_POLICY_SIZE),
    ("control-policy-size", PolicyType.SCP, None, limits.SERVICE_CONTROL_POLICY_SIZE),
    ("control-policy-size", PolicyType.RCP, None, limits.RESOURCE_CONTROL_POLICY_SIZE),
]


def too_large(slug, case, text):
    """What is said of a policy that is too large for any use; a suggestion is about its use as a managed policy."""
    return [hit for hit in RULES[slug].check(written(case, text)) if hit.severity is not Severity.SUGGESTION]


@pytest.mark.parametrize(("slug", "type_", "resource_type", "limit"), LIMITS)
def test_a_policy_may_have_as_many_characters_as_the_quota_says(slug, type_, resource_type, limit):
    for more in (0, 1):
        text = _text(limit + more)
        case = RuleExample(text, type_, resource_type=resource_type)
        assert len(too_large(slug, case, text)) == more


@pytest.mark.parametrize(("slug", "type_", "resource_type", "limit"), LIMITS)
def test_white_space_counts_where_aws_counts_it(slug, type_, resource_type, limit):
    text = _text(limit).replace(",", ",\n \t")
    case = RuleExample(text, type_, resource_type=resource_type)
    counts = type_ not in (PolicyType.IDENTITY, PolicyType.TRUST)
    found = too_large(slug, case, text)
    assert len(found) == counts
    assert all("white space" in hit.help for hit in found)


@pytest.mark.parametrize("type_", [PolicyType.SCP, PolicyType.RCP])
def test_a_control_policy_that_is_too_large_in_any_form_is_to_be_split(type_):
    text = _text(limits.SERVICE_CONTROL_POLICY_SIZE + 1)
    (hit,) = RULES["control-policy-size"].check(written(RuleExample(text, type_), text))
    assert hit.help == "split the statements into several policies"


def test_white_space_within_texts_and_escaped_quotes_count():
    for value in ("a b", 'a\\"b', "a\\\\"):
        text = _text(limits.IDENTITY_POLICY_SIZE - 1).replace("aaa", value, 1)
        longer = text.replace('a"', 'aaaaa"')
        assert not too_large("policy-size", RuleExample(text), text)
        assert too_large("policy-size", RuleExample(longer), longer)


def _role(kind: str, sizes: tuple[int, ...]) -> str:
    policies = [{"PolicyName": f"p{at}", "PolicyDocument": json.loads(_text(size))} for at, size in enumerate(sizes)]
    return json.dumps({"Resources": {"R": {"Type": f"AWS::IAM::{kind}", "Properties": {"Policies": policies}}}})


@pytest.mark.parametrize(("kind", "limit"), [("Role", 10_240), ("User", 2_048), ("Group", 5_120)])
def test_inline_policies_together_may_have_as_many_characters_as_the_quota_says(kind, limit):
    for more in (0, 1):
        text = _role(kind, (1_000, limit - 1_000 + more))
        file = read_policies("t.json", text, None, ParameterValues())
        found = list(FILE_RULES["inline-policies-too-large"].check_file(file))
        assert len(found) == more
        assert all(hit.node is file.policies[-1].node for hit in found)
        assert all(f"{limit + 1:,}" in hit.message and f"{limit:,}" in hit.help for hit in found)


def test_elements_without_a_document_are_put_into_one():
    statement = json.dumps(said())
    (hit,) = RULES["not-a-document"].check(written(RuleExample(statement), statement))
    assert apply_edits(statement, hit.fix.edits) == f'{{"Version": "2012-10-17", "Statement": [{statement}]}}'
    assert hit.fix.description == "move them into a statement"
    beside = f'{{"Version": "2012-10-17", {statement[1:]}'
    (hit,) = RULES["not-a-document"].check(written(RuleExample(beside), beside))
    assert apply_edits(beside, hit.fix.edits) == f'{{"Version": "2012-10-17", "Statement": [{statement}]}}'


def test_elements_that_stand_apart_are_not_put_into_a_statement():
    apart = '{"Effect": "Allow", "Version": "2012-10-17", "Action": "s3:GetObject", "Resource": "*"}'
    (hit,) = RULES["not-a-document"].check(written(RuleExample(apart), apart))
    assert hit.fix is None
