from __future__ import annotations

import json
from random import Random

import pytest
from bench.audit_export import write
from lint.expected import cases, document
from support.policy_mixtures import policy_texts

from iamglue.audit.document_linter import DocumentLinter
from iamglue.catalog.managed_policies import find_managed_policy, managed_policy_names
from iamglue.findings import Severity
from iamglue.lint.rule_table import RULES
from iamglue.lint.selection import BREADTH, RuleSelection
from iamglue.model.account import Account, AttachedPolicy, Role
from iamglue.model.role_context import RoleContext
from iamglue.model.usage import Usage
from iamglue.policy.parsed_policy import PolicyType
from iamglue.readers.api_documents import parse_document
from iamglue.readers.exports.authorization_details import read_authorization_details

ACCOUNT = "123456789012"
TRUST = AttachedPolicy("trust policy", "", None)


def case_of(*texts, planned=False):
    policies = tuple(AttachedPolicy(f"policy-{at}", text, parse_document(text)) for at, text in enumerate(texts))
    role = Role("worker", f"arn:aws:iam::{ACCOUNT}:role/worker", TRUST, policies)
    return RoleContext(role, (), Account(ACCOUNT, roles=(role,), planned=planned), Usage())


def one(*statements, version="2012-10-17"):
    return json.dumps({"Version": version, "Statement": list(statements)})


