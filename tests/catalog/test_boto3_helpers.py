"""What boto3's helpers, waiters, paginators and resource methods need."""

from __future__ import annotations

import pytest
from support.rows import every_row

from iamglue.catalog.maintain.refresh import method_rows
from iamglue.catalog.operations import operation_actions
from iamglue.catalog.tables import table_rows


@every_row(
    "prefix, helper, expected",
    [
        ("s3", "upload_file", "s3:PutObject"),
        ("s3", "upload_fileobj", "s3:PutObject"),
        ("s3", "download_file", "s3:GetObject"),
        ("s3", "download_fileobj", "s3:GetObject"),
        ("s3", "copy", "s3:GetObject s3:PutObject"),
        ("s3", "Object.upload_file", "s3:PutObject"),
        ("s3", "Bucket.download_fileobj", "s3:GetObject"),
        ("s3", "Object.get", "s3:GetObject"),
        ("s3", "Object.put", "s3:PutObject"),
        ("s3", "Object.load", "s3:GetObject"),
        ("s3", "Object.copy_from", "s3:GetObject s3:PutObject"),
        ("s3", "Object.initiate_multipart_upload", "s3:PutObject"),
        ("s3", "Bucket.objects", "s3:ListBucket"),
        ("s3", "Bucket.objects.all", "s3:ListBucket"),
        ("s3", "Bucket.objects.filter", "s3:ListBucket"),
        ("s3", "Bucket.objects.page_size", "s3:ListBucket"),
        ("s3", "Bucket.objects.delete", "s3:ListBucket s3:DeleteObject"),
        ("s3", "buckets.all", "s3:ListAllMyBuckets"),
        ("s3", "Bucket.load", "s3:ListAllMyBuckets"),
        ("s3", "Bucket.wait_until_exists", "s3:ListBucket"),
        ("s3", "bucket_exists", "s3:ListBucket"),
        ("s3", "object_not_exists", "s3:GetObject"),
        ("dynamodb", "table_exists", "dynamodb:DescribeTable"),
        ("dynamodb", "Table.put_item", "dynamodb:PutItem"),
        ("dynamodb", "Table.query", "dynamodb:Query"),
        ("dynamodb", "batch_writer", "dynamodb:BatchWriteItem"),
        ("dynamodb", "Table.batch_writer", "dynamodb:BatchWriteItem"),
        ("sqs", "Queue.send_messages", "sqs:SendMessage"),
        ("sqs", "Queue.receive_messages", "sqs:ReceiveMessage"),
        ("sqs", "Message.delete", "sqs:DeleteMessage"),
        ("sns", "Topic.publish", "sns:Publish"),
        ("lambda", "function_active_v2", "lambda:GetFunction"),
        ("ec2", "instance_running", "ec2:DescribeInstances"),
        ("rds", "generate_db_auth_token", "rds-db:connect"),
    ],
)
def test_a_helper_needs_these_actions(prefix, helper, expected):
    assert operation_actions(prefix, helper) == tuple(expected.split())


def test_a_paginator_has_its_operations_name():
    assert operation_actions("s3", "list_objects_v2") == ("s3:ListBucket",)


@pytest.mark.parametrize("word", ["Table.objects", "Bucket.objects.paint", "Bucket", ".all", "upload_files"])
def test_an_unknown_helper_is_unknown(word):
    assert operation_actions("s3", word) is None


def test_the_table_of_methods_is_what_boto3_has():
    found = tuple(
        (row["client"], row["method"], row["operation"], row["source"]) for row in table_rows("boto3_methods")
    )
    assert found == method_rows(), "run `python -m iamglue.catalog.maintain.refresh methods`"
