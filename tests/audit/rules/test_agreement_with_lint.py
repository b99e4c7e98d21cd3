"""What lint says of the risk in a policy, audit says of a role that has just this policy, and the other way round.

Both ask the same engine. They differ where their questions do:

- lint does not know the caller; audit knows a role's tags, and that it has neither a user name nor a second factor.
- lint asks what the author left open: a condition on a parameter of the request counts as a limit. audit asks what
  anyone with the credentials can do: the caller chooses the parameters.
- lint has rules of their own for NotAction, NotResource, full access, `iam:PassRole` and service-linked roles, and
  reports a whole service once; audit reports a role's access by what it leads to.
- lint does not ask whether the caller can complete a path alone, since the rest may be in another policy, and leaves
  paths that begin with credentials to the rule about them; audit leaves out paths that a shorter one makes needless.
"""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.floors import counts, floor
from support.granting import allow, case, deny, document
from support.managed_policies import managed_documents

from iamglue.audit.audit_context import AuditContext
from iamglue.audit.rules import broad_access, credential_exposure, data_exposure
from iamglue.catalog.context_keys import KeyKind, key_kind
from iamglue.lint.analysis.policy_access import policy_access
from iamglue.lint.run import lint_file
from iamglue.lint.selection import RuleSelection
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.source.json_reader import read_json

RULES = {"broad-access": broad_access, "credential-exposure": credential_exposure, "data-exposure": data_exposure}
PARTS = 6
# With them a policy has several statements, so that every pointer has the number of its statement.
HARMLESS = [allow("logs:DescribeLogGroups"), allow("logs:DescribeLogStreams")]
REPORTED_BY_OTHER_RULES = ("iam:CreateServiceLinkedRole", "iam:PassRole")


def listed(value):
    return value if isinstance(value, list) else [value]


def comparable(statement):
    """The statement without what only one of the two questions looks at; None if nothing is left."""
    keys = [key for operator in statement.get("Condition", {}).values() for key in operator]
    if any(key_kind(key) in (None, KeyKind.FREE, KeyKind.USER) for key in keys):
        return None
    if any("${" in text for name in ("Resource", "NotResource") for text in listed(statement.get(name, []))):
        return None
    if statement["Effect"] == "Deny":
        return statement
    if "NotAction" in statement or "NotResource" in statement:
        return None
    actions = [text for text in listed(statement["Action"]) if text.partition(":")[2].strip("*")]
    actions = [text for text in actions if text not in REPORTED_BY_OTHER_RULES]
    return {**statement, "Action": actions} if actions else None


def numbers(pointers):
    return {int(pointer.split("/")[2]) for pointer in pointers.split()}


def parsed(statements):
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return ParsedFile("p.json", text, (ParsedPolicy(read_json(text, "p.json").documents[0], PolicyType.IDENTITY),))


def by_lint(statements):
    """The numbers of the statements that lint reports, by rule."""
    findings = lint_file(parsed(statements), RuleSelection(frozenset(RULES)), date.max).findings
    return {
        slug: set().union(*(numbers(each.span.pointer) for each in findings if each.rule == slug)) for slug in RULES
    }


def by_audit(statements):
    """The numbers of the statements that audit reports, by rule."""
    context, audit = case(document("a", *statements), others=()), AuditContext()
    return {
        slug: set().union(*(numbers(hit.location.span.pointer) for hit in rule.check(context, audit)))
        for slug, rule in RULES.items()
    }


def paths_by_lint(statements):
    (policy,) = parsed(statements).policies
    return {path.id: path for path, _ in policy_access(policy).open_paths}


def paths_by_audit(statements):
    """The paths on every resource of a type: lint does not know which roles there are."""
    openings = AuditContext().open_paths(case(document("a", *statements), others=()))
    return {opening.step.path.id for opening in openings if opening.step.target is None}


def managed(part):
    documents = managed_documents()
    for name in sorted(documents)[part::PARTS]:
        kept = filter(None, map(comparable, listed(documents[name]["Statement"])))
        yield name, [*kept, *HARMLESS]


@pytest.mark.parametrize("part", range(PARTS))
def test_both_report_the_same_statements_of_managed_policies(part):
    reported = 0
    for name, statements in managed(part):
        found = by_lint(statements)
        assert found == by_audit(statements), name
        reported += any(found.values())
    assert reported > 50


