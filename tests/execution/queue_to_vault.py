"""The queue example's scenario: a good order and a bad one from the queue, and a replay that fails."""

import json

from execution.calls import ACCOUNT, REGION, arn
from execution.lambda_service import LambdaService
from execution.scenario import LOGS, Scenario, admin, create_bucket, event

KEY = arn("kms", "key/1f6c3a52-7d1b-4c0e-9a53-0e6b1c9d2f47")
OTHER_KEY = arn("kms", "key/00000000-0000-4000-8000-000000000000")
FILED = "orders/2026-06-21/o-1001.json"
REPLAY = {"orders": [{"id": "o-1002", "date": "yesterday"}]}


def queue(name: str) -> str:
    """A queue's URL."""
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"


def _prepare() -> None:
    sqs = admin("sqs")
    for name in ("orders", "orders-dead-letters", "other-queue"):
        sqs.create_queue(QueueName=name)
    for record in event("queue-to-vault")["Records"]:
        sqs.send_message(QueueUrl=queue("orders"), MessageBody=record["body"])
    create_bucket("order-vault")
    create_bucket("other-bucket")


def _play(service: LambdaService) -> None:
    service.connect(admin("ec2").describe_subnets()["Subnets"][0]["SubnetId"])
    left = service.poll(queue("orders"))
    assert [json.loads(body)["id"] for body in left] == ["../../etc"]
    service.invoke_asynchronously(REPLAY, queue("orders-dead-letters"))


def _check() -> None:
    s3 = admin("s3")
    assert [found["Key"] for found in s3.list_objects_v2(Bucket="order-vault")["Contents"]] == [FILED]
    kept = s3.get_object(Bucket="order-vault", Key=FILED)
    assert json.loads(kept["Body"].read())["total"] == 12
    assert (kept["ServerSideEncryption"], kept["SSEKMSKeyId"]) == ("aws:kms", KEY)
    (dead,) = admin("sqs").receive_message(QueueUrl=queue("orders-dead-letters"))["Messages"]
    assert json.loads(dead["Body"]) == REPLAY


SCENARIO = Scenario(
    example="queue-to-vault",
    function="queue-to-vault",
    granted={
        arn("sqs", "orders"): frozenset({"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}),
        arn("sqs", "orders-dead-letters"): frozenset({"sqs:SendMessage"}),
        "arn:aws:s3:::order-vault/orders/*": frozenset({"s3:PutObject"}),
        KEY: frozenset({"kms:GenerateDataKey"}),
        "*": frozenset(
            {
                "ec2:AssignPrivateIpAddresses",
                "ec2:CreateNetworkInterface",
                "ec2:DeleteNetworkInterface",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSubnets",
                "ec2:UnassignPrivateIpAddresses",
            }
        ),
        arn("logs", "log-group:/aws/lambda/queue-to-vault:*"): LOGS,
    },
    prepare=_prepare,
    play=_play,
    check=_check,
    environment={"VAULT": "order-vault", "VAULT_KEY": KEY},
)
