"""A finding carries a code of Access Analyzer only where Access Analyzer reports the problem.

What it reports was measured on AWS managed policies; the properties here are those that were exact.
"""

from __future__ import annotations

import json
from functools import cache

import pytest
from support.managed_policies import managed_documents
from support.rows import every_row

from iamglue.catalog.condition_key_types import condition_key_type
from iamglue.findings import Severity
from iamglue.lint.rule_table import RULES
from iamglue.policy.document import read_nodes
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType


def hits(slug, statement):
    elements = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **statement}
    return list(RULES[slug].check(parsed({"Version": "2012-10-17", "Statement": [elements]})))


def parsed(document, kind=PolicyType.IDENTITY):
    return ParsedPolicy(read_nodes(json.dumps(document), "policy.json").documents[0], kind)


@cache
def managed():
    return {name: parsed(document) for name, document in managed_documents().items()}


def managed_hits(slug):
    return [hit for policy in managed().values() for hit in RULES[slug].check(policy)]


def codes(slug, statement):
    first = next(iter(RULES[slug].RULE.codes), "")
    return [first if hit.code is None else hit.code for hit in hits(slug, statement)]


@pytest.mark.parametrize(
    "slug",
    ["invalid-arn-resource", "unsupported-action-for-condition-key", "forallvalues-with-single-valued-key"],
)
def test_no_managed_policy_has_a_problem_that_access_analyzer_never_reports_in_one(slug):
    assert [hit.message for hit in managed_hits(slug)] == []


def test_the_qualifier_is_missing_only_for_the_detail_type_of_events():
    found = {hit.node.text for hit in managed_hits("missing-qualifier")}
    assert found == {"events:detail-type"}


def test_types_of_managed_policies_differ_only_for_keys_that_are_neither_text_nor_arns():
    keys = {hit.detail for hit in managed_hits("condition-operator-type-mismatch")}
    assert "aws:ViaAWSService" in keys
    assert {condition_key_type(key) for key in keys} <= {"Bool", "Numeric", "Date", "IPAddress"}


