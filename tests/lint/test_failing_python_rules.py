"""Rules in Python that fail: each is named in what was not evaluated, and no other rule is lost."""

from __future__ import annotations

import asyncio
import sys
from datetime import date
from itertools import count
from types import SimpleNamespace

import pytest
from support.deployed import attached, role

from iamglue.audit.role_contexts import AuditSelection
from iamglue.audit.run import audit
from iamglue.findings import NotEvaluatedKind, Severity
from iamglue.lint.run import lint_file
from iamglue.lint.selection import RuleSelection
from iamglue.model.account import Account
from iamglue.model.own_rule_set import InstalledRule, OwnRules
from iamglue.model.usage import Usage
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.readers.policy_texts import read_policies
from iamglue.rules import RoleProblem, Rule, RuleViolation, UndecidedRole, UndecidedRule

POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"}]}'
NAMES = count()


def install(monkeypatch, **attributes) -> OwnRules:
    """The own rules of a run with one rule of an installed package, which has these attributes."""
    name = f"failing_rule_{next(NAMES)}"
    rule = SimpleNamespace(**{"__doc__": "A rule.", "RULE": Rule(Severity.ERROR), **attributes})
    monkeypatch.setitem(sys.modules, name, rule)
    return OwnRules(installed=(InstalledRule("failing", name),))


def raising(error):
    def check(_):
        raise error

    return check


def nested(policy):
    return nested(policy)


def of_policy(**values):
    return lambda policy: [RuleViolation(**{"node": policy.node, "message": "wrong", **values})]


@pytest.fixture
def lint_failure(monkeypatch):
    """Why the rule failed, as `lint` reports it; the finding of another rule is there too."""

    def run(**attributes) -> str:
        selection = RuleSelection(own_rules=install(monkeypatch, **attributes))
        file = read_policies("policy.json", POLICY, None, ParameterValues())
        report = lint_file(file, selection, date(2026, 11, 25))
        assert "unknown-action" in {finding.rule for finding in report.findings}
        (entry,) = report.not_evaluated
        assert (entry.kind, entry.rule, entry.what) == (
            NotEvaluatedKind.FAILED,
            "failing",
            "the rule failing at policy.json:1:1",
        )
        return entry.reason

    return run


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        (raising(LookupError("no such team")), "it failed: LookupError: no such team"),
        (raising(SystemExit(0)), "it failed: SystemExit: 0"),
        (raising(GeneratorExit()), "it failed: GeneratorExit: "),
        (raising(asyncio.CancelledError()), "it failed: CancelledError: "),
        (raising(BaseException("stop")), "it failed: BaseException: stop"),
        (nested, "it failed: RecursionError: "),
        (lambda _: None, "check must yield its results or return a list, not NoneType"),
        (lambda _: True, "check must yield its results or return a list, not bool"),
        (lambda _: "wrong", "check must yield RuleViolation or UndecidedRule, not str"),
        (lambda _: [RoleProblem("wrong")], "check must yield RuleViolation or UndecidedRule, not RoleProblem"),
        (of_policy(node="Statement"), "RuleViolation.node must be Node, not str"),
        (of_policy(message=None), "RuleViolation.message must be str, not NoneType"),
        (of_policy(help=5), "RuleViolation.help must be str or None, not int"),
        (of_policy(severity="worst"), "RuleViolation.severity must be Severity or None, not str"),
        (of_policy(fix="delete it"), "RuleViolation.fix must be Fix or None, not str"),
        (
            lambda policy: [UndecidedRule(policy.node, "unclear", "maybe")],
            "UndecidedRule.kind must be NotEvaluatedKind, not str",
        ),
    ],
)
def test_a_check_of_policies_that_fails_is_named(lint_failure, check, reason):
    assert reason in lint_failure(check=check)


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("error", "has no attribute RULE"),
        (Rule("worst"), "Rule.severity must be Severity, not str"),
        (Rule(Severity.ERROR, types="identity"), "Rule.types must be frozenset or set or tuple or list, not str"),
        (Rule(Severity.ERROR, types=frozenset({"role"})), "Rule.types must have PolicyType, not str"),
        (Rule(Severity.ERROR, codes=(1,)), "Rule.codes must have str, not int"),
    ],
)
def test_a_rule_whose_metadata_is_wrong_is_named(lint_failure, rule, reason):
    assert reason in lint_failure(RULE=rule, check=lambda _: ())


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        (raising(SystemExit(0)), "SystemExit: 0"),
        (raising(asyncio.CancelledError()), "CancelledError: "),
        (nested, "RecursionError: "),
        (lambda _: None, "check_role must yield its results or return a list, not NoneType"),
        (lambda _: [5], "check_role must yield RoleProblem or UndecidedRole, not int"),
        (lambda _: [RoleProblem(None)], "RoleProblem.message must be str, not NoneType"),
        (lambda _: [RoleProblem("wrong", severity="worst")], "RoleProblem.severity must be Severity or None, not str"),
        (lambda _: [RoleProblem("wrong", "s3:*")], "RoleProblem.request must be RoleRequest or None, not str"),
        (lambda _: [UndecidedRole(5)], "UndecidedRole.reason must be str, not int"),
    ],
)
def test_a_check_of_roles_that_fails_is_named(monkeypatch, check, reason):
    own_rules = install(monkeypatch, check_role=check)
    account = Account(
        "123456789012", roles=(role(attached("own", [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}])),)
    )
    result = audit((account,), (), Usage(), AuditSelection(), own_rules=own_rules)
    (entry,) = [item for item in result.report.not_evaluated if item.what == "the rule failing"]
    assert (entry.kind, reason in entry.reason) == (NotEvaluatedKind.FAILED, True)


def test_ctrl_c_while_a_rule_runs_is_no_failure_of_the_rule_and_names_it(monkeypatch):
    selection = RuleSelection(own_rules=install(monkeypatch, check=raising(KeyboardInterrupt())))
    file = read_policies("policy.json", POLICY, None, ParameterValues())
    with pytest.raises(KeyboardInterrupt) as interrupt:
        lint_file(file, selection, date(2026, 11, 25))
    assert interrupt.value.__notes__ == ["while the rule failing ran"]
