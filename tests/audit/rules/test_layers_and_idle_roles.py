"""Layers of other accounts, roles for Lambda without a function, and URLs whose policy is not known."""

from __future__ import annotations

import pytest
from support.deployed import ACCOUNT, attached, audited, found, function, permitting, role, trusting

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import FunctionResourcePolicy, FunctionUrl

OTHER = "999988887777"
NOW, OLD, RECENT = "2026-11-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-10-01T00:00:00Z"


def layer(account, name="tools"):
    return f"arn:aws:lambda:eu-west-1:{account}:layer:{name}:3"


def layer_findings(*layers):
    return found(audited(role(), function(layers=layers)), "foreign-layer")


def test_a_layer_of_another_account_is_a_suggestion_for_the_function():
    (finding,) = layer_findings(layer(ACCOUNT), layer(OTHER))
    assert (finding.severity.value, finding.subject.kind) == ("suggestion", "function")
    assert layer(OTHER) in finding.message
    assert layer(ACCOUNT) not in finding.message


def test_layers_of_one_account_are_one_finding():
    assert len(layer_findings(layer(OTHER, "a"), layer(OTHER, "b"), layer("444455556666"))) == 2


@pytest.mark.parametrize("arn", [layer(ACCOUNT), "arn:aws:lambda:::awslayer:AmazonLinux1803", "not an ARN"])
def test_layers_of_the_account_and_of_no_account_are_clean(arn):
    assert layer_findings(arn) == []


def idle_findings(*, roles=None, functions=None, collected=NOW, **rest):
    idle = roles or role(name="idle", **{"created": OLD, **rest})
    functions = (function(),) if functions is None else functions
    return found(audited((role(), idle), functions, collected=collected), "role-without-function")


@pytest.mark.parametrize(("used", "says"), [(None, "reports no use"), ("2026-02-01T00:00:00Z", "on 2026-02-01")])
def test_a_role_for_lambda_that_no_function_uses_is_a_suggestion(used, says):
    (finding,) = idle_findings(last_used=used)
    assert (finding.severity.value, finding.subject.name) == ("suggestion", "idle")
    assert says in finding.message


def test_a_role_that_was_used_or_created_recently_is_clean():
    assert idle_findings(last_used=RECENT) == []
    assert idle_findings(created=RECENT) == []


def test_a_role_of_a_function_is_clean():
    assert idle_findings(functions=(function(), function("b", "idle"))) == []


def test_a_role_for_another_service_is_clean():
    assert idle_findings(trust=trusting({"Service": "ec2.amazonaws.com"})) == []


def test_nothing_is_said_where_functions_or_times_were_not_read():
    assert idle_findings(functions=()) == []
    assert idle_findings(collected=None) == []
    assert idle_findings(created=None) == []


OPEN = FunctionUrl("NONE")


def url_findings(*, what="lambda:GetPolicy", **rest):
    deployed = function(**rest)
    gap = NotEvaluated(NotEvaluatedKind.FAILED, Subject("function", deployed.name, deployed.arn), what, "access denied")
    return found(audited(role(), deployed, gaps=(gap,)), "public-invoke")


def test_a_url_without_authentication_is_reported_although_the_policy_was_not_read():
    (finding,) = url_findings(urls=(OPEN,))
    assert (finding.severity.value, finding.subject.kind) == ("warning", "function")
    assert "could not be read" in finding.message


def test_a_malformed_policy_of_the_urls_alias_is_one_that_was_not_read():
    malformed = FunctionResourcePolicy(attached("resource-based policy of live", "{"), "live")
    (finding,) = url_findings(urls=(FunctionUrl("NONE", "live"),), permissions=(malformed,), what="lambda:ListTags")
    assert "`live`" in finding.message


@pytest.mark.parametrize(
    "known",
    [
        {"urls": (FunctionUrl("AWS_IAM"),)},
        {"urls": (OPEN,), "permissions": permitting()},
        {"urls": (OPEN,), "what": "lambda:ListTags"},
    ],
    ids=["with authentication", "the policy was read", "there is no policy"],
)
def test_a_url_whose_policy_is_known_or_that_authenticates_is_clean(known):
    assert url_findings(**known) == []
