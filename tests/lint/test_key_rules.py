"""What condition keys mean for actions and services: the rules at their edges, on the catalogue's facts."""

from __future__ import annotations

import json

import pytest
from support.rows import every_row

from iamglue.catalog.condition_key_support import may_support_key
from iamglue.catalog.services import service_prefixes
from iamglue.catalog.tables import table_rows
from iamglue.lint.rule_table import RULES
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.source.json_reader import read_json

IDENTITY = PolicyType.IDENTITY
SLUGS = (
    "unsupported-action-for-condition-key",
    "unsatisfiable-condition",
    "missing-action-for-condition-key",
    "missing-paired-condition-key",
    "unsupported-condition-key-for-service-principal",
    "ineffective-condition",
    "dynamodb-attributes-without-select",
    "untrustworthy-condition-key",
    "irrelevant-condition-key",
    "permissive-condition-value",
    "rcp-missing-related-condition-key",
    "bypassable-s3-prefix-deny",
    "action-without-condition-key",
    "allow-with-unsupported-tag-condition",
    "possibly-unsupported-tag-condition",
    "deny-with-unsupported-tag-condition",
    "unsupported-vpc-endpoint-key",
)


def codes(slug, condition, *, effect="Allow", action="s3:GetObject", kind=IDENTITY, **more):
    statement = {"Effect": effect, "Action": action, "Resource": "*", "Condition": condition, **more}
    return [hit.code for hit in hits(slug, {"Version": "2012-10-17", "Statement": [statement]}, kind)]


def hits(slug, document, kind=IDENTITY):
    node = read_json(json.dumps(document), "policy.json").documents[0]
    return list(RULES[slug].check(ParsedPolicy(node, kind)))


@every_row(
    "action, key, carried",
    [
        ("s3:ListBucket", "s3:prefix", True),
        ("S3:listbucket", "S3:Prefix", True),
        ("s3:ListBucketMultipartUploads", "s3:prefix", False),
        ("s3:List*", "s3:prefix", True),
        ("kms:DescribeKey", "kms:EncryptionContext:app", False),
        ("kms:Decrypt", "kms:EncryptionContext:app", True),
        ("dynamodb:ConditionCheckItem", "dynamodb:EnclosingOperation", False),
        ("ec2:StartInstances", "aws:ResourceTag/team", True),
        ("ec2:StartInstances", "ec2:ResourceTag/team", True),
        ("sqs:Send*", "aws:RequestTag/team", False),
        ("sts:TagSession", "cognito-identity.amazonaws.com:aud", False),
        ("sts:TagSession", "sts:ExternalId", False),
        ("s3:GetObject", "aws:SourceIp", True),
        ("s3:GetObject", "ec2:SourceInstanceARN", True),
        ("s3:NoSuchAction", "s3:prefix", None),
        ("s3:GetObject", "s3:NoSuchKey", None),
        ("*", "s3:prefix", None),
        ("iottwinmaker:GetEntity", "iottwinmaker:linkedServices", None),
        ("aws-marketplace:Subscribe", "aws-marketplace:ProductId", None),
    ],
)
def test_what_the_reference_says_of_an_action_and_a_key(action, key, carried):
    assert may_support_key(action, key) is carried


@pytest.mark.parametrize("operator", ["StringEqualsIfExists", "StringLikeIfExists"])
def test_a_key_that_may_be_absent_is_no_fault(operator):
    for slug in SLUGS[:2]:
        assert codes(slug, {operator: {"s3:prefix": "in/"}}) == []


@pytest.mark.parametrize("operator", ["StringNotEquals", "ForAllValues:StringEquals", "Null", "StringEqualsIfExists"])
def test_conditions_that_hold_without_the_tag_are_left_alone(operator):
    condition = {operator: {"aws:ResourceTag/team": "true"}}
    for slug, effect in (
        ("allow-with-unsupported-tag-condition", "Allow"),
        ("deny-with-unsupported-tag-condition", "Deny"),
    ):
        assert codes(slug, condition, effect=effect, action="ec2:DescribeInstances") == []


@pytest.mark.parametrize("action", ["iam:Detach*", "lambda:Remove*", "dynamodb:Delete*", "events:*"])
def test_a_wildcard_is_looked_up_action_by_action_for_resource_tags(action):
    condition = {"StringEquals": {"aws:ResourceTag/team": "a"}}
    assert codes("deny-with-unsupported-tag-condition", condition, effect="Deny", action=[action, "iam:Untag*"]) == [
        None
    ]
    assert codes("allow-with-unsupported-tag-condition", condition, action=["iam:Untag*", "dynamodb:Put*"]) == []


