"""What each example's policy does not allow: real calls with the role's credentials, beside what it is for."""

import pytest
from boto3.dynamodb.conditions import Key
from botocore.exceptions import ClientError
from execution import exif_pipeline, generated, nightly_report, queue_to_vault, tenant_api
from execution.calls import arn

PHOTO_KEY = "in/harbour at dusk.jpg"


def assert_denied(scenario, action, client, call, **parameters):
    service = scenario.deploy(generated.trust(scenario.example), generated.policy(scenario.example))
    with pytest.raises(ClientError, match="AccessDenied") as failure:
        getattr(service.session.client(client), call)(**parameters)
    assert f"not authorized to perform: {action} on" in str(failure.value)


EXIF_DENIED = [
    ("s3:GetObject", "s3", "get_object", {"Bucket": "other-bucket", "Key": PHOTO_KEY}),
    ("s3:GetObjectVersion", "s3", "get_object", {"Bucket": "images-bucket", "Key": PHOTO_KEY, "VersionId": "1"}),
    ("s3:ListBucket", "s3", "list_objects_v2", {"Bucket": "images-bucket"}),
    ("s3:PutObject", "s3", "put_object", {"Bucket": "images-bucket", "Key": PHOTO_KEY, "Body": b""}),
    ("s3:DeleteObject", "s3", "delete_object", {"Bucket": "images-bucket", "Key": PHOTO_KEY}),
    ("dynamodb:PutItem", "dynamodb", "put_item", {"TableName": "otherTable", "Item": {"image": {"S": "x"}}}),
    ("dynamodb:GetItem", "dynamodb", "get_item", {"TableName": "exifDataTable", "Key": {"image": {"S": "x"}}}),
    ("dynamodb:DeleteItem", "dynamodb", "delete_item", {"TableName": "exifDataTable", "Key": {"image": {"S": "x"}}}),
    ("dynamodb:Scan", "dynamodb", "scan", {"TableName": "exifDataTable"}),
    ("logs:CreateLogGroup", "logs", "create_log_group", {"logGroupName": "/aws/lambda/another"}),
    ("logs:CreateLogGroup", "logs", "create_log_group", {"logGroupName": "/aws/lambda/exif-extractor-2"}),
]


@pytest.mark.parametrize(("action", "client", "call", "parameters"), EXIF_DENIED)
def test_the_exif_function_may_do_nothing_else(action, client, call, parameters):
    assert_denied(exif_pipeline.SCENARIO, action, client, call, **parameters)


VAULT_DENIED = [
    ("s3:PutObject", "s3", "put_object", {"Bucket": "other-bucket", "Key": queue_to_vault.FILED, "Body": b""}),
    ("s3:PutObject", "s3", "put_object", {"Bucket": "order-vault", "Key": "elsewhere/o-1.json", "Body": b""}),
    ("s3:GetObject", "s3", "get_object", {"Bucket": "order-vault", "Key": queue_to_vault.FILED}),
    (
        "kms:GenerateDataKey",
        "s3",
        "put_object",
        {
            "Bucket": "order-vault",
            "Key": queue_to_vault.FILED,
            "Body": b"",
            "ServerSideEncryption": "aws:kms",
            "SSEKMSKeyId": queue_to_vault.OTHER_KEY,
        },
    ),
    ("kms:GenerateDataKey", "kms", "generate_data_key", {"KeyId": queue_to_vault.KEY, "KeySpec": "AES_256"}),
    ("sqs:ReceiveMessage", "sqs", "receive_message", {"QueueUrl": queue_to_vault.queue("other-queue")}),
    ("sqs:ReceiveMessage", "sqs", "receive_message", {"QueueUrl": queue_to_vault.queue("orders-dead-letters")}),
    ("sqs:SendMessage", "sqs", "send_message", {"QueueUrl": queue_to_vault.queue("orders"), "MessageBody": "x"}),
    ("sqs:PurgeQueue", "sqs", "purge_queue", {"QueueUrl": queue_to_vault.queue("orders")}),
]


@pytest.mark.parametrize(("action", "client", "call", "parameters"), VAULT_DENIED)
def test_the_queue_function_may_do_nothing_else(action, client, call, parameters):
    assert_denied(queue_to_vault.SCENARIO, action, client, call, **parameters)


def _query(tenant, **changes):
    return {
        "TableName": "orders",
        "IndexName": "by-tenant",
        "KeyConditionExpression": "tenant = :tenant",
        "ExpressionAttributeValues": {":tenant": {"S": tenant}},
    } | changes


API_DENIED = [
    ("dynamodb:Query", "dynamodb", "query", _query("globex")),
    ("dynamodb:Query", "dynamodb", "query", _query("acme", IndexName="by-day")),
    ("dynamodb:Scan", "dynamodb", "scan", {"TableName": "orders"}),
    ("dynamodb:GetItem", "dynamodb", "get_item", {"TableName": "orders", "Key": {"id": {"S": "o-0"}}}),
    ("secretsmanager:GetSecretValue", "secretsmanager", "get_secret_value", {"SecretId": "tenant-api/other-key"}),
    ("sns:Publish", "sns", "publish", {"TopicArn": tenant_api.topic("other-topic"), "Message": "x"}),
    ("sns:Publish", "sns", "publish", {"TopicArn": arn("sns", "order-views"), "Message": "x"}),
]


@pytest.mark.parametrize(("action", "client", "call", "parameters"), API_DENIED)
def test_the_api_function_may_do_nothing_else(action, client, call, parameters):
    assert_denied(tenant_api.SCENARIO, action, client, call, **parameters)


def test_the_api_function_reads_its_own_tenants_orders_through_the_index():
    scenario = tenant_api.SCENARIO
    service = scenario.deploy(generated.trust(scenario.example), generated.policy(scenario.example))
    orders = service.session.resource("dynamodb").Table("orders")
    found = orders.query(IndexName="by-tenant", KeyConditionExpression=Key("tenant").eq("acme"))
    assert found["Count"] == 2


NIGHT_DENIED = [
    (
        "states:StartExecution",
        "stepfunctions",
        "start_execution",
        {"stateMachineArn": arn("states", "stateMachine:other-machine")},
    ),
    (
        "states:DescribeStateMachine",
        "stepfunctions",
        "describe_state_machine",
        {"stateMachineArn": nightly_report.MACHINE},
    ),
    (
        "cloudwatch:PutMetricData",
        "cloudwatch",
        "put_metric_data",
        {"Namespace": "Acme/Other", "MetricData": [{"MetricName": "Started", "Value": 1}]},
    ),
]


@pytest.mark.parametrize(("action", "client", "call", "parameters"), NIGHT_DENIED)
def test_the_scheduled_function_may_do_nothing_else(action, client, call, parameters):
    assert_denied(nightly_report.SCENARIO, action, client, call, **parameters)
