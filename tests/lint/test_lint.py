"""The verb `lint`: every fault in one pass, and nothing that failed reads as clean."""

from __future__ import annotations

import json
import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.budget import share
from support.linting import EVERYTHING, linted, managed_policies, read, rules_of
from support.rows import every_row

from iamglue.catalog import services
from iamglue.findings import NotEvaluatedKind, Severity
from iamglue.lint.rule_table import RULE_PRECONDITIONS, RULES, satisfied_preconditions
from iamglue.lint.rules.document import unknown_action
from iamglue.lint.selection import RuleSelection
from iamglue.policy.conditions import OPERATORS
from iamglue.policy.parsed_policy import PolicyType

GOOD = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject",'
    ' "Resource": "arn:aws:s3:::bkt/*"}]}'
)
BAD = GOOD.replace("GetObject", "GetObjekt")
FIVE_WAYS = """[{
  "Statement": "Write",
  "Effect": "Allow",
  "Actions": ["dyanmodb:PutItem"],
  "Resource": "arn:aws:dyanmodb:eu-west-1:123456789012:exifDataTable"
}]"""


def test_a_sound_policy_has_no_findings():
    assert linted(GOOD).findings == ()


def test_a_document_broken_in_five_ways_has_its_findings_in_one_run():
    assert Counter(rules_of(linted(FIVE_WAYS))) == {
        "not-a-document": 1,
        "unknown-element": 2,
        "unknown-service": 2,  # in the action and in the ARN
        "invalid-arn-resource": 1,
    }


def test_a_finding_knows_where_it_stands_in_file_and_document():
    (finding,) = linted(BAD).findings
    where = finding.span
    assert (where.path, where.line, where.pointer) == ("policy.json", 1, "/Statement/0/Action")
    assert BAD[where.column - 1 : where.end_column - 1] == '"s3:GetObjekt"'
    assert where.excerpt == BAD


def test_a_finding_carries_awss_code_and_page():
    (finding,) = linted(BAD).findings
    assert finding.access_analyzer == "INVALID_ACTION"
    assert finding.url.startswith("https://docs.aws.amazon.com/")


def test_a_rule_that_raises_is_not_evaluated_and_the_others_go_on(monkeypatch):
    def check(_policy):
        raise ZeroDivisionError("by nought")
        yield

    monkeypatch.setattr(unknown_action, "check", check)
    report = linted(GOOD.replace("b/*", "b/*:").replace("arn:aws", "arn:aws:"), selection=RuleSelection(pedantic=False))
    gap = next(gap for gap in report.not_evaluated if "unknown-action" in gap.what)
    assert (gap.kind, gap.reason) == (NotEvaluatedKind.FAILED, "ZeroDivisionError: by nought")
    assert report.has_failures


@pytest.fixture(autouse=True)
def _fresh_checks():
    from iamglue.lint.run import _checks

    _checks.cache_clear()
    yield
    _checks.cache_clear()


def test_truncated_json_is_a_finding():
    (finding,) = linted(GOOD[:-2]).findings
    assert (finding.rule, finding.access_analyzer) == ("syntax-error", "JSON_SYNTAX_ERROR")


def test_only_selected_rules_run():
    both = BAD.replace('"Effect"', '"Sid": "", "Effect"')
    assert set(rules_of(linted(both))) == {"unknown-action", "empty-sid"}
    assert rules_of(linted(both, selection=RuleSelection(frozenset({"empty-sid"})))) == ["empty-sid"]
    assert rules_of(linted(both, selection=RuleSelection(frozenset({"INVALID_ACTION"})))) == ["unknown-action"]
    assert rules_of(linted(both, selection=RuleSelection(ignore=frozenset({"empty-sid"})))) == ["unknown-action"]
    assert rules_of(linted(both, selection=RuleSelection(ignore=frozenset({"INVALID_ACTION"})))) == ["empty-sid"]


def test_breadth_is_switched_off_as_one():
    broad = GOOD.replace("s3:GetObject", "s3:*").replace("arn:aws:s3:::bkt/*", "*")
    assert "broad-access" in rules_of(linted(broad))
    findings = linted(broad, selection=RuleSelection(ignore=frozenset({"breadth"}))).findings
    assert [finding.rule for finding in findings if finding.breadth] == []


