"""Documents that are nearly like others of which nothing is said, and of which something is."""

from __future__ import annotations

import json

import pytest
from audit.test_documents import allow, case_of, one

from iamglue.audit import document_linter as lint_documents
from iamglue.audit import statement_cache as lint_statements
from iamglue.audit.document_linter import DocumentLinter

READ = allow("s3:GetObject", "arn:aws:s3:::images/*")


def when(action, effect="Deny", **conditions):
    return {"Effect": effect, "Action": action, "Resource": "*", "Condition": conditions}


_SOME, _ALL = (
    {
        "ForAllValues:StringEquals": {"dynamodb:Attributes": ["id"]},
        "StringEqualsIfExists": {"dynamodb:Select": selected},
    }
    for selected in ("SPECIFIC_ATTRIBUTES", "ALL_ATTRIBUTES")
)
_NONE_OF_TEAM, _ANY_OF_TEAM = ({"aws:ResourceTag/team": text} for text in ("true", "false"))


def _tag_keys(values):
    return {f"{name}:StringEquals": {"aws:TagKeys": values} for name in ("ForAnyValue", "ForAllValues")}


# By what tells them apart: documents in which nothing is found, and then one in which a rule finds something.
NEARLY_ALIKE = {
    "a path that IAM gives to roles": (
        [one(allow("iam:PassRole", "arn:aws:iam::123456789012:role/app/*"))],
        one(allow("iam:PassRole", "arn:aws:iam::123456789012:role/service-role/*")),
        "pass-role-wildcard",
    ),
    "a name of AWS's own, where the account may be missing": (
        [one(allow("ssm:SendCommand", "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript"))],
        one(allow("ssm:SendCommand", "arn:aws:ssm:eu-west-1::document/mine")),
        "invalid-arn-account",
    ),
    "a name that is to be filled in": (
        [one(READ)],
        one(allow("s3:GetObject", "arn:aws:s3:::YOUR-BUCKET/*")),
        "placeholder",
    ),
    "a name that begins as its format has it": (
        [one(allow("organizations:DescribeAccount", "arn:aws:organizations::123456789012:account/o-abc/123"))],
        one(allow("organizations:DescribeAccount", "arn:aws:organizations::123456789012:account/abc/123")),
        "invalid-arn-resource",
    ),
    "a Region that is none": (
        [one(allow("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:jobs"))],
        one(allow("sqs:SendMessage", "arn:aws:sqs:eu-wets-1:123456789012:jobs")),
        "invalid-arn-region",
    ),
    "a resource that no action acts on": (
        [one(allow(["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::images", "arn:aws:s3:::images/*"]))],
        one(allow(["s3:GetObject"], ["arn:aws:s3:::images", "arn:aws:s3:::images/*"])),
        "action-resource-mismatch",
    ),
    "letters of other languages in a Sid": (
        [one({**READ, "Sid": "Size"})],
        one({**READ, "Sid": "Gr\u00f6"}),
        "invalid-sid-characters",
    ),
    "such letters in another place": (
        [one(READ)],
        one(READ).replace('"Statement"', '"Id": "a\u2013b", "Statement"').replace("\\u2013", "\u2013"),
        "unsupported-character",
    ),
    "a value that is no text among texts": (
        [one(when("s3:ListBucket", NumericLessThan={"s3:max-keys": ["10", "5"]}))],
        one(when("s3:ListBucket", NumericLessThan={"s3:max-keys": ["10", 5]})),
        "mixed-condition-values",
    ),
    "such a value, beside an operator without keys": (
        [one(when("s3:ListBucket", NumericLessThan={"s3:max-keys": ["10", "5"]}))],
        one(when("s3:ListBucket", NumericLessThan={"s3:max-keys": ["10", 5]}, StringEquals={})),
        "mixed-condition-values",
    ),
    "a key that stands twice under one spelling of an operator": (
        [one(when("s3:ListBucket", StringEquals={"s3:delimiter": "a"}, stringequals={"S3:delimiter": "b"}))],
        one(when("s3:ListBucket", StringEquals={"s3:delimiter": "a", "S3:delimiter": "b"})),
        "duplicate-condition-key",
    ),
    "a value that matters to some actions": (
        [
            one(when("dynamodb:GetItem", "Allow", **_SOME)),
            one(when("dynamodb:PutItem", "Allow", **_ALL)),
        ],
        one(when("dynamodb:GetItem", "Allow", **_ALL)),
        "dynamodb-attributes-without-select",
    ),
    "whether a tag is to be there": (
        [
            one(when("sqs:ListQueues", Null=_NONE_OF_TEAM)),
            one(when("dynamodb:GetItem", Null=_ANY_OF_TEAM)),
        ],
        one(when("sqs:ListQueues", Null=_ANY_OF_TEAM)),
        "deny-with-unsupported-tag-condition",
    ),
    "no values at all": (
        [one(when("s3:CreateBucket", "Allow", **_tag_keys(["x"])))],
        one(when("s3:CreateBucket", "Allow", **_tag_keys([]))),
        "ineffective-statement",
    ),
    "an action that sets a key": (
        [one(when(["sts:AssumeRole", "sts:SetSourceIdentity"], "Allow", StringLike={"sts:SourceIdentity": "me"}))],
        one(when("sts:AssumeRole", "Allow", StringLike={"sts:SourceIdentity": "me"})),
        "missing-action-for-condition-key",
    ),
}


