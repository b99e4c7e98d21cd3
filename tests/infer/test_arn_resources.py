"""From an action on an ARN to the entry that a spec would have."""

from __future__ import annotations

import pytest
from infer.test_entries import SERVICES, sample
from support.rows import every_row

from iamglue.catalog.resource_formats import action_resource_types
from iamglue.catalog.services import find_service
from iamglue.errors import Location
from iamglue.generate.requirements.grants import AtomicGrant
from iamglue.infer.arn_resources import find_entry
from iamglue.infer.entry_grants import entry_grants
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import AccessEntry, AccessList
from iamglue.policy.conditions import build_condition

HERE = "eu-west-1:123456789012"
SCOPE = DeploymentScope("aws", "eu-west-1", "123456789012")
PLACE = Location("policy.json", 3)


def entry(action, resource, *conditions):
    return find_entry(AtomicGrant(action, resource, tuple(sorted(conditions))), SCOPE, PLACE)


NAMES = [
    ("s3:GetObject", "arn:aws:s3:::images/*", "images"),
    ("s3:GetObject", "arn:aws:s3:::images/logo.png", "images/logo.png"),
    ("s3:ListBucket", "arn:aws:s3:::images", "images"),
    ("dynamodb:Query", f"arn:aws:dynamodb:{HERE}:table/Orders", "Orders"),
    ("dynamodb:GetItem", f"arn:aws:dynamodb:{HERE}:table/Orders*", "Orders*"),
    ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{HERE}:secret:login-??????", "login"),
    ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{HERE}:secret:login*", "login*"),
    ("sqs:SendMessage", f"arn:aws:sqs:{HERE}:orders", "orders"),
    ("sns:Publish", f"arn:aws:sns:{HERE}:news", "news"),
    ("ssm:GetParameter", f"arn:aws:ssm:{HERE}:parameter/app/db", "/app/db"),
    ("lambda:InvokeFunction", f"arn:aws:lambda:{HERE}:function:resize", "resize"),
    ("lambda:InvokeFunction", f"arn:aws:lambda:{HERE}:function:resize:*", "resize:*"),
    ("logs:PutLogEvents", f"arn:aws:logs:{HERE}:log-group:/app/audit:*", "/app/audit"),
    ("states:StartExecution", f"arn:aws:states:{HERE}:stateMachine:checkout", "checkout"),
    ("states:DescribeExecution", f"arn:aws:states:{HERE}:execution:checkout:*", "checkout"),
    (
        "kms:Decrypt",
        f"arn:aws:kms:{HERE}:key/1f6c3a52-7d1b-4c0e-9a53-0e6b1c9d2f47",
        "1f6c3a52-7d1b-4c0e-9a53-0e6b1c9d2f47",
    ),
    ("events:PutEvents", f"arn:aws:events:{HERE}:event-bus/default", "default"),
    ("es:ESHttpGet", f"arn:aws:es:{HERE}:domain/search/*", "search"),
    ("sts:AssumeRole", "arn:aws:iam::123456789012:role/deploy", "deploy"),
    ("ec2:DescribeInstances", "*", "*"),
]


@every_row("action, arn, name", NAMES)
def test_a_resource_of_the_functions_account_and_region_is_named(action, arn, name):
    written = entry(action, arn)
    assert (written.resource.text, written.resource_type, written.account) == (name, None, None)


def test_objects_under_a_prefix_are_a_bucket_with_a_prefix():
    written = entry("s3:GetObject", "arn:aws:s3:::images/incoming/*")
    assert (written.resource.text, written.prefix) == ("images", "incoming/")


def test_the_listing_of_a_prefix_is_a_bucket_with_a_prefix():
    written = entry("s3:ListBucket", "arn:aws:s3:::images", build_condition("StringLike", "s3:prefix", "incoming/*"))
    assert (written.resource.text, written.prefix, written.when) == ("images", "incoming/", ())


def test_an_index_is_named_beside_its_table():
    written = entry("dynamodb:Query", f"arn:aws:dynamodb:{HERE}:table/Orders/index/by-date")
    assert (written.resource.text, written.index) == ("Orders", "by-date")


def test_another_account_and_region_are_options():
    written = entry("sqs:SendMessage", "arn:aws:sqs:us-east-1:210987654321:orders")
    assert (written.resource.text, written.account, written.regions) == ("orders", "210987654321", ("us-east-1",))


@pytest.mark.parametrize("arn", ["arn:aws:sqs:*:123456789012:orders", "arn:aws-cn:sqs:cn-north-1:123456789012:orders"])
def test_an_entry_never_widens_or_narrows_the_location(arn):
    written = entry("sqs:SendMessage", arn)
    assert written is None or entry_grants(written, SCOPE) == {AtomicGrant("sqs:SendMessage", arn)}


def test_a_namespace_is_the_resource_of_metrics():
    written = entry("cloudwatch:PutMetricData", "*", build_condition("StringEquals", "cloudwatch:namespace", "Shop"))
    assert (written.resource.text, written.when) == ("Shop", ())


def test_an_alias_is_the_resource_of_a_key():
    limit = build_condition("ForAnyValue:StringEquals", "kms:ResourceAliases", "alias/app")
    written = entry("kms:Decrypt", f"arn:aws:kms:{HERE}:key/*", limit)
    assert (written.resource.text, written.when) == ("alias/app", ())


def test_the_items_of_one_owner_are_leading_keys():
    key = "dynamodb:LeadingKeys"
    limits = (
        build_condition("ForAllValues:StringEquals", key, "${aws:PrincipalTag/tenant}"),
        build_condition("Null", key, "false"),
    )
    written = entry("dynamodb:Query", f"arn:aws:dynamodb:{HERE}:table/Orders", *limits)
    assert (written.leading_keys, written.when) == (("${aws:PrincipalTag/tenant}",), ())


def test_another_condition_is_when():
    limit = build_condition("StringEquals", "aws:RequestedRegion", "eu-west-1")
    assert entry("ec2:DescribeInstances", "*", limit).when == (limit,)


def test_what_no_entry_generates_has_none():
    assert entry("s3:GetObject", "*") is None
    assert entry("s3:NoSuchAction", "*") is None


def test_an_action_that_needs_several_resources_is_one_entry_if_all_are_granted():
    arns = [f"arn:aws:glue:{HERE}:{resource}" for resource in ("catalog", "database/sales", "table/sales/orders")]
    granted = {AtomicGrant("glue:GetTable", arn) for arn in arns}
    assert entry_grants(find_entry(AtomicGrant("glue:GetTable", arns[2]), SCOPE, PLACE, granted), SCOPE) == granted
    assert find_entry(AtomicGrant("glue:GetTable", arns[2]), SCOPE, PLACE) is None


@pytest.mark.parametrize("service", SERVICES)
def test_what_an_entry_of_any_action_generates_is_an_entry_again(service):
    missing = []
    for action in find_service(service).actions.values():
        for kind in action_resource_types(str(action)).values():
            for options in ({}, {"account": "210987654321", "regions": ("us-west-2",)}):
                declared = AccessEntry(
                    AccessList.CALLS, service, sample(kind), PLACE, kind.name, do=(str(action),), **options
                )
                grants = entry_grants(declared, SCOPE) or frozenset()
                if len(grants) == 1 and next(iter(grants)).resource != "*":
                    written = find_entry(next(iter(grants)), SCOPE, PLACE)
                    if written is None or entry_grants(written, SCOPE) != grants:
                        missing.append((str(action), kind.name))
    assert missing == []
