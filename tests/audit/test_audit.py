"""`audit`: every rule on every role, and nothing that could not be looked at reads as clean."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from functools import partial

import pytest
from support.deployed import (
    ACCOUNT,
    HERE,
    REGION,
    attached,
    audited,
    found,
    function,
    invoking,
    of_aws,
    permitting,
    role,
    spec,
)

from iamglue.audit import parallel
from iamglue.audit import required_permissions as needed
from iamglue.audit.rule_table import role_rules
from iamglue.audit.rules import broad_trust
from iamglue.audit.run import AuditSelection, audit
from iamglue.errors import IamglueError
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import Account
from iamglue.model.role_context import RoleResult
from iamglue.model.usage import Usage

GROUP = f"arn:aws:logs:{HERE}:log-group:/aws/lambda/one:*"
LOGS = attached("logs", [{"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": GROUP}])


def failed(result):
    return [each for each in result.report.not_evaluated if each.kind is NotEvaluatedKind.FAILED]


def test_a_rule_that_raises_is_reported_and_the_others_still_run(monkeypatch):
    def broken(case, audit):
        raise RuntimeError("out of order")

    monkeypatch.setattr(broad_trust, "check", broken)
    result = audited(role(of_aws("AdministratorAccess")), function())
    assert [(each.what, each.reason) for each in failed(result)] == [
        ("the rule broad-trust", "RuntimeError: out of order")
    ]
    assert result.report.has_failures
    assert result.report.findings


def test_a_rule_that_raises_half_way_keeps_what_it_found(monkeypatch):
    before = broad_trust.check

    def broken(case, audit):
        yield from before(case, audit)
        raise RuntimeError("out of order")

    monkeypatch.setattr(broad_trust, "check", broken)
    trust = attached("trust policy", [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}])
    result = audited(role(trust=trust), function())
    assert (len(found(result, "broad-trust")), len(failed(result))) == (1, 1)


def test_what_was_not_read_of_an_account_stands_in_the_report():
    gap = NotEvaluated(
        NotEvaluatedKind.FAILED, Subject("account", ACCOUNT), "the SCPs", "AccessDenied: organizations:ListPolicies"
    )
    result = audited(role(), function(), gaps=(gap,))
    assert gap in result.report.not_evaluated
    assert result.report.has_failures


@pytest.mark.parametrize(
    "rest",
    [
        {"policies": (attached("broken", "{"),)},
        {"boundary": attached("broken", '{"Statement": 3}')},
        {"trust": attached("broken", "[]")},
    ],
    ids=["policy", "boundary", "trust"],
)
def test_a_malformed_document_is_reported(rest):
    policies = rest.pop("policies", ())
    result = audited(role(*policies, **rest), function())
    assert any("`broken`" in each.what + each.reason for each in failed(result))


def test_a_malformed_scp_is_reported():
    result = audited(role(), function(), scps=((attached("broken", "{"),),))
    assert any("`broken`" in each.reason for each in failed(result))


def test_a_finding_names_its_rule_page_place_and_subject():
    result = audited(role(), function(permissions=permitting(invoking("*"))))
    (finding,) = found(result, "public-invoke")
    assert finding.url == "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
    assert (finding.span.path, finding.span.pointer) == ("resource-based policy", "/Statement/0")
    assert finding.subject == Subject("function", "exif-extractor", f"arn:aws:lambda:{HERE}:function:exif-extractor")


def test_every_rule_has_a_page_with_aws_address():
    for slug, module in role_rules().items():
        assert module.__doc__, slug
        assert "https://docs.aws.amazon.com/" in module.__doc__, slug


def test_the_gravest_findings_come_first():
    result = audited(role(of_aws("AdministratorAccess")), function(permissions=permitting(invoking("*"))))
    ranks = [each.severity.rank for each in result.role_results[0].findings]
    assert ranks == sorted(ranks)


def test_the_risk_of_a_role_grows_with_its_findings_and_stays_within_100():
    clean, some, most = (
        audited(role(LOGS)).role_results[0].risk,
        audited(role(of_aws("AmazonDynamoDBFullAccess")), function()).role_results[0].risk,
        audited(role(of_aws("AdministratorAccess")), function(permissions=permitting(invoking("*"))))
        .role_results[0]
        .risk,
    )
    assert 0 == clean < some <= most <= 100


def test_documents_that_the_owner_wrote_are_linted():
    policy = attached("mine", [{"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::bkt/*"}])
    (finding,) = found(audited(role(policy)), "unknown-action")
    assert (finding.subject.kind, finding.span.path, finding.span.pointer) == ("role", "mine", "/Statement/0/Action")
    assert finding.fix is None


def test_documents_of_aws_are_not_linted():
    arn = "arn:aws:iam::aws:policy/Theirs"
    policy = attached("Theirs", [{"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::bkt/*"}], arn)
    assert found(audited(role(policy)), "unknown-action") == []


def test_a_key_that_stands_twice_is_found():
    text = '{"Version": "2012-10-17", "Statement": [], "Statement": []}'
    result = audited(role(attached("twice", text)))
    assert found(result, "duplicate-key") or failed(result)


def test_a_policy_of_several_roles_is_told_of_each():
    arn = f"arn:aws:iam::{ACCOUNT}:policy/shared"
    policy = attached("shared", [{"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"}], arn)
    result = audited((role(policy, name="a"), role(policy, name="b")))
    assert [each.subject.name for each in found(result, "unknown-action")] == ["a", "b"]


ROLES = (role(LOGS, name="a"), role(LOGS, name="b"), role(LOGS, name="linked", path="/aws-service-role/x/"))
FUNCTIONS = (function("one", "a"), function("two", "b"))


def names(result):
    return [each.context.role.name for each in result.role_results]


@pytest.mark.parametrize(
    ("chosen", "roles"),
    [
        (AuditSelection(), ["a", "b"]),
        (AuditSelection(functions=frozenset({"two"})), ["b"]),
        (AuditSelection(functions=frozenset({f"arn:aws:lambda:{HERE}:function:one"})), ["a"]),
        (AuditSelection(roles=frozenset({"b", "linked"})), ["b", "linked"]),
        (AuditSelection(roles=frozenset({f"arn:aws:iam::{ACCOUNT}:role/a"})), ["a"]),
    ],
    ids=["all", "function", "function's ARN", "roles", "role's ARN"],
)
def test_what_was_asked_for_is_judged(chosen, roles):
    result = audited(ROLES, FUNCTIONS, chosen=chosen)
    assert (names(result), failed(result)) == (roles, [])


@pytest.mark.parametrize(
    "chosen", [AuditSelection(functions=frozenset({"none"})), AuditSelection(roles=frozenset({"none"}))]
)
def test_what_was_asked_for_and_is_not_there_is_reported(chosen):
    result = audited(ROLES, FUNCTIONS, chosen=chosen)
    (gap,) = failed(result)
    assert "`none`" in gap.what


def test_a_function_whose_role_was_not_read_is_reported():
    result = audited((), function())
    (gap,) = failed(result)
    assert (gap.subject.name, "was not read" in gap.reason) == ("exif-extractor", True)


def test_a_spec_belongs_to_the_function_of_its_name_region_and_account():
    here = spec(f"region: {REGION}\nsettings: {{logs: false}}\n")
    there = spec("region: us-east-1\nsettings: {logs: false}\n")
    assert not audited(role(), function(), here).role_results[0].context.is_spec_inferred
    result = audited(role(), function(), there)
    assert result.role_results[0].context.is_spec_inferred
    assert any("the spec declares" in each.what for each in failed(result))


def test_a_spec_that_cannot_be_generated_is_reported_and_not_taken_for_nothing():
    result = audited(role(), function(), spec('reads:\n- s3: "${Bucket}"\n'))
    assert any("requirements" in each.what and "Bucket" in each.reason for each in failed(result))


def test_in_an_export_without_functions_the_name_of_the_role_tells_whose_it_is():
    declared = spec(f"region: {REGION}\nwrites:\n- dynamodb: tbl\n")
    result = audited(role(name="exif-extractor-role"), (), declared)
    assert [each.subject.name for each in found(result, "missing-access")] == ["exif-extractor", "exif-extractor"]


def test_a_chosen_role_is_that_of_the_only_spec():
    declared = spec(f"region: {REGION}\nwrites:\n- dynamodb: tbl\n")
    chosen = AuditSelection(roles=frozenset({"exif-role"}))
    assert found(audited(role(), (), declared, chosen=chosen), "missing-access")


def test_several_accounts_are_judged_in_one_run():
    other = "210987654321"
    arn = f"arn:aws:iam::{other}:role/exif-role"
    there = type(ROLES[0])("exif-role", arn, role().trust, (LOGS,))
    accounts = [Account(ACCOUNT, (), (role(LOGS),)), Account(other, (), (there,))]
    result = audit(accounts, (), Usage(), AuditSelection())
    assert [each.context.role.account for each in result.role_results] == [ACCOUNT, other]


def test_the_counts_are_of_roles_and_documents():
    result = audited((role(LOGS, name="a"), role(of_aws("AmazonS3FullAccess"), name="b")))
    assert (result.report.file_count, result.report.policy_count) == (
        2,
        3,
    )  # a policy of the owner's, two trust policies
    assert all(isinstance(each, RoleResult) for each in result.role_results)


def test_granted_counts_todays_actions():
    policy = attached(
        "three", [{"Effect": "Allow", "Action": ["sqs:SendMessage", "sns:Publish", "s3:GetObject"], "Resource": "*"}]
    )
    guard = attached("guard", [{"Effect": "Deny", "Action": "sns:*", "Resource": "*"}])
    assert audited(role(policy, guard)).role_results[0].granted_count == 2


def test_hostile_names_stay_text():
    name = "x`$(reboot)\x1b[31m<script>"
    result = audited(role(attached(name, "{"), name="r"), function("f", "r"))
    assert json.dumps([each.reason for each in failed(result)])


@pytest.fixture
def start_method():
    """Sets the start method of worker processes; what a test patches is seen in workers under `fork` alone."""
    before = multiprocessing.get_start_method()
    yield partial(multiprocessing.set_start_method, force=True)
    multiprocessing.set_start_method(before, force=True)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_more_processes_give_the_same_answer(monkeypatch, start_method, method):
    start_method(method)
    monkeypatch.setattr(parallel, "_ROLES_PER_WORKER", 10)
    wide = (of_aws("IAMFullAccess"), of_aws("AdministratorAccess"), LOGS)
    roles = tuple(role(wide[at % 3], name=f"role-{at}") for at in range(90))
    functions = tuple(function(f"function-{at}", f"role-{at}") for at in range(90))
    account = Account(ACCOUNT, functions, roles)
    one, two = audit([account]), audit([account], processes=2)
    assert one.report.findings
    assert two.report == one.report
    assert [(each.findings, each.risk, each.granted_count, each.context.role) for each in two.role_results] == [
        (each.findings, each.risk, each.granted_count, each.context.role) for each in one.role_results
    ]


def test_a_rule_that_raises_in_another_process_is_reported(monkeypatch, start_method):
    def broken(case, audit):
        raise RuntimeError("out of order")

    start_method("fork")
    monkeypatch.setattr(parallel, "_ROLES_PER_WORKER", 10)
    monkeypatch.setattr(broad_trust, "check", broken)
    found = audit([Account(ACCOUNT, (), tuple(role(LOGS, name=f"role-{at}") for at in range(60)))], processes=2)
    assert len(failed(found)) == 60


def test_roles_of_a_worker_that_was_killed_are_evaluated(monkeypatch, start_method):
    def deadly(case, audit):
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return iter(())

    start_method("fork")
    here = os.getpid()
    account = Account(ACCOUNT, (), tuple(role(of_aws("IAMFullAccess"), name=f"role-{at}") for at in range(60)))
    monkeypatch.setattr(broad_trust, "check", deadly)
    alone = audit([account])
    monkeypatch.setattr(parallel, "_ROLES_PER_WORKER", 10)
    assert audit([account], processes=3).report == alone.report


@pytest.mark.parametrize("count", [0, 1])
def test_roles_are_evaluated_where_workers_cannot_be_started(monkeypatch, start_method, count):
    def refused():
        started.append(fork() if len(started) < count else None)
        if started[-1] is None:
            raise BlockingIOError
        return started[-1]

    fork, started = os.fork, []
    account = Account(ACCOUNT, (), tuple(role(of_aws("IAMFullAccess"), name=f"role-{at}") for at in range(30)))
    alone = audit([account])
    monkeypatch.setattr(parallel, "_ROLES_PER_WORKER", 10)
    start_method("fork")
    monkeypatch.setattr(os, "fork", refused)
    assert audit([account], processes=2).report == alone.report
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("processes", [1, 2])
def test_what_a_function_needs_and_nobody_can_tell_is_reported_from_every_process(monkeypatch, start_method, processes):
    def refused(function, choice):
        raise IamglueError("nobody knows")

    start_method("fork")
    monkeypatch.setattr(parallel, "_ROLES_PER_WORKER", 10)
    monkeypatch.setattr(needed, "required_statements", refused)
    roles = tuple(role(LOGS, name=f"role-{at}") for at in range(30))
    functions = tuple(function(f"function-{at}", f"role-{at}") for at in range(30))
    found = failed(audit([Account(ACCOUNT, functions, roles)], processes=processes))
    assert [each.what for each in found] == [f"the requirements of `function-{at}`" for at in range(30)]