@pytest.mark.parametrize(("before", "text", "rule"), NEARLY_ALIKE.values(), ids=NEARLY_ALIKE)
def test_what_tells_documents_apart_is_seen(before, text, rule):
    faults = DocumentLinter()
    for each in before:
        assert faults.lint_role(case_of(each)).findings == ()
    report = faults.lint_role(case_of(text))
    assert rule in [each.rule for each in report.findings]
    assert report == DocumentLinter().lint_role(case_of(text))


def test_a_finding_counts_for_the_statement_that_it_is_in(monkeypatch):
    linted = []
    excerpt = lint_statements._excerpt
    monkeypatch.setattr(lint_statements, "_excerpt", lambda *asked: linted.append(asked[1]) or excerpt(*asked))
    faults = DocumentLinter()
    bad = allow("s3:GetObject", "arn:aws:s3:::images")
    for statements in ([READ, bad], [bad, READ], [READ, bad], [READ]):
        faults.lint_role(case_of(one(*statements)))
    assert linted == [[0, 1], [0], [1]]


@pytest.mark.parametrize("escaped", [r"Gr\u00f6", r"a\"b\"c"])
def test_escapes_in_a_text_are_read(escaped):
    faults = DocumentLinter()
    text = one({**READ, "Sid": "Size"})
    assert faults.lint_role(case_of(text)).findings == ()
    assert [each.rule for each in faults.lint_role(case_of(text.replace("Size", escaped))).findings] == [
        "invalid-sid-characters"
    ]


def test_a_document_that_is_too_large_is_said_so_whatever_its_statements():
    faults = DocumentLinter()
    assert faults.lint_role(case_of(one(READ))).findings == ()
    large = one(*[allow("s3:GetObject", f"arn:aws:s3:::images-{at}/*") for at in range(200)])
    assert [each.rule for each in faults.lint_role(case_of(large)).findings] == ["policy-size"]


def test_a_rule_that_fails_is_told_each_time(monkeypatch):
    from iamglue.lint.rules.document import invalid_arn_account as arn_account

    def failing(policy):
        raise ValueError("odd")
        yield

    monkeypatch.setattr(arn_account, "check", failing)
    from iamglue.lint.run import _checks

    _checks.cache_clear()
    faults = DocumentLinter()
    try:
        for name in ("images", "orders"):
            report = faults.lint_role(case_of(one(allow("s3:GetObject", f"arn:aws:s3:::{name}/*"))))
            assert [each.what for each in report.not_evaluated] == ["the rule invalid-arn-account on `policy-0`"]
    finally:
        _checks.cache_clear()


def _topic(name, actions, **more):
    return allow(actions, f"arn:aws:sns:eu-west-1:123456789012:{name}", **more)


_IDLE = ["sns:Publish", "sns:ListTopics"]  # the latter takes no topic


def _whole(faults, text):
    return faults.lint_role(case_of(text)).findings


def test_what_is_told_of_an_action_is_told_again_without_reading(monkeypatch):
    faults = DocumentLinter()
    assert _whole(faults, one(READ, _topic("told", _IDLE, Sid="One")))
    second = one(_topic("other", _IDLE, Sid="Two"), READ, _topic("third", _IDLE))
    alone = _whole(DocumentLinter(), second)
    assert [(each.rule, each.span.pointer, each.sid) for each in alone] == [
        ("action-resource-mismatch", "/Statement/0/Action/1", "Two"),
        ("action-resource-mismatch", "/Statement/2/Action/1", None),
    ]
    monkeypatch.setattr(lint_documents, "read_json", None)
    assert _whole(faults, second) == alone


@pytest.mark.parametrize("action", ["sns:ListTopics", ["sns:ListTopics"]])
@pytest.mark.parametrize("others", ["sns:ListTopics", ["sns:ListTopics"]])
def test_an_action_alone_is_told_where_it_stands(action, others):
    faults = DocumentLinter()
    _whole(faults, one(READ, _topic("told", others)))
    second = one(READ, _topic("other", action))
    assert _whole(faults, second) == _whole(DocumentLinter(), second) != ()


def test_a_statement_in_no_list_is_told_where_it_stands():
    faults = DocumentLinter()
    _whole(faults, one(READ, _topic("told", _IDLE)))
    text = json.dumps({"Version": "2012-10-17", "Statement": _topic("other", _IDLE)})
    (finding,) = _whole(faults, text)
    assert finding.span.pointer == "/Statement/Action/1"
