"""The resource that an action usually names: a placeholder of its own type, never another type's wildcard."""

from __future__ import annotations

import pytest

from iamglue.catalog.usual_resources import placeholder, placeholder_arn, usual_resource_types


@pytest.mark.parametrize(
    ("action", "arns"),
    [
        ("s3:GetObject", ["arn:aws:s3:::BUCKET/KEY"]),
        ("s3:ListBucket", ["arn:aws:s3:::BUCKET"]),
        ("s3:PutObjectAcl", ["arn:aws:s3:::BUCKET/KEY"]),
        ("sqs:SendMessage", ["arn:aws:sqs:REGION:ACCOUNT:QUEUE"]),
        ("dynamodb:Query", ["arn:aws:dynamodb:REGION:ACCOUNT:table/TABLE"]),
        ("iam:PassRole", ["arn:aws:iam::ACCOUNT:role/ROLE"]),
        ("kms:CreateAlias", ["arn:aws:kms:REGION:ACCOUNT:alias/ALIAS", "arn:aws:kms:REGION:ACCOUNT:key/KEY"]),
        ("glue:GetTags", []),
    ],
)
def test_the_usual_resource_of_an_action(action, arns):
    types = usual_resource_types(action)
    assert [placeholder_arn(action, kind, {"Partition": "aws"}) for kind in types] == arns


@pytest.mark.parametrize(
    ("variable", "name"), [("BucketName", "BUCKET"), ("LogGroupName", "LOG_GROUP"), ("KeyId", "KEY"), ("ApiId", "API")]
)
def test_a_placeholder_is_the_name_in_capital_letters(variable, name):
    assert placeholder(variable) == name