def test_one_finding_names_every_action_that_lacks_a_key():
    document = {
        "Effect": "Allow",
        "Action": ["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:Get*"],
        "Resource": "*",
        "Condition": {"StringLike": {"s3:prefix": "in/*"}},
    }
    (hit,) = hits("action-without-condition-key", {"Statement": document})
    assert "`s3:GetObject`, `s3:PutObject`" in hit.message
    assert hit.node.text == "s3:GetObject"


@every_row(
    "key, value, hit",
    [
        ("aws:SourceAccount", "*", "WILDCARD_USAGE_TOO_PERMISSIVE"),
        ("aws:PrincipalOrgID", "o-a1b2c3d4e?", "WILDCARD_USAGE_TOO_PERMISSIVE"),
        ("aws:PrincipalOrgID", "${aws:ResourceOrgID}", None),
        ("aws:ResourceAccount", "${aws:PrincipalAccount}", None),
        ("aws:ResourceAccount", "1234${aws:PrincipalAccount}", "VARIABLE_USAGE_TOO_PERMISSIVE"),
        ("aws:ResourceAccount", "${aws:PrincipalTag/account}", "VARIABLE_USAGE_TOO_PERMISSIVE"),
        ("aws:userid", "*:saanvi", None),
        ("aws:userid", "*", "WILDCARD_USAGE_TOO_PERMISSIVE"),
        ("aws:userid", "AROA*:saanvi", "WILDCARD_USAGE_TOO_PERMISSIVE"),
        ("aws:userid", "AROAEXAMPLEID:*", None),
        ("aws:userid", "${aws:userid}:*", None),
        ("aws:userid", "${aws:userid}", "VARIABLE_USAGE_TOO_PERMISSIVE"),
        ("aws:userid", "AROAEXAMPLEID:${aws:username}", None),
        ("token.actions.githubusercontent.com:sub", "repo:*", "WILDCARD_USAGE_TOO_PERMISSIVE"),
        ("token.actions.githubusercontent.com:sub", "repo:octo@*/app@*:ref", "WILDCARD_USAGE_TOO_PERMISSIVE"),
        ("token.actions.githubusercontent.com:sub", "repo:octo@*/apps@*:ref", None),
        ("aws:PrincipalTag/team", "*", None),
        ("kms:ViaService", "s3.*.amazonaws.com", None),
    ],
)
def test_open_values(key, value, hit):
    found = codes("permissive-condition-value", {"StringLike": {key: value}})
    first = "WILDCARD_USAGE_TOO_PERMISSIVE"
    assert [first if code is None else code for code in found] == ([hit] if hit else [])


def test_a_claim_may_be_open_where_it_is_denied():
    condition = {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:*"}}
    assert codes("permissive-condition-value", condition, effect="Deny") == []


@pytest.mark.parametrize(
    ("action", "found"),
    [
        ("s3:*", False),
        ("iam:GetRole", False),
        ("iam:PassRole", True),
        ("*", True),
        ("sqs:SendMessage", True),
    ],
)
def test_only_some_services_know_the_owner_of_an_endpoint(action, found):
    condition = {"StringNotEqualsIfExists": {"aws:VpceAccount": "123456789012"}}
    assert bool(codes("unsupported-vpc-endpoint-key", condition, effect="Deny", action=action)) is found


def test_services_of_endpoint_keys_exist():
    named = {prefix for row in table_rows("vpc_endpoint_keys") for prefix in row["services"].split()}
    assert named <= set(service_prefixes())


def test_either_null_check_will_do():
    for key in ("aws:SourceAccount", "aws:SourceArn"):
        condition = {
            "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"},
            "Null": {key: "false"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "true"},
        }
        kind = PolicyType.RCP
        assert codes("rcp-missing-related-condition-key", condition, effect="Deny", kind=kind, Principal="*") == []


def test_a_service_beside_others_may_be_told_apart_by_organization():
    principal = {"Service": "cloudfront.amazonaws.com", "AWS": "*"}
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    slug = "unsupported-condition-key-for-service-principal"
    assert codes(slug, condition, kind=PolicyType.RESOURCE, Principal=principal) == []


ODD = (None, 1, True, "", "x", "*", [], {}, [None], [[]], {"": None}, {"StringEquals": 1}, {"StringEquals": {"a": {}}})
KEYS = ("aws:ResourceTag/a", "s3:prefix", "aws:VpceAccount", "dynamodb:Attributes", "aws:userid", "sts:SourceIdentity")


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("element", ["Effect", "Action", "NotAction", "Principal", "Condition", "Resource"])
def test_nothing_malformed_makes_a_rule_raise(slug, element):
    for odd in ODD:
        for key in KEYS:
            statement = {
                "Effect": "Deny",
                "Action": "s3:*",
                "Principal": {"Service": "a"},
                "Condition": {"StringLike": {key: odd}, "Null": odd},
            }
            for kind in PolicyType:
                hits(slug, {"Statement": [{**statement, element: odd}, odd]}, kind)
