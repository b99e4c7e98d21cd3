"""Principals and trust policies beyond the rules' own cases: what AWS's guides write is left alone."""

from __future__ import annotations

import json

import pytest
from support.rows import every_row

from iamglue.catalog.restricting_condition_keys import caller_restriction
from iamglue.catalog.service_principals import is_service_principal, service_principals
from iamglue.catalog.tables import table_rows
from iamglue.catalog.triggers import trigger_facts, trigger_names
from iamglue.lint.analysis.caller_restrictions import is_unrestricted_value
from iamglue.lint.rule_table import RULES
from iamglue.policy.document import read_nodes
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

SLUGS = (
    "account-wide-trust",
    "allow-not-principal",
    "forallvalues-with-audience-claim",
    "foranyvalue-with-audience-claim",
    "confirm-audience-claim-type",
    "confused-deputy",
    "invalid-federated-principal",
    "broad-github-subject",
    "missing-condition-for-oidc-principal",
    "unique-id-as-principal",
    "invalid-principal-format",
    "invalid-principal-value",
    "principal-wildcard",
    "public-access",
    "redundant-session-principal",
    "role-trust-missing-source-condition",
    "recommended-condition-key-for-service-principal",
    "invalid-trust-policy-action",
    "unsupported-trust-policy-element",
    "unknown-service-principal",
)
PLAIN = tuple(slug for slug in SLUGS if not RULES[slug].RULE.pedantic)
OWN = "111122223333"


def found(statements, kind=PolicyType.RESOURCE, slugs=PLAIN, path="policy.json"):
    text = statements if isinstance(statements, str) else json.dumps({"Version": "2012-10-17", "Statement": statements})
    policy = ParsedPolicy(read_nodes(text, path).documents[0], kind)
    return [
        (slug, next(iter(RULES[slug].RULE.codes), "") if hit.code is None else hit.code)
        for slug in slugs
        if kind in RULES[slug].RULE.types
        for hit in RULES[slug].check(policy)
    ]


def allow(principal, action, resource=None, **conditions):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    if resource:
        statement["Resource"] = resource
    if conditions:
        statement["Condition"] = conditions
    return statement


@every_row(
    "service",
    [
        "lambda.amazonaws.com",
        "edgelambda.amazonaws.com",
        "ec2.amazonaws.com",
        "ec2.amazonaws.com.cn",
        "ecs-tasks.amazonaws.com",
        "states.amazonaws.com",
        "states.eu-west-1.amazonaws.com",
        "events.amazonaws.com",
        "scheduler.amazonaws.com",
        "pipes.amazonaws.com",
        "apigateway.amazonaws.com",
        "glue.amazonaws.com",
        "codebuild.amazonaws.com",
        "cloudformation.amazonaws.com",
        "s3.amazonaws.com",
        "vpc-flow-logs.amazonaws.com",
        "a-service-of-2031.amazonaws.com",
    ],
)
def test_the_plain_trust_policy_of_a_service_role_lacks_at_most_its_source(service):
    others = tuple(slug for slug in PLAIN if slug != "role-trust-missing-source-condition")
    assert found(allow({"Service": service}, "sts:AssumeRole"), PolicyType.TRUST, others) == []


@pytest.mark.parametrize(
    ("service", "recommended", "advice"),
    [
        ("scheduler.amazonaws.com", True, "aws:SourceAccount`"),
        ("transfer.amazonaws.com", True, "aws:SourceAccount`"),
        ("ssm.amazonaws.com", True, "aws:SourceAccount`"),
        ("amplify.eu-south-1.amazonaws.com", True, "aws:SourceAccount`"),
        ("apigateway.amazonaws.com", True, "if the guide of the service says"),
        ("lambda.amazonaws.com", False, ""),
        ("ec2.amazonaws.com", False, ""),
        ("glue.amazonaws.com", False, ""),
        ("a-service-of-2031.amazonaws.com", False, ""),
    ],
)
def test_a_trust_policy_names_the_source_where_pages_on_the_confused_deputy_name_the_service(
    service, recommended, advice
):
    rule = RULES["role-trust-missing-source-condition"]
    for condition in ({}, {"StringEquals": {"sts:ExternalId": "a"}}):
        policy = json.dumps({"Statement": [allow({"Service": service}, "sts:AssumeRole", **condition)]})
        found_hits = list(rule.check(ParsedPolicy(read_nodes(policy, "p.json").documents[0], PolicyType.TRUST)))
        assert len(found_hits) == recommended
        assert all(advice in hit.help for hit in found_hits)
    for key in ("aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID"):
        limited = allow({"Service": service}, "sts:AssumeRole", StringEquals={key: OWN})
        assert found(limited, PolicyType.TRUST, ("role-trust-missing-source-condition",)) == []


