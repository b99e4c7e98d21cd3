from __future__ import annotations

import json

from support.deployed import ACCOUNT, attached, role

from iamglue.audit import document_linter
from iamglue.audit.document_linter import DocumentLinter
from iamglue.model.account import Account
from iamglue.model.role_context import RoleContext
from iamglue.model.usage import Usage

TRUST = attached("trust policy", "")


def case_of(*texts, planned=False, arn=None):
    policies = (attached(f"policy-{at}", text, arn) for at, text in enumerate(texts))
    worker = role(*policies, name="worker", trust=TRUST)
    return RoleContext(worker, (), Account(ACCOUNT, roles=(worker,), planned=planned), Usage())


def policy_text(*statements, version="2012-10-17"):
    return json.dumps({"Version": version, "Statement": list(statements)})


def allow(action, resource, **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def findings_of(linter, text):
    return [(finding.rule, finding.span.pointer, finding.sid) for finding in linter.lint_role(case_of(text)).findings]


def test_a_policy_that_several_roles_have_is_linted_once(monkeypatch):
    texts = []
    lint = document_linter._lint
    monkeypatch.setattr(document_linter, "_lint", lambda one, *more: (texts.append(one.text), lint(one, *more))[1])
    linter = DocumentLinter()
    text = policy_text(allow("s3:GetObject", "arn:aws:s3:::images"))
    shared = case_of(text, arn=f"arn:aws:iam::{ACCOUNT}:policy/shared")
    reports = [linter.lint_role(shared) for _ in range(3)]
    assert texts == [text]
    assert reports[0] == reports[1] == reports[2] == DocumentLinter().lint_role(shared)
    assert [finding.rule for finding in reports[0].findings] == ["action-resource-mismatch"]


def test_findings_point_to_the_statement_of_the_document():
    linter = DocumentLinter()
    good, bad = allow("s3:GetObject", "arn:aws:s3:::images/*"), allow(["s3:GetObject"], "arn:aws:s3:::images", Sid="B")
    assert findings_of(linter, policy_text(good)) == []
    assert findings_of(linter, policy_text(good, good, bad)) == [
        ("action-resource-mismatch", "/Statement/2/Action/0", "B")
    ]
    other = allow(["s3:GetObject"], "arn:aws:s3:::orders", Sid="C")
    assert findings_of(linter, policy_text(good, other)) == [("action-resource-mismatch", "/Statement/1/Action/0", "C")]
    assert findings_of(linter, json.dumps({"Version": "2012-10-17", "Statement": other})) == [
        ("action-resource-mismatch", "/Statement/Action/0", "C")
    ]


def test_suggestions_about_how_a_document_is_written_are_left_out():
    twice = allow("s3:GetObject", ["arn:aws:s3:::images/*", "arn:aws:s3:::images/a/*"])
    assert findings_of(DocumentLinter(), policy_text(twice)) == []
    assert findings_of(DocumentLinter(), policy_text(twice, twice)) == []


def test_problems_of_several_statements_together_are_found():
    linter = DocumentLinter()
    read, deny = allow("s3:GetObject", "arn:aws:s3:::images/*"), {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    assert findings_of(linter, policy_text(read)) == findings_of(linter, policy_text(deny)) == []
    assert [rule for rule, _, _ in findings_of(linter, policy_text(read, deny))] == ["ineffective-statement"]
    named = {**read, "Sid": "A"}
    assert findings_of(linter, policy_text(named)) == []
    assert [rule for rule, _, _ in findings_of(linter, policy_text(named, named))] == ["duplicate-sid"]


def test_a_missing_version_is_reported_where_it_makes_a_variable_a_literal_text():
    linter = DocumentLinter()
    text = json.dumps({"Statement": allow("s3:GetObject", "arn:aws:s3:::images/*")})
    assert findings_of(linter, text) == []
    home = text.replace("images/*", "images/${aws:PrincipalTag/team}/*")
    assert "missing-version" in [rule for rule, _, _ in findings_of(linter, home)]
    assert "missing-version" in [rule for rule, _, _ in findings_of(linter, home.replace("images", "orders"))]


def test_parameters_of_a_template_are_not_placeholders():
    text = policy_text(allow("s3:GetObject", "arn:aws:s3:::${Bucket}/*"))
    linter = DocumentLinter()
    assert linter.lint_role(case_of(text, planned=True)).findings == ()
    assert [finding.rule for finding in linter.lint_role(case_of(text)).findings] == ["placeholder"]
