"""A shortened value gives the same resources as the value itself."""

from __future__ import annotations

import pytest

from iamglue.infer.trail.event_actions import event_actions, event_resources
from iamglue.infer.trail.folding import folded_arn, folded_parameter

CASES = [
    ("s3", "GetObject", {"bucketName": "b", "key": "in/2026/a.jpg"}),
    ("s3", "GetObject", {"bucketName": "b", "key": "a.jpg", "versionId": "3sL4kqtJlcpXroDTDmJ"}),
    ("s3", "PutObject", {"bucketName": "b", "key": "/a/b", "x-amz-tagging": "project=x"}),
    ("s3", "CopyObject", {"bucketName": "b", "key": "x/y", "x-amz-copy-source": "/from/a/b/c"}),
    ("s3", "DeleteObjects", {"bucketName": "b", "delete": {"objects": [{"key": "a/b"}]}}),
    ("logs", "CreateLogStream", {"logGroupName": "/aws/lambda/f", "logStreamName": "2026/01/05/[$LATEST]0f"}),
    ("dynamodb", "BatchGetItem", {"requestItems": {"t": {"keys": [{"id": "1"}]}, "u": {}}}),
    ("dynamodb", "BatchWriteItem", {"requestItems": {"t": [{"putRequest": {"item": {"id": "1"}}}]}}),
    ("dynamodb", "TransactWriteItems", {"requestItems": [{"put": {"tableName": "t", "item": {"id": "1"}}}]}),
    ("dynamodb", "ExecuteStatement", {"statement": "SELECT * FROM \"t\" WHERE id = 'it''s'"}),
]


@pytest.mark.parametrize(("service", "name", "parameters"), CASES)
def test_a_shortened_parameter_gives_the_same_resources(service, name, parameters):
    source = f"{service}.amazonaws.com"
    actions = event_actions(source, name, "AwsApiCall")
    place = {"partition": "aws", "region": "eu-west-1", "account": "123456789012"}

    def short(key, value):
        if key == "delete":
            return {inner: kept for inner, item in value.items() if (kept := folded_parameter(source, inner, item))}
        return folded_parameter(source, key, value)

    shortened = {key: kept for key, value in parameters.items() if (kept := short(key, value)) is not None}
    assert shortened != parameters
    assert event_resources(actions, (), shortened, **place) == event_resources(actions, (), parameters, **place)


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("arn:aws:s3:::b/in/a/b.jpg", "arn:aws:s3:::b/in/*"),
        ("arn:aws:s3:::b/a.jpg", "arn:aws:s3:::b/*"),
        ("arn:aws-cn:s3:::b/in/*", "arn:aws-cn:s3:::b/in/*"),
        ("arn:aws:s3:::b", "arn:aws:s3:::b"),
        ("arn:aws:s3:::b/", "arn:aws:s3:::b/"),
        (
            "arn:aws:s3:eu-west-1:123456789012:accesspoint/p/object/in/a",
            "arn:aws:s3:eu-west-1:123456789012:accesspoint/p/object/in/*",
        ),
        ("arn:aws:s3:eu-west-1:123456789012:accesspoint/p", "arn:aws:s3:eu-west-1:123456789012:accesspoint/p"),
        (
            "arn:aws:s3-outposts:eu-west-1:1:outpost/op-1/bucket/b/object/a/b",
            "arn:aws:s3-outposts:eu-west-1:1:outpost/op-1/bucket/b/object/a/b",
        ),
        ("arn:aws:dynamodb:eu-west-1:1:table/a/index/b", "arn:aws:dynamodb:eu-west-1:1:table/a/index/b"),
        ("arn:/x", "arn:/x"),
        ("s3:/x/y", "s3:/x/y"),
    ],
)
def test_only_objects_of_buckets_are_shortened(arn, expected):
    assert folded_arn(arn) == expected
    assert folded_arn(expected) == expected