def test_pedantic_rules_run_when_asked_for_or_named():
    text = GOOD.replace("s3:GetObject", "*:GetObject")
    pedantic = [slug for slug, module in RULES.items() if module.RULE.pedantic]
    assert not set(rules_of(linted(text, selection=RuleSelection()))) & set(pedantic)
    assert RuleSelection(frozenset({pedantic[0]})).includes_rule(pedantic[0], RULES[pedantic[0]].RULE)


CASES = [
    pytest.param(slug, case, id=f"{slug}-{at}") for slug, module in RULES.items() for at, case in enumerate(module.BAD)
]


@every_row("slug, case", CASES)
def test_a_rule_is_imported_for_every_policy_that_it_finds_something_in(slug, case):
    from lint.expected import document, written

    assert RULE_PRECONDITIONS[slug] in satisfied_preconditions(written(case, document(case.text)))


# --- AWS's managed policies ---


@pytest.fixture(scope="module")
def managed():
    """The report of each of AWS's managed policies, by default rules."""
    return {name: linted(text, f"{name}.json", selection=RuleSelection()) for name, text in managed_policies().items()}


def test_no_check_fails_on_awss_managed_policies(managed):
    assert [name for name, report in managed.items() if report.not_evaluated] == []


def test_no_action_of_the_catalogue_is_unknown_in_awss_managed_policies(managed):
    wrong = [
        (name, finding.message)
        for name, report in managed.items()
        for finding in report.findings
        if finding.rule in ("unknown-action", "unlisted-action")
        and services.find_action(finding.span.excerpt.strip().rstrip(",").strip('"')) is not None
    ]
    assert wrong == []


def test_at_most_a_quarter_of_awss_managed_policies_has_warnings_that_are_not_about_breadth(managed):
    loud = [
        name
        for name, report in managed.items()
        if any(each.severity is not Severity.SUGGESTION and not each.breadth for each in report.findings)
    ]
    assert len(loud) <= math.floor(len(managed) / 4)


def test_rules_that_were_not_imported_would_have_found_nothing():
    for text in list(managed_policies().values())[::20]:
        policy = read(text).policies[0]
        skipped = [slug for slug, need in RULE_PRECONDITIONS.items() if need not in satisfied_preconditions(policy)]
        assert [
            slug for slug in skipped if policy.type in RULES[slug].RULE.types and list(RULES[slug].check(policy))
        ] == []


# --- nonsense ---

WORDS = st.sampled_from(
    [
        "Version", "Statement", "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal",
        "NotPrincipal", "Condition", "AWS", "Service", "Federated", "CanonicalUser", "Id", "Actions", "effect",
        "Allow", "Deny", "2012-10-17", "*", "s3:*", "s3:GetObject", "iam:PassRole", "sts:AssumeRole", "lambda:*",
        "arn:aws:s3:::bkt/*", "arn:aws:iam::123456789012:role/r", "arn:", "${aws:username}", "${", "${aws:x, 'd'}",
        "aws:SourceArn", "aws:PrincipalTag/", "aws:ResourceTag/a", "s3:prefix", "kms:ViaService", "aws:SourceIp",
        "lambda.amazonaws.com", "token.actions.githubusercontent.com:sub", "10.0.0.0/8", "true", "",
        *OPERATORS, "ForAnyValue:StringLike", "ForAllValues:Null", "StringEqualsIfExists", "ForAllValues:",
    ]
)  # fmt: skip
NONSENSE = st.recursive(
    WORDS | st.none() | st.booleans() | st.integers(-2, 2) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=30,
)
STATEMENTS = st.dictionaries(
    st.sampled_from(["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "Condition"]),
    NONSENSE,
    max_size=7,
)
DOCUMENTS = NONSENSE | st.fixed_dictionaries({"Statement": st.lists(STATEMENTS, max_size=3) | NONSENSE})


@pytest.mark.parametrize("type", PolicyType)
@share(0.5)
@given(value=DOCUMENTS)
def test_no_check_fails_on_nonsense(type, value):
    report = linted(json.dumps(value), type=type, selection=EVERYTHING)
    assert [gap for gap in report.not_evaluated if gap.kind is NotEvaluatedKind.FAILED] == []


@given(st.text(max_size=40) | st.lists(WORDS | st.sampled_from([": ", "\n", "- ", "{", "}", "[", "'"])).map("".join))
def test_no_text_makes_lint_fail(text):
    for path in ("p.json", "p.yaml"):
        report = linted(text, path, PolicyType.IDENTITY)
        assert not report.has_failures