@pytest.mark.parametrize("part", range(PARTS))
def test_both_find_the_same_paths_in_managed_policies(part):
    for name, statements in managed(part):
        found, audited = paths_by_lint(statements), paths_by_audit(statements)
        assert audited <= found.keys(), name
        for slug in found.keys() - audited:
            path = found[slug]
            is_longer = any(set(other.actions) < set(path.actions) for other in found.values())
            assert is_longer or path.completed_by, (name, slug)


ACTIONS = [
    "s3:GetObject",
    "s3:Put*",
    "kms:Decrypt",
    "dynamodb:Scan",
    "dynamodb:GetItem",
    "sts:AssumeRole",
    "lambda:UpdateFunctionCode",
    "lambda:CreateFunction",
    "ec2:TerminateInstances",
    "sqs:*Message",
]
RESOURCES = [
    "*",
    "arn:aws:*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::*/*",
    "arn:aws:s3:::images/*",
    "arn:aws:dynamodb:eu-west-1:*:table/*",
    "arn:aws:dynamodb:*:*:table/images",
    "arn:aws:iam::*:role/*",
    "arn:aws:lambda:*:222222222222:function:*",
    "arn:aws:ec2:*:*:instance/*",
    "arn:aws:sqs:*:*:*",
]
CONDITIONS = [
    None,
    {"StringEquals": {"aws:ResourceTag/team": "mail"}},
    {"StringNotEquals": {"aws:ResourceTag/team": "mail"}},
    {"StringEqualsIfExists": {"s3:ExistingObjectTag/team": "mail"}},
    {"Null": {"aws:ResourceTag/team": "false"}},
    {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}},
    {"StringNotLike": {"kms:ViaService": "s3.*.amazonaws.com"}},
    {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["a"]}},
    {"ArnNotEquals": {"aws:SourceArn": "arn:aws:s3:::images"}},
]


def statements_of(make, resources):
    lists = st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=3, unique=True)
    return st.builds(make, lists, st.sampled_from(resources), st.sampled_from(CONDITIONS))


def deny_others(actions, resource, condition):
    found = deny(actions, "*", condition)
    del found["Resource"]
    return {**found, "NotResource": resource}


STATEMENTS = st.one_of(
    statements_of(allow, RESOURCES),
    statements_of(allow, RESOURCES),
    statements_of(deny, RESOURCES),
    statements_of(deny_others, RESOURCES[4:5]),
)


@floor(0.1)
@example([allow("dynamodb:Scan"), allow("dynamodb:Scan", "arn:aws:dynamodb:eu-west-1:*:table/*")])
@given(st.lists(STATEMENTS, min_size=1, max_size=4))
def test_both_report_the_same_statements_of_random_policies(statements):
    longer = [*statements, *HARMLESS]
    found = by_lint(longer)
    assert found == by_audit(longer)
    counts(any(found.values()))


QUESTIONS = [
    # A parameter of the request: the author limits what is asked, and the caller chooses it.
    (allow("ec2:CreateVolume", condition={"StringEquals": {"aws:RequestTag/team": "mail"}}), set(), {0}),
    (allow("s3:PutObject", condition={"StringEquals": {"s3:x-amz-acl": "private"}}), set(), {0}),
    # A property of the caller: a function's role is known not to have it.
    (allow("s3:PutObject", condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}), {0}, set()),
    (allow("s3:PutObject", condition={"StringEquals": {"aws:PrincipalTag/team": "mail"}}), {0}, set()),
    (allow("s3:PutObject", condition={"StringEquals": {"aws:username": "someone"}}), {0}, set()),
    # Rules of their own.
    ({"Effect": "Allow", "Action": "s3:PutObject", "NotResource": "arn:aws:s3:::private/*"}, set(), {0}),
    (allow("iam:PassRole"), set(), {0}),
]


@pytest.mark.parametrize(("statement", "linted", "audited"), QUESTIONS)
def test_the_two_questions_differ(statement, linted, audited):
    statements = [statement, *HARMLESS]
    assert by_lint(statements)["broad-access"] == linted
    assert by_audit(statements)["broad-access"] == audited