def test_an_arn_under_an_arn_operator_is_left_alone_whatever_the_key():
    condition = {"ArnLike": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::images*"}}
    for slug in ("condition-operator-type-mismatch", "arn-operator-with-text-value"):
        assert codes(slug, {"Condition": condition}) == []


@pytest.mark.parametrize("value", ["${aws:PrincipalTag/bucket}", "*", "arn:aws:s3", "?rn:aws:s3:::images"])
def test_a_value_that_may_be_an_arn_is_left_alone(value):
    assert codes("arn-operator-with-text-value", {"Condition": {"ArnLike": {"aws:RequestTag/a": value}}}) == []


@pytest.mark.parametrize(
    ("actions", "slug"),
    [
        (["s3:PutObject", "s3:GetObject"], "unsupported-action-for-condition-key"),
        (["s3:ListBucket", "s3:GetObject"], "action-without-condition-key"),
        (["s3:List*", "s3:GetObject"], "action-without-condition-key"),
        (["nothing:Known", "s3:GetObject"], "action-without-condition-key"),
    ],
)
def test_one_rule_reports_actions_without_a_key_whatever_other_actions_carry_it(actions, slug):
    slugs = ("unsupported-action-for-condition-key", "action-without-condition-key")
    statement = {"Action": actions, "Condition": {"StringLike": {"s3:prefix": "in/*"}}}
    assert [each for each in slugs if hits(each, statement)] == [slug]


@pytest.mark.parametrize(
    "key",
    [
        "ec2:RoleDelivery",
        "ec2:SourceInstanceArn",
        "glue:RoleAssumedBy",
        "codebuild:BuildArn",
        "lambda:SourceFunctionArn",
    ],
)
def test_keys_of_the_role_session_are_in_requests_to_every_service(key):
    statement = {"Condition": {"StringEquals": {key: "a"}}}
    for slug in ("unsupported-action-for-condition-key", "action-without-condition-key", "unsatisfiable-condition"):
        assert hits(slug, statement) == []


TAG = {"StringEquals": {"aws:ResourceTag/team": "shop"}}
NULL = {"Null": {"aws:ResourceTag/team": "false"}}


def test_unsupported_tags_are_reported_once_for_each_service():
    statement = {"Action": ["logs:DescribeLogGroups", "logs:PutResourcePolicy", "kms:ListKeys"], "Condition": TAG}
    first, second = hits("allow-with-unsupported-tag-condition", statement)
    assert "`logs:DescribeLogGroups`, `logs:PutResourcePolicy`" in first.message
    assert "`kms:ListKeys`" in second.message
    assert (first.detail, second.detail) == ("logs", "kms")


@pytest.mark.parametrize(
    ("action", "condition"),
    [("ssm:CreateOpsItem", TAG), ("resource-groups:CreateGroup", TAG), ("kms:ListKeys", NULL)],
)
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_creating_actions_and_null_are_a_rule_of_ours(action, condition, effect):
    statement = {"Effect": effect, "Action": action, "Condition": condition}
    assert codes(f"{effect.lower()}-with-unsupported-tag-condition", statement) == []
    assert codes("possibly-unsupported-tag-condition", statement) == [""]


def test_a_condition_on_the_value_of_a_tag_decides_before_one_on_its_presence():
    statement = {"Action": "kms:ListKeys", "Condition": {**NULL, **TAG}}
    assert len(codes("allow-with-unsupported-tag-condition", statement)) == 1
    assert codes("possibly-unsupported-tag-condition", statement) == []


def test_a_role_passed_to_a_service_that_may_be_absent_is_a_rule_of_ours():
    condition = {"StringLikeIfExists": {"iam:PassedToService": "ec2.*"}}
    statement = {"Action": "iam:PassRole", "Condition": condition}
    assert codes("pass-role-wildcard", statement) == []
    assert codes("pass-role-if-exists", statement) == [""]


def test_an_if_exists_on_another_key_does_not_limit_the_service():
    statement = {"Action": "iam:PassRole", "Condition": {"StringEqualsIfExists": {"aws:CalledVia": "a"}}}
    assert codes("pass-role-wildcard", statement) == ["PASS_ROLE_WITH_STAR_IN_RESOURCE"]
    assert codes("pass-role-if-exists", statement) == []


@pytest.mark.parametrize(
    ("key", "value", "reported"),
    [
        ("aws:CalledVia", "application-signals.cloudwatch.amazonaws.com", True),
        ("aws:CalledViaLast", "ops.emr-serverless.amazonaws.com", True),
        ("aws:CalledVia", "athena.amazonaws.com", False),
        ("aws:CalledVia", "athena.amazonaws.com.cn", False),
        ("aws:CalledVia", "*.cloudwatch.amazonaws.com", False),
        ("aws:CalledViaFirst", "Athena.amazonaws.com", True),
        ("iam:PassedToService", "malware-protection.guardduty.amazonaws.com", False),
        ("iam:AWSServiceName", "dynamodb.application-autoscaling.amazonaws.com", False),
        ("kms:ViaService", "s3.*.amazonaws.com", False),
    ],
)
def test_only_called_via_accepts_no_service_principal_with_several_labels(key, value, reported):
    condition = {"ForAnyValue:StringLike": {key: value}}
    expected = ["INVALID_SERVICE_PRINCIPAL_FORMAT"] if reported else []
    assert codes("invalid-condition-value-format", {"Condition": condition}) == expected


@pytest.mark.parametrize(
    ("resource", "slug"),
    [
        ("arn:aws:states:eu-west-1:111122223333:statemachine:orders", "invalid-arn-resource"),
        ("arn:aws:states:*:111122223333:statemachine:orders", "unlisted-arn-resource"),
        ("arn:aws:states:eu-west-1:111122223333:statemachine:*", "unlisted-arn-resource"),
        ("arn:aws:sagemaker:*:*:endpointconfig/*", "unlisted-arn-resource"),
    ],
)
def test_an_arn_is_invalid_only_if_it_has_no_wildcard(resource, slug):
    slugs = ("invalid-arn-resource", "unlisted-arn-resource")
    assert [each for each in slugs if hits(each, {"Resource": resource})] == [slug]


@every_row(
    "resource",
    [
        "arn:aws:apigateway:*::/tags",
        "arn:aws:pricingplanmanager::*:subscription:*",
        "arn:aws:secretsmanager:*:*:sqlworkbench!*",
        "arn:aws:ssm:us-east-1::parameter/aws/service/ami-amazon-linux-latest/*",
        "arn:aws:ssm:us-east-1::document/AWS-RunPatchBaseline",
        "arn:aws:ec2:us-east-1::image/*",
        "arn:aws:ec2:us-east-1::snapshot/*",
        "arn:aws:bedrock:us-east-1::foundation-model/*",
        "arn:aws:resource-explorer-2:*::view/AWSServiceView*",
        "arn:aws:artifact:us-east-1::report/*",
        "arn:aws:sso:::instance/*",
        "arn:aws:identitystore:::user/*",
        "arn:aws:partnercentral:us-east-1::catalog/AWS/*",
        "arn:aws:apigateway:eu-west-1::/restapis",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "arn:aws:sagemaker:us-east-1:aws:hub/SageMakerPublicHub",
        "arn:aws:sso::aws:applicationProvider/custom",
        "arn:aws:cloudformation:us-east-1:aws:transform/Serverless-2016-10-31",
        "arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap",
    ],
)
def test_resources_that_aws_uses_without_listing_their_form_are_left_alone(resource):
    slugs = ("invalid-arn-resource", "unlisted-arn-resource", "invalid-arn-account", "invalid-arn-region")
    assert [(slug, hit.message) for slug in slugs for hit in hits(slug, {"Resource": resource})] == []


BRIDGES = [f"arn:aws:apigateway:*::/restapis/{end}" for end in ("*/deployments", "*", "*/stages", "*/stages/*", "a")]


def test_one_finding_names_a_resource_and_all_that_it_covers():
    (hit,) = hits("redundant-resource", {"Resource": ["arn:aws:s3:::a", *BRIDGES]})
    assert hit.node.text == BRIDGES[0]
    for covered in (BRIDGES[0], *BRIDGES[2:]):
        assert f"`{covered}`" in hit.message
    assert f"are covered by `{BRIDGES[1]}`" in hit.message


def test_groups_of_one_list_are_separate_findings():
    actions = ["s3:Get*", "s3:GetObject", "sqs:Send*", "sqs:SendMessage", "s3:PutObject"]
    assert [hit.node.text for hit in hits("redundant-action", {"Action": actions})] == [
        "s3:GetObject",
        "sqs:SendMessage",
    ]


def test_what_is_covered_by_a_covered_value_is_in_the_same_group():
    assert len(hits("redundant-action", {"Action": ["s3:GetObject", "s3:GetO*", "s3:Get*", "s3:*"]})) == 1


def test_statements_are_looked_at_one_by_one():
    statement = {"Effect": "Allow", "Action": "s3:GetObject"}
    document = {
        "Statement": [{**statement, "Resource": "arn:aws:s3:::a*"}, {**statement, "Resource": "arn:aws:s3:::ab"}]
    }
    assert list(RULES["redundant-resource"].check(parsed(document))) == []


@pytest.mark.parametrize(
    ("general", "covered"),
    [
        ("arn:aws:logs:*:*:/aws/lambda/X*", True),
        ("arn:aws:logs:*:1111*:/aws/lambda/X*", True),
        ("arn:aws:logs:*:111122223333:/aws/lambda/X*", False),
        ("arn:aws:logs:*:*:/aws/other/X*", False),
        ("arn:aws:s3:*:*:/aws/lambda/X*", False),
    ],
)
def test_a_star_at_the_end_of_the_account_matches_beyond_the_colon(general, covered):
    specific = "arn:aws:logs:*:111122223333:log-group:/aws/lambda/X*"
    found = hits("redundant-resource", {"Resource": [specific, general]})
    assert [(hit.node.text, hit.fix) for hit in found] == ([(specific, None)] if covered else [])


def test_redundant_resources_of_managed_policies_cover_buckets_with_their_objects():
    found = hits("redundant-resource", {"Resource": ["arn:aws:s3:::deeplens*", "arn:aws:s3:::deeplens*/*"]})
    assert [hit.node.text for hit in found] == ["arn:aws:s3:::deeplens*/*"]


SUGGESTED = ("", Severity.SUGGESTION)
TOO_LONG = ("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", None)


@pytest.mark.parametrize(
    ("characters", "more", "expected"),
    [
        (6_144, {}, []),
        (6_145, {}, [SUGGESTED]),
        (10_240, {}, [SUGGESTED]),
        (10_241, {}, [TOO_LONG]),
        (6_145, {"managed": True}, [("", None)]),
        (10_240, {"name": "Role.Policies[0]"}, []),
        (10_241, {"name": "Role.Policies[0]"}, [TOO_LONG]),
    ],
)
def test_a_policy_that_fits_inline_only_is_a_suggestion_unless_it_is_known_what_it_is(characters, more, expected):
    shortest = '{"Statement":{"Effect":"Allow","Action":"","Resource":"*"}}'
    text = shortest.replace('"Action":""', f'"Action":"{"a" * (characters - len(shortest))}"')
    policy = ParsedPolicy(read_nodes(text, "policy.json").documents[0], PolicyType.IDENTITY, **more)
    assert [(hit.code, hit.severity) for hit in RULES["policy-size"].check(policy)] == expected
