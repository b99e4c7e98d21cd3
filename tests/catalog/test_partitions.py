"""Regions and the partitions their names tell."""

import pytest
from botocore.session import Session

from iamglue.catalog.partitions import did_you_mean_region, infer_partition, partitions

BOTOCORE = Session()
ALL = [(name, region) for name in partitions() for region in BOTOCORE.get_available_regions("lambda", name)]


def test_every_region_that_botocore_knows_is_of_its_partition():
    assert ALL
    assert [(infer_partition(region), region) for _, region in ALL] == ALL


def test_partitions_are_those_of_botocore():
    assert set(partitions()) >= set(BOTOCORE.get_available_partitions())


@pytest.mark.parametrize(
    "region",
    ["", "eu-wst-1", "us-middle-1", "eu-west", "eu-west-1a", "EU-WEST-1", "local", "west", "eu-west-1 ", "-west-1"],
)
def test_what_is_no_region_is_of_no_partition(region):
    assert infer_partition(region) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("eu-wst-1", "eu-west-1"),
        ("us_east_1", "us-east-1"),
        ("us-east1", "us-east-1"),
        ("US-East-1", "us-east-1"),
        ("ap-nrotheast-3", "ap-northeast-3"),
        ("us-gov-wset-1", "us-gov-west-1"),
    ],
)
def test_a_misspelt_region_is_told_its_right_name(text, meant):
    assert did_you_mean_region(text) == f"did you mean `{meant}`?"


def test_what_resembles_no_region_gets_no_hint():
    assert did_you_mean_region("nowhere") is None