def test_the_plain_lambda_trust_policy_is_left_alone_by_pedantic_rules_too():
    assert found(allow({"Service": "lambda.amazonaws.com"}, "sts:AssumeRole"), PolicyType.TRUST, SLUGS) == []


GUIDES = {
    "SNS sends to SQS": allow(
        {"Service": "sns.amazonaws.com"},
        "sqs:SendMessage",
        f"arn:aws:sqs:us-east-2:{OWN}:MyQueue",
        ArnEquals={"aws:SourceArn": f"arn:aws:sns:us-east-2:{OWN}:MyTopic"},
    ),
    "S3 sends to SQS": allow(
        {"Service": "s3.amazonaws.com"},
        ["SQS:SendMessage"],
        f"arn:aws:sqs:us-east-2:{OWN}:MyQueue",
        ArnLike={"aws:SourceArn": "arn:aws:s3:*:*:images"},
        StringEquals={"aws:SourceAccount": OWN},
    ),
    "CloudTrail writes to a bucket": [
        allow(
            {"Service": "cloudtrail.amazonaws.com"},
            "s3:GetBucketAcl",
            "arn:aws:s3:::trails",
            StringEquals={"aws:SourceArn": f"arn:aws:cloudtrail:us-east-1:{OWN}:trail/main"},
        ),
        allow(
            {"Service": "cloudtrail.amazonaws.com"},
            "s3:PutObject",
            f"arn:aws:s3:::trails/AWSLogs/{OWN}/*",
            StringEquals={
                "s3:x-amz-acl": "bucket-owner-full-control",
                "aws:SourceArn": f"arn:aws:cloudtrail:us-east-1:{OWN}:trail/main",
            },
        ),
    ],
    "a load balancer's logs": allow(
        {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "s3:PutObject",
        f"arn:aws:s3:::logs/prefix/AWSLogs/{OWN}/*",
    ),
    "a load balancer's logs, from an account of the service": allow(
        {"AWS": "arn:aws:iam::127311923021:root"}, "s3:PutObject", f"arn:aws:s3:::logs/prefix/AWSLogs/{OWN}/*"
    ),
    "CloudFront reads a bucket": allow(
        {"Service": "cloudfront.amazonaws.com"},
        "s3:GetObject",
        "arn:aws:s3:::site/*",
        StringEquals={"AWS:SourceArn": f"arn:aws:cloudfront::{OWN}:distribution/EDFDVBD6EXAMPLE"},
    ),
    "EventBridge invokes a function": allow(
        {"Service": "events.amazonaws.com"},
        "lambda:InvokeFunction",
        f"arn:aws:lambda:us-east-1:{OWN}:function:f",
        ArnLike={"AWS:SourceArn": f"arn:aws:events:us-east-1:{OWN}:rule/r"},
    ),
    "S3 invokes a function": allow(
        {"Service": "s3.amazonaws.com"},
        "lambda:InvokeFunction",
        f"arn:aws:lambda:us-east-1:{OWN}:function:f",
        StringEquals={"AWS:SourceAccount": OWN},
        ArnLike={"AWS:SourceArn": "arn:aws:s3:::images"},
    ),
    "a topic's own policy": allow(
        {"AWS": "*"},
        ["SNS:Publish", "SNS:Subscribe"],
        f"arn:aws:sns:us-east-1:{OWN}:t",
        StringEquals={"AWS:SourceOwner": OWN},
    ),
    "a key's own policy": [
        allow({"AWS": f"arn:aws:iam::{OWN}:root"}, "kms:*", "*"),
        allow(
            {"AWS": "*"},
            "kms:Decrypt",
            "*",
            StringEquals={"kms:CallerAccount": OWN, "kms:ViaService": "s3.us-east-1.amazonaws.com"},
        ),
        allow(
            {"Service": "logs.us-east-1.amazonaws.com"},
            "kms:Decrypt*",
            "*",
            ArnLike={"aws:SourceArn": f"arn:aws:logs:us-east-1:{OWN}:*"},
        ),
    ],
    "a file system's own policy": allow(
        {"AWS": "*"},
        "elasticfilesystem:ClientMount",
        f"arn:aws:elasticfilesystem:us-east-1:{OWN}:file-system/fs-1",
        Bool={"elasticfilesystem:AccessedViaMountTarget": "true"},
    ),
    "a private API": [
        allow("*", "execute-api:Invoke", "execute-api:/*"),
        {
            **allow("*", "execute-api:Invoke", "execute-api:/*", StringNotEquals={"aws:SourceVpce": "vpce-1a2b3c4d"}),
            "Effect": "Deny",
        },
    ],
    "only over TLS": {
        **allow("*", "s3:*", "arn:aws:s3:::images/*", Bool={"aws:SecureTransport": "false"}),
        "Effect": "Deny",
    },
    "an organization's function": allow(
        "*",
        "lambda:InvokeFunction",
        f"arn:aws:lambda:us-east-1:{OWN}:function:f",
        StringEquals={"aws:PrincipalOrgID": "o-a1"},
    ),
}


@every_row("statements", GUIDES.values())
def test_policies_of_awss_guides_are_left_alone(statements):
    assert found(statements) == []


def hub(**conditions):
    provider = f"arn:aws:iam::{OWN}:oidc-provider/token.actions.githubusercontent.com"
    return allow({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", **conditions)


SUB, AUD = "token.actions.githubusercontent.com:sub", "token.actions.githubusercontent.com:aud"
TRUST = {
    "GitHub, one branch": hub(StringEquals={AUD: "sts.amazonaws.com", SUB: "repo:o/r:ref:refs/heads/main"}),
    "Cognito": allow(
        {"Federated": "cognito-identity.amazonaws.com"},
        "sts:AssumeRoleWithWebIdentity",
        **{
            "StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:12345678"},
            "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"},
        },
    ),
    "SAML": allow(
        {"Federated": f"arn:aws:iam::{OWN}:saml-provider/corp"},
        ["sts:AssumeRoleWithSAML", "sts:TagSession"],
        StringEquals={"SAML:aud": "https://signin.aws.amazon.com/saml"},
    ),
    "EKS pods": allow({"Service": "pods.eks.amazonaws.com"}, ["sts:AssumeRole", "sts:TagSession"]),
    "another account": allow(
        {"AWS": f"arn:aws:iam::{OWN}:root"}, "sts:AssumeRole", StringEquals={"sts:ExternalId": "12345"}
    ),
}


@pytest.mark.parametrize("statement", TRUST.values(), ids=TRUST)
def test_trust_policies_of_awss_guides_are_left_alone(statement):
    assert found(statement, PolicyType.TRUST) == []


def test_one_fault_is_one_finding():
    lambda_role = {"Service": "lambda.amazonaws.com"}
    assert found(allow("*", "sts:AssumeRole"), PolicyType.TRUST) == [
        ("principal-wildcard", "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL")
    ]
    assert found({"Effect": "Allow", "NotPrincipal": {"AWS": OWN}, "Action": "sts:AssumeRole"}, PolicyType.TRUST) == [
        ("unsupported-trust-policy-element", "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL")
    ]
    assert found(hub(), PolicyType.TRUST) == [
        ("missing-condition-for-oidc-principal", "MISSING_GITHUB_REPO_CONDITION_KEY")
    ]
    assert found(allow(lambda_role, "sts:AssumeRoleWithSAML"), PolicyType.TRUST) == [
        ("invalid-trust-policy-action", "MISMATCHED_ACTION_FOR_PRINCIPAL")
    ]
    assert found(allow({"AWS": "AROAEXAMPLE1234567890"}, "sts:AssumeRole"), PolicyType.TRUST) == [
        ("unique-id-as-principal", "INVALID_ROLE_REFERENCE")
    ]
    assert found(allow({"AWS": f"arn:aws:iam::{OWN}:user/*"}, "s3:GetObject", "arn:aws:s3:::images/*")) == [
        ("principal-wildcard", "UNSUPPORTED_WILDCARD_IN_PRINCIPAL")
    ]
    assert found(allow(f"arn:aws:iam::{OWN}:root", "s3:GetObject", "arn:aws:s3:::images/*")) == [
        ("invalid-principal-format", "INVALID_PRINCIPAL_FORMAT")
    ]


def test_awss_own_example_of_a_mismatched_action():
    statement = allow(
        {"Federated": "cognito-identity.amazonaws.com"},
        ["sts:AssumeRole", "sts:TagSession"],
        StringEquals={"cognito-identity.amazonaws.com:aud": "us-west-2_EXAMPLE"},
    )
    expected = [("invalid-trust-policy-action", "MISMATCHED_ACTION_FOR_PRINCIPAL")]
    assert found(statement, PolicyType.TRUST) == expected
    assert found(statement, PolicyType.RESOURCE) == expected


@pytest.mark.parametrize("service", ["s3", "sns", "ses", "events", "config", "cloudtrail", "apigateway", "iot"])
def test_services_that_act_for_a_resource_are_held_to_a_source(service):
    statement = allow({"Service": f"{service}.amazonaws.com"}, "lambda:InvokeFunction", "*")
    assert found(statement) == [("confused-deputy", "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL")]


def test_one_finding_for_all_services_of_a_statement():
    statement = allow({"Service": ["sns.amazonaws.com", "s3.amazonaws.com"]}, "sqs:SendMessage", "*")
    assert found(statement) == [("confused-deputy", "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL")]


def test_a_function_url_for_everyone_is_public():
    statement = allow("*", "lambda:InvokeFunctionUrl", "*", StringEquals={"lambda:FunctionUrlAuthType": "NONE"})
    assert found(statement) == [("public-access", "")]


@pytest.mark.parametrize("kind", ["AWS", "Service", "Federated", "CanonicalUser"])
def test_what_is_not_known_before_deployment_is_not_judged(kind):
    text = f"Statement:\n- Effect: Allow\n  Principal:\n    {kind}: ${{Name}}\n  Action: sts:AssumeRole\n"
    root = read_nodes(text, "policy.yaml").documents[0]
    for node in root.walk():
        node.unresolved = "${" in node.text
    policy = ParsedPolicy(root, PolicyType.TRUST)
    assert [
        hit for slug in PLAIN if PolicyType.TRUST in RULES[slug].RULE.types for hit in RULES[slug].check(policy)
    ] == []


@every_row(
    "key, text, expected",
    [
        ("aws:sourceip", "0.0.0.0/0", True),
        ("aws:sourceip", "203.0.113.0/24", False),
        ("aws:sourceip", "::/0", True),
        ("aws:sourceip", "not an address", False),
        ("aws:sourcearn", "*", True),
        ("aws:sourcearn", "arn:aws:sns:*:*:*", True),
        ("aws:sourcearn", "arn:aws:sns:*:111122223333:*", False),
        ("aws:sourcearn", "arn:aws:s3:::images", False),
        ("aws:sourcearn", "arn:aws:s3:::*", True),
        ("aws:principalarn", "arn:aws:iam::*:role/admin", True),
        ("aws:principalorgid", "o-*", True),
        ("aws:principalorgid", "o-a1b2c3d4e5", False),
        ("aws:sourceaccount", "${aws:PrincipalAccount}", False),
        ("aws:principalisawsservice", "false", True),
    ],
)
def test_values_that_leave_the_caller_open(key, text, expected):
    assert is_unrestricted_value(key, text) is expected


def test_every_principal_of_the_triggers_is_known():
    named = {facts.principal for name in trigger_names() if (facts := trigger_facts(name)) and facts.principal}
    services = {name for name in named if is_service_principal(name)}
    assert services <= set(service_principals())
    assert len(services) > 10


def test_the_tables_are_sorted_and_sourced():
    names = [row["principal"] for row in table_rows("service_principals")]
    assert names == sorted(set(names))
    assert all(is_service_principal(name) for name in names)
    assert all(row["source"] for table in ("service_principals", "confining_keys") for row in table_rows(table))
    assert caller_restriction("AWS:sourcearn") is not None


GARBAGE = [None, 7, True, "", "x", [], {}, [None], [[]], {"a": 1}, {"AWS": None}, {"AWS": {"a": []}}, {"Service": [3]}]


@pytest.mark.parametrize("kind", [PolicyType.RESOURCE, PolicyType.TRUST])
@pytest.mark.parametrize("element", ["Principal", "NotPrincipal", "Action", "Condition", "Resource", "Effect"])
def test_garbage_makes_no_rule_raise(kind, element):
    whole = allow(
        {"Federated": "accounts.google.com", "Service": "s3.amazonaws.com", "AWS": "*"}, "sts:AssumeRole", "*"
    )
    for value in GARBAGE:
        found({**whole, element: value}, kind, SLUGS)
        found({**whole, "Condition": {"StringLike": {"aws:SourceArn": value, "x:aud": value}, "y": value}}, kind, SLUGS)
