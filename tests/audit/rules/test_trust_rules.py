"""The rules about trust policies and invoke permissions: what is found, and what is not."""

from __future__ import annotations

import pytest
from support.deployed import (
    ACCOUNT,
    LAMBDA,
    ORGANIZATION,
    attached,
    audited,
    found,
    function,
    invoking,
    permitting,
    role,
    trusting,
)
from support.rows import every_row

from iamglue.model.account import FunctionUrl

STRANGER = "999988887777"
BUCKET = {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::images"}}
OWN = {"StringEquals": {"AWS:SourceAccount": ACCOUNT}}
TOPIC = {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:eu-west-1:{ACCOUNT}:uploads"}}
MEMBERS = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}
EDGE = {"Service": ["lambda.amazonaws.com", "edgelambda.amazonaws.com"]}


def trust_findings(*principals, functions=None, **rest):
    functions = function() if functions is None else functions
    return found(audited(role(trust=trusting(*principals, **rest)), functions), "broad-trust")


@pytest.mark.parametrize(
    "principal", [LAMBDA, EDGE, {"Service": "lambda.amazonaws.com.cn"}], ids=["plain", "edge", "cn"]
)
def test_trust_in_lambda_alone_is_clean(principal):
    assert trust_findings(principal) == []


@every_row(
    "principal, rest, severity, says",
    [
        ({"Service": "ec2.amazonaws.com"}, {}, "warning", "`ec2.amazonaws.com` may assume"),
        ("*", {}, "security-warning", "from any AWS account"),
        ({"AWS": "*"}, {}, "security-warning", "from any AWS account"),
        ({"AWS": "*"}, {"Condition": MEMBERS}, "warning", "of the account or organization"),
        (
            {"AWS": "*"},
            {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-other"}}},
            "security-warning",
            "`o-other`",
        ),
        (
            {"AWS": "*"},
            {"Condition": {"StringLike": {"aws:PrincipalOrgID": "*"}}},
            "security-warning",
            "any AWS account",
        ),
        (
            {"AWS": "*"},
            {"Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION}}},
            "security-warning",
            "any",
        ),
        (
            {"AWS": "*"},
            {"Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}},
            "security-warning",
            "networks",
        ),
        ({"AWS": f"arn:aws:iam::{STRANGER}:root"}, {}, "security-warning", f"whole account `{STRANGER}`"),
        ({"AWS": STRANGER}, {"Condition": {"StringEquals": {"sts:ExternalId": "a1"}}}, "warning", "external ID"),
        ({"AWS": f"arn:aws:iam::{STRANGER}:role/x"}, {"Condition": MEMBERS}, "warning", "of the organization"),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/admin"}, {}, "warning", "in addition to Lambda"),
        (
            {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/x"},
            {"Action": "sts:AssumeRoleWithWebIdentity"},
            "warning",
            "provider",
        ),
    ],
)
def test_trust_in_others_is_found(principal, rest, severity, says):
    (finding,) = trust_findings(LAMBDA, principal, **rest)
    assert (finding.severity.value, finding.subject.kind) == (severity, "role")
    assert says in finding.message


def test_not_principal_is_everyone_else():
    statement = {"Effect": "Allow", "NotPrincipal": {"AWS": STRANGER}, "Action": "sts:AssumeRole"}
    (finding,) = found(audited(role(trust=attached("trust policy", [statement])), function()), "broad-trust")
    assert "NotPrincipal" in finding.message


def test_what_a_deny_takes_back_is_not_counted():
    statements = [
        {"Effect": "Allow", "Principal": {"AWS": STRANGER}, "Action": "sts:AssumeRole"},
        {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"},
    ]
    assert found(audited(role(trust=attached("trust policy", statements)), function()), "broad-trust") == []


def test_a_deny_for_all_but_the_organization_counts_as_a_condition():
    statements = [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sts:*",
            "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION}},
        },
    ]
    (finding,) = found(audited(role(trust=attached("trust policy", statements)), function()), "broad-trust")
    assert finding.severity.value == "warning"


def test_a_role_of_another_service_is_told_of_strangers_only():
    assert trust_findings({"Service": "ec2.amazonaws.com"}, functions=()) == []
    assert len(trust_findings({"Service": "ec2.amazonaws.com"}, {"AWS": "*"}, functions=())) == 1


def test_another_action_than_assuming_is_not_counted():
    assert trust_findings({"Service": "ec2.amazonaws.com"}, Action="sts:TagSession") == []


def invoke_findings(rule, *statements, **rest):
    return found(audited(role(), function(permissions=permitting(*statements), **rest)), rule)


@pytest.mark.parametrize(
    ("statement", "severity", "says"),
    [
        (invoking("*"), "security-warning", "everyone with an AWS account may invoke"),
        (invoking({"AWS": "*"}, Action="lambda:*"), "security-warning", "`lambda:*`"),
        (invoking({"AWS": STRANGER}), "warning", f"the account `{STRANGER}`"),
        (invoking({"AWS": f"arn:aws:iam::{STRANGER}:role/x"}), "warning", "outside this account"),
        (invoking("*", {"StringEquals": {"aws:PrincipalOrgID": "o-other"}}), "warning", "`o-other`"),
        (
            invoking(
                "*", {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}, Action="lambda:InvokeFunctionUrl"
            ),
            "security-warning",
            "function URL",
        ),
    ],
)
def test_invoke_permissions_for_strangers_are_found(statement, severity, says):
    (finding,) = invoke_findings("public-invoke", statement)
    assert (finding.severity.value, finding.subject.kind, finding.span.pointer) == (
        severity,
        "function",
        "/Statement/0",
    )
    assert says in finding.message


@pytest.mark.parametrize(
    "statement",
    [
        invoking({"AWS": ACCOUNT}),
        invoking({"AWS": f"arn:aws:iam::{ACCOUNT}:role/x"}),
        invoking("*", MEMBERS),
        invoking({"AWS": STRANGER}, MEMBERS),
        invoking("*", TOPIC),
        invoking("*", {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}),
        invoking({"Service": "sns.amazonaws.com"}, TOPIC),
    ],
)
def test_invoke_permissions_for_the_account_and_its_organization_are_clean(statement):
    assert invoke_findings("public-invoke", statement) == []


URL = (
    invoking("*", {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}, Action="lambda:InvokeFunctionUrl"),
    invoking("*", {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}),
)


VIA_URL = {"lambda:InvokedViaFunctionUrl": "true"}


@pytest.mark.parametrize(
    "condition",
    [
        {"BoolIfExists": VIA_URL},
        {"Null": VIA_URL},
        {"ForAllValues:Bool": VIA_URL},
        {"StringEqualsIfExists": {"lambda:FunctionUrlAuthType": "NONE"}},
        {"Null": {"lambda:FunctionUrlAuthType": "true"}},
    ],
)
def test_a_condition_on_urls_that_direct_calls_also_meet_does_not_limit_them(condition):
    (finding,) = invoke_findings("public-invoke", invoking("*", condition))
    assert finding.severity.value == "security-warning"
    assert "everyone with an AWS account may invoke" in finding.message


@pytest.mark.parametrize("other", [f"arn:aws:iam::{STRANGER[:4]}*:role/x", f"arn:aws:iam::{STRANGER}:role/x"])
def test_a_caller_of_another_account_beside_one_of_this_account_is_found(other):
    names = {"ArnLike": {"aws:PrincipalArn": [f"arn:aws:iam::{ACCOUNT}:role/x", other]}}
    (finding,) = invoke_findings("public-invoke", invoking("*", names))
    assert STRANGER[:4] in finding.message


def test_one_of_two_conditions_on_the_account_suffices():
    both = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT, "aws:SourceAccount": STRANGER}}
    assert invoke_findings("public-invoke", invoking("*", both)) == []


FOREIGN_SOURCES = [
    {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:eu-west-1:{STRANGER}:uploads"}},
    {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:eu-west-1:{STRANGER[:4]}*:uploads"}},
    {"StringEquals": {"aws:SourceAccount": [ACCOUNT, STRANGER]}},
]


@pytest.mark.parametrize("condition", FOREIGN_SOURCES)
@pytest.mark.parametrize(
    ("principal", "rule"), [("*", "public-invoke"), ({"Service": "sns.amazonaws.com"}, "unconfined-invoke")]
)
def test_a_source_of_another_account_is_found(principal, rule, condition):
    (finding,) = invoke_findings(rule, invoking(principal, condition))
    assert (finding.severity.value, STRANGER[:4] in finding.message) == ("warning", True)


def test_a_source_of_another_account_in_the_organization_is_clean():
    condition = FOREIGN_SOURCES[0] | {"StringEquals": {"aws:SourceOrgID": ORGANIZATION}}
    assert invoke_findings("unconfined-invoke", invoking({"Service": "sns.amazonaws.com"}, condition)) == []


def test_a_url_without_sign_in_is_open_to_the_internet():
    (finding,) = invoke_findings("public-invoke", *URL, urls=(FunctionUrl("NONE"),))
    assert finding.severity.value == "security-warning"
    assert "internet" in finding.message


def test_a_permission_for_a_url_that_is_not_there_is_a_suggestion():
    (finding,) = invoke_findings("public-invoke", *URL)
    assert finding.severity.value == "suggestion"


@pytest.mark.parametrize(
    ("service", "condition", "severity"),
    [
        ("s3.amazonaws.com", None, "security-warning"),
        ("s3.amazonaws.com", BUCKET, "warning"),
        ("s3.amazonaws.com", OWN, "suggestion"),
        ("sns.amazonaws.com", None, "security-warning"),
        ("events.amazonaws.com", None, "security-warning"),
        ("events.amazonaws.com", {"ArnLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/*"}}, "security-warning"),
        (
            "apigateway.amazonaws.com",
            {"ArnLikeIfExists": {"aws:SourceArn": "arn:aws:execute-api:eu-west-1:1:a/*"}},
            "security-warning",
        ),
        ("alexa-appkit.amazon.com", None, "security-warning"),
        ("secretsmanager.amazonaws.com", None, "security-warning"),
    ],
)
def test_a_service_without_its_source_is_found(service, condition, severity):
    (finding,) = invoke_findings("unconfined-invoke", invoking({"Service": service}, condition))
    assert finding.severity.value == severity
    assert service in finding.message


@pytest.mark.parametrize(
    ("service", "condition"),
    [
        ("s3.amazonaws.com", {**BUCKET, **OWN}),
        ("sns.amazonaws.com", TOPIC),
        ("secretsmanager.amazonaws.com", OWN),
        ("logs.eu-west-1.amazonaws.com", OWN),
        ("alexa-appkit.amazon.com", {"StringEquals": {"lambda:EventSourceToken": "amzn1.ask.skill.1"}}),
        ("edgelambda.amazonaws.com", None),
    ],
)
def test_a_service_that_is_confined_or_need_not_be_is_clean(service, condition):
    assert invoke_findings("unconfined-invoke", invoking({"Service": service}, condition)) == []


def test_what_audit_says_of_permissions_lint_does_not_say_again():
    result = audited(
        role(), function(permissions=permitting(invoking({"Service": "sns.amazonaws.com"}), invoking("*")))
    )
    assert {each.rule for each in result.report.findings if each.subject.kind == "function"} == {
        "public-invoke",
        "unconfined-invoke",
        "missing-access",
    }


@pytest.mark.parametrize("rule", ["public-invoke", "unconfined-invoke", "broad-trust"])
def test_a_malformed_document_is_not_clean(rule):
    broken = permitting()
    broken = (type(broken[0])(attached("resource-based policy", "{")),)
    result = audited(role(trust=attached("trust policy", "{")), function(permissions=broken))
    assert found(result, rule) == []
    gaps = {(each.subject.kind, each.what) for each in result.report.not_evaluated if each.kind.value == "failed"}
    assert gaps == {
        ("role", "the document of `trust policy`"),
        ("function", "the document of `resource-based policy`"),
    }