def allow(action, resource, **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def found(faults, text):
    return [(each.rule, each.span.pointer, each.sid) for each in faults.lint_role(case_of(text)).findings]


def of_rules():
    """The documents of all rules' good and bad cases, and their statements two at a time."""
    cases_of = [case for slug, module in RULES.items() for case in (*module.GOOD, *cases(slug))]
    texts = [document(case.text) for case in cases_of if case.type is PolicyType.IDENTITY]
    texts = [text for text in texts if len(text) < 20_000 and parse_document(text) is not None]
    whole = [json.loads(text) for text in texts]
    single = [each["Statement"][0] for each in whole if type(each["Statement"]) is list and len(each["Statement"]) == 1]
    Random(5).shuffle(single)
    return [*texts, *(one(*pair) for pair in zip(single[::2], single[1::2], strict=False))]


def of_aws():
    return [json.dumps(find_managed_policy(name).document) for name in sorted(managed_policy_names())[::4]]


def of_export(folder):
    write(60, folder)
    account = read_authorization_details("export.json", (folder / "export.json").read_text())
    return [each.text for role in account.roles for each in role.policies if not each.is_aws_managed]


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    found = [*of_rules(), *of_aws(), *of_export(tmp_path_factory.mktemp("export"))]
    for seed in range(4):
        found += policy_texts(seed, 500)
    Random(7).shuffle(found)
    return found


def test_what_is_said_of_a_document_does_not_depend_on_those_looked_at_before(texts):
    shared = DocumentLinter()
    for text in texts:
        case = case_of(text)
        assert shared.lint_role(case) == DocumentLinter().lint_role(case), text


def test_a_second_look_at_the_same_documents_finds_the_same(texts):
    shared = DocumentLinter()
    some = texts[::5]
    first = [shared.lint_role(case_of(text)) for text in some]
    assert [shared.lint_role(case_of(text)) for text in some] == first


def test_most_documents_that_say_the_same_of_other_names_are_not_read_again(monkeypatch, tmp_path):
    read = []
    monkeypatch.setattr("iamglue.audit.document_linter.read_json", _counting(read))
    texts = of_export(tmp_path)
    faults = DocumentLinter()
    for text in [*texts, *(text.replace("-", "-n") for text in texts)]:
        faults.lint_role(case_of(text))
    assert len(read) < len(texts) * 1.3


def test_of_a_document_with_a_fault_the_finding_is_at_the_statement_of_the_document():
    faults = DocumentLinter()
    good, bad = allow("s3:GetObject", "arn:aws:s3:::images/*"), allow(["s3:GetObject"], "arn:aws:s3:::images", Sid="B")
    assert found(faults, one(good)) == []
    assert found(faults, one(good, good, bad)) == [("action-resource-mismatch", "/Statement/2/Action/0", "B")]
    other = allow(["s3:GetObject"], "arn:aws:s3:::orders", Sid="C")
    assert found(faults, one(good, other)) == [("action-resource-mismatch", "/Statement/1/Action/0", "C")]
    assert found(faults, json.dumps({"Version": "2012-10-17", "Statement": other})) == [
        ("action-resource-mismatch", "/Statement/Action/0", "C")
    ]


def test_suggestions_about_how_a_document_is_written_are_left_out():
    twice = allow("s3:GetObject", ["arn:aws:s3:::images/*", "arn:aws:s3:::images/a/*"])
    assert found(DocumentLinter(), one(twice)) == []
    assert found(DocumentLinter(), one(twice, twice)) == []


def test_faults_that_statements_have_together_are_found():
    faults = DocumentLinter()
    read, deny = allow("s3:GetObject", "arn:aws:s3:::images/*"), {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    assert found(faults, one(read)) == found(faults, one(deny)) == []
    assert [rule for rule, _, _ in found(faults, one(read, deny))] == ["ineffective-statement"]
    named = {**read, "Sid": "A"}
    assert found(faults, one(named)) == []
    assert [rule for rule, _, _ in found(faults, one(named, named))] == ["duplicate-sid"]


def test_a_document_without_a_version_is_said_so_each_time():
    faults = DocumentLinter()
    text = json.dumps({"Statement": allow("s3:GetObject", "arn:aws:s3:::images/*")})
    assert [rule for rule, _, _ in found(faults, text)] == ["missing-version"]
    assert [rule for rule, _, _ in found(faults, text.replace("images", "orders"))] == ["missing-version"]


def test_parameters_of_a_template_are_no_placeholders():
    text = one(allow("s3:GetObject", "arn:aws:s3:::${Bucket}/*"))
    faults = DocumentLinter()
    assert faults.lint_role(case_of(text, planned=True)).findings == ()
    assert [each.rule for each in faults.lint_role(case_of(text)).findings] == ["placeholder"]


# What decides whether a rule finds something in an identity policy: `iamglue.lint.traits` keeps just that. A rule that
# is new, or graver than it was, belongs to one of these once it has been looked at whether that holds for it, too.
OF_A_RESOURCE = {"invalid-arn-account", "invalid-arn-region", "invalid-arn-resource", "malformed-arn"}
OF_ACTIONS_AND_RESOURCES = {
    "possible-action-resource-mismatch",
    "action-resource-mismatch",
    "pass-role-wildcard",
    "service-linked-role-wildcard",
}
OF_ACTIONS_AND_CONDITIONS = {
    "unsupported-action-for-condition-key",
    "missing-action-for-condition-key",
    "unsatisfiable-condition",
    "dynamodb-attributes-without-select",
    "deny-with-unsupported-tag-condition",
    "unsupported-vpc-endpoint-key",
}
OF_CONDITIONS = {
    "forallvalues-with-single-valued-key",
    "invalid-condition-key-format",
    "missing-paired-condition-key",
    "ineffective-condition",
    "invalid-region-in-condition",
    "invalid-condition-value-format",
    "condition-value-type-mismatch",
    "deprecated-condition-key",
    "duplicate-condition-key",
    "untrustworthy-condition-key",
    "invalid-ip-range",
    "missing-qualifier",
    "mixed-condition-values",
    "permissive-condition-value",
    "condition-operator-type-mismatch",
    "private-source-ip",
    "bypassable-s3-prefix-deny",
    "string-operator-with-arn-key",
    "unknown-condition-key",
    "unknown-condition-operator",
    "wildcard-without-like",
}
OF_ONE_TEXT = {
    "malformed-variable",
    "misplaced-variable",
    "placeholder",
    "invalid-sid-characters",
    "unknown-action",
    "unknown-service",
}
# Of the document as a whole, of statements together, or of what a policy as a value does not have.
OF_MORE = {
    "conflicting-elements",
    "duplicate-sid",
    "ineffective-statement",
    "invalid-effect",
    "invalid-version",
    "missing-element",
    "missing-version",
    "not-a-document",
    "policy-size",
    "unknown-element",
    "unsupported-character",
    "unsupported-principal",
    "wrong-type",
}


def test_of_every_rule_that_is_run_it_is_known_what_decides_whether_it_finds_something():
    selection = RuleSelection(ignore=frozenset({BREADTH}), pedantic=True, min_severity=Severity.WARNING)
    run = {
        slug
        for slug, module in RULES.items()
        if PolicyType.IDENTITY in module.RULE.types and selection.includes_rule(slug, module.RULE)
    }
    classes = (OF_A_RESOURCE, OF_ACTIONS_AND_RESOURCES, OF_ACTIONS_AND_CONDITIONS, OF_CONDITIONS, OF_ONE_TEXT, OF_MORE)
    assert sorted(slug for each in classes for slug in each) == sorted(run)


def _counting(read):
    from iamglue.policy.source.json_reader import read_json

    def counting(text, path):
        read.append(text)
        return read_json(text, path)

    return counting
