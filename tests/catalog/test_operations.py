"""What an operation of AWS's SDK needs."""

from __future__ import annotations

import subprocess
import sys

import pytest
from support.rows import every_row

from iamglue.catalog.operations import (
    client_operation_actions,
    has_unknown_action,
    operation_actions,
    operation_names,
)


@every_row(
    "prefix, operation, expected",
    [
        ("s3", "GetObject", "s3:GetObject"),
        ("s3", "HeadObject", "s3:GetObject"),
        ("s3", "ListObjectsV2", "s3:ListBucket"),
        ("s3", "ListBuckets", "s3:ListAllMyBuckets"),
        ("s3", "HeadBucket", "s3:ListBucket"),
        ("s3", "CopyObject", "s3:GetObject s3:PutObject"),
        ("s3", "UploadPartCopy", "s3:GetObject s3:PutObject"),
        ("s3", "UploadPart", "s3:PutObject"),
        ("s3", "CreateMultipartUpload", "s3:PutObject"),
        ("s3", "CompleteMultipartUpload", "s3:PutObject"),
        ("s3", "AbortMultipartUpload", "s3:AbortMultipartUpload"),
        ("s3", "ListParts", "s3:ListMultipartUploadParts"),
        ("s3", "ListMultipartUploads", "s3:ListBucketMultipartUploads"),
        ("s3", "DeleteObjects", "s3:DeleteObject"),
        ("s3", "SelectObjectContent", "s3:GetObject"),
        ("s3", "ListObjectVersions", "s3:ListBucketVersions"),
        ("s3", "GetBucketEncryption", "s3:GetEncryptionConfiguration"),
        ("s3", "GetBucketCors", "s3:GetBucketCORS"),
        ("s3", "DeleteBucketCors", "s3:PutBucketCORS"),
        ("s3", "DeleteBucketTagging", "s3:PutBucketTagging"),
        ("s3", "GetObjectAttributes", "s3:GetObject s3:GetObjectAttributes"),
        ("s3", "GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
        ("s3", "WriteGetObjectResponse", "s3-object-lambda:WriteGetObjectResponse"),
        ("dynamodb", "BatchGetItem", "dynamodb:BatchGetItem"),
        ("dynamodb", "TransactGetItems", "dynamodb:GetItem"),
        (
            "dynamodb",
            "TransactWriteItems",
            "dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem dynamodb:ConditionCheckItem",
        ),
        (
            "dynamodb",
            "ExecuteStatement",
            "dynamodb:PartiQLSelect dynamodb:PartiQLInsert dynamodb:PartiQLUpdate dynamodb:PartiQLDelete",
        ),
        ("dynamodb", "GetShardIterator", "dynamodb:GetShardIterator"),
        ("dynamodb", "PutItemCommand", "dynamodb:PutItem"),
        ("dynamodb", "TransactGetItemsCommand", "dynamodb:GetItem"),
        ("dynamodb", "PutCommand", "dynamodb:PutItem"),
        ("dynamodb", "QueryCommand", "dynamodb:Query"),
        ("s3", "HeadObjectCommand", "s3:GetObject"),
        ("ssm", "SendCommand", "ssm:SendCommand"),
        ("ssm", "SendCommandCommand", "ssm:SendCommand"),
        ("ecs", "ExecuteCommand", "ecs:ExecuteCommand"),
        ("sqs", "SendMessageBatch", "sqs:SendMessage"),
        ("sqs", "DeleteMessageBatch", "sqs:DeleteMessage"),
        ("sqs", "ChangeMessageVisibilityBatch", "sqs:ChangeMessageVisibility"),
        ("sns", "PublishBatch", "sns:Publish"),
        ("lambda", "Invoke", "lambda:InvokeFunction"),
        ("lambda", "InvokeWithResponseStream", "lambda:InvokeFunction"),
        ("lambda", "GetFunction", "lambda:GetFunction"),
        ("kms", "ReEncrypt", "kms:ReEncryptFrom kms:ReEncryptTo"),
        ("kms", "GenerateRandom", "kms:GenerateRandom"),
        ("iot", "Publish", "iot:Publish"),
        ("iot", "GetThingShadow", "iot:GetThingShadow"),
        ("execute-api", "PostToConnection", "execute-api:ManageConnections"),
        ("apigateway", "GetRestApi", "apigateway:GET"),
        ("apigateway", "UpdateStage", "apigateway:PATCH"),
        ("bedrock", "Converse", "bedrock:InvokeModel"),
        ("bedrock", "ConverseStream", "bedrock:InvokeModelWithResponseStream"),
        ("bedrock", "RetrieveAndGenerateStream", "bedrock:RetrieveAndGenerate"),
        ("ses", "SendEmail", "ses:SendEmail"),
        ("ses", "SendTemplatedEmail", "ses:SendTemplatedEmail"),
        ("states", "StartSyncExecution", "states:StartSyncExecution"),
        ("rds-data", "ExecuteStatement", "rds-data:ExecuteStatement"),
        ("redshift-data", "GetStatementResultV2", "redshift-data:GetStatementResult"),
        ("glue", "BatchGetDataQualityResult", "glue:GetDataQualityResult"),
        ("events", "PutEvents", "events:PutEvents"),
        ("tag", "GetResources", "tag:GetResources"),
        (
            "secretsmanager",
            "BatchGetSecretValue",
            "secretsmanager:BatchGetSecretValue secretsmanager:GetSecretValue",
        ),
        ("timestream", "WriteRecords", "timestream:WriteRecords timestream:DescribeEndpoints"),
        ("timestream", "Query", "timestream:Select timestream:DescribeEndpoints"),
        ("elasticbeanstalk", "UpdateTagsForResource", "elasticbeanstalk:AddTags elasticbeanstalk:RemoveTags"),
    ],
)
def test_an_operation_needs_these_actions(prefix, operation, expected):
    assert operation_actions(prefix, operation) == tuple(expected.split())


@pytest.mark.parametrize(
    "word", ["TransactGetItems", "transactGetItems", "transact_get_items", "transact-get-items", "TRANSACT_GET_ITEMS"]
)
def test_an_operation_is_known_in_any_case(word):
    assert operation_actions("dynamodb", word) == ("dynamodb:GetItem",)


@pytest.mark.parametrize("word", ["dynamodb:GetItem", "DynamoDB:getitem", "GetItem", "getitem"])
def test_an_action_is_known_with_and_without_its_prefix(word):
    assert operation_actions("dynamodb", word) == ("dynamodb:GetItem",)


def test_a_prefix_makes_a_word_an_action_where_an_operation_of_that_name_needs_more():
    assert operation_actions("secretsmanager", "secretsmanager:BatchGetSecretValue") == (
        "secretsmanager:BatchGetSecretValue",
    )


@pytest.mark.parametrize("word", ["s3:HeadObject", "s3:GetObjekt", "dynamodb:GetItem", "HeadObjekt", "", ":"])
def test_what_is_no_operation_and_no_action_of_the_service_is_unknown(word):
    assert operation_actions("s3", word) is None


def test_an_unknown_service_has_no_operations():
    assert operation_actions("s4", "GetObject") is None
    assert operation_names("s4") == ()


@pytest.mark.parametrize(
    ("prefix", "operation"),
    [
        ("sts", "GetCallerIdentity"),
        ("sts", "GetSessionToken"),
        ("sts", "AssumeRoleWithWebIdentity"),
        ("cognito-idp", "InitiateAuth"),
        ("cognito-idp", "SignUp"),
        ("cognito-idp", "GetUser"),
        ("cognito-identity", "GetId"),
        ("cognito-identity", "GetCredentialsForIdentity"),
        ("connect", "SendMessage"),
    ],
)
def test_some_operations_need_no_permission(prefix, operation):
    assert operation_actions(prefix, operation) == ()


@pytest.mark.parametrize(
    ("prefix", "operation"), [("cognito-idp", "AdminInitiateAuth"), ("sts", "AssumeRole"), ("sts", "nothing")]
)
def test_others_beside_them_are_not_free(prefix, operation):
    assert operation_actions(prefix, operation) != ()


def test_the_client_named_like_the_prefix_wins_and_the_other_is_told_apart_by_its_name():
    assert operation_actions("s3", "DeleteBucket") == ("s3:DeleteBucket",)
    assert client_operation_actions("s3control", "DeleteBucket") == ("s3-outposts:DeleteBucket",)
    assert client_operation_actions("s3control", "GetPublicAccessBlock") == ("s3:GetAccountPublicAccessBlock",)
    assert operation_actions("connect", "DescribeView") == ("connect:DescribeView",)
    assert client_operation_actions("connectparticipant", "DescribeView") == ()


def test_an_operation_without_a_known_action_is_told_from_a_misspelt_one():
    assert has_unknown_action("kinesis", "receive_queue_records")
    assert not has_unknown_action("kinesis", "GetRecords")
    assert not has_unknown_action("kinesis", "ReceiveQueueRekords")


def test_suggestions_hold_operations_helpers_and_actions():
    assert {"HeadObject", "upload_file", "ListBucket"} <= set(operation_names("s3"))


def test_looking_up_an_operation_imports_no_part_of_the_sdk():
    code = (
        "import sys; from iamglue.catalog.operations import operation_actions; operation_actions('s3', 'nothing');"
        "sys.exit(bool({'boto3', 'botocore', 's3transfer'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
