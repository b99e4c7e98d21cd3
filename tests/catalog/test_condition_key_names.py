"""Condition keys by name, and partitions by Region."""

from __future__ import annotations

import pytest
from support.rows import every_row

from iamglue.catalog.condition_key_lookup import find_condition_key, global_keys
from iamglue.catalog.partitions import infer_partition, partitions
from iamglue.catalog.services import find_service, service_prefixes
from iamglue.catalog.tables import table_rows


def test_every_key_of_every_service_is_found():
    services = filter(None, map(find_service, service_prefixes()))
    keys = {key.name for found in services for key in found.condition_keys.values()}
    assert [name for name in keys if find_condition_key(name) is None] == []


@pytest.mark.parametrize(
    ("name", "written", "several"),
    [
        ("aws:username", "aws:username", False),
        ("AWS:PrincipalOrgId", "aws:PrincipalOrgID", False),
        ("aws:PrincipalTag/team", "aws:PrincipalTag/${TagKey}", False),
        ("aws:TagKeys", "aws:TagKeys", True),
        ("aws:CalledVia", "aws:CalledVia", True),
        ("s3:prefix", "s3:prefix", False),
        ("s3:ExistingObjectTag/a", "s3:ExistingObjectTag/<key>", False),
        ("dynamodb:LeadingKeys", "dynamodb:LeadingKeys", True),
        ("lambda:SourceFunctionArn", "lambda:SourceFunctionArn", False),
        ("www.amazon.com:user_id", "www.amazon.com:user_id", False),
    ],
)
def test_a_key_is_found_in_any_case_with_its_open_part(name: str, written: str, several: bool):
    found = find_condition_key(name)
    assert found is not None
    assert (found.name, found.is_multivalued) == (written, several)


@pytest.mark.parametrize("name", ["aws:usrname", "aws:PrincipalTag/", "aws:PrincipalTag", "s3:nothing", "x:y", "y", ""])
def test_what_is_no_key_is_not_found(name: str):
    assert find_condition_key(name) is None


def test_global_keys_have_a_type_of_the_reference_and_a_source():
    types = {"String", "ARN", "Bool", "Date", "Numeric", "IPAddress", "ArrayOfString"}
    assert {key.type for key in global_keys().values()} <= types
    assert all(row["source"].startswith("https://docs.aws.amazon.com/") for row in table_rows("global_keys"))


@every_row(
    "region, partition",
    [
        ("eu-west-1", "aws"),
        ("mx-central-1", "aws"),
        ("cn-northwest-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"),
        ("eusc-de-east-1", "aws-eusc"),
        ("eu-west", None),
        ("EU-WEST-1", None),
        ("eu-west-1a", None),
        ("", None),
    ],
)
def test_a_regions_name_tells_its_partition(region: str, partition: str | None):
    assert infer_partition(region) == partition
    assert partition is None or partition in partitions()


def test_partitions_agree_with_botocore():
    import botocore.session

    session = botocore.session.get_session()
    known = {
        region: partition
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("ec2", partition)
    }
    assert known
    assert {region: infer_partition(region) for region in known} == known
