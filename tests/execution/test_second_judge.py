"""moto's own enforcement, written by other people, agrees on the two services where it heeds resources: S3 and SQS.

It ignores conditions and judges the other services against `*` only, so it can be no more than a second opinion.
"""

import contextlib

import pytest
from botocore.exceptions import ClientError
from execution import exif_pipeline, generated, queue_to_vault
from execution.sessions import session
from moto.core import enable_iam_authentication

KEY = "in/harbour at dusk.jpg"


@contextlib.contextmanager
def enforced(scenario, policy):
    """A session of the role that no gate stands before, while moto enforces."""
    credentials = scenario.deploy(generated.trust(scenario.example), policy).session.get_credentials()
    keys = (credentials.access_key, credentials.secret_key, credentials.token)
    with enable_iam_authentication():
        yield session(*keys)


def allowed(role, client, call, **parameters):
    try:
        getattr(role.client(client), call)(**parameters)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("AccessDenied", "403"):
            raise
        return False
    return True


@pytest.mark.parametrize(
    ("expected", "call", "parameters"),
    [
        (True, "get_object", {"Bucket": "images-bucket", "Key": KEY}),
        (True, "head_object", {"Bucket": "images-bucket", "Key": KEY}),
        (False, "get_object", {"Bucket": "other-bucket", "Key": KEY}),
        (False, "list_objects_v2", {"Bucket": "images-bucket"}),
        (False, "put_object", {"Bucket": "images-bucket", "Key": KEY, "Body": b""}),
        (False, "delete_object", {"Bucket": "images-bucket", "Key": KEY}),
    ],
)
def test_moto_agrees_on_the_exif_functions_bucket(expected, call, parameters):
    with enforced(exif_pipeline.SCENARIO, generated.policy("exif-pipeline")) as role:
        assert allowed(role, "s3", call, **parameters) is expected


@pytest.mark.parametrize(
    ("expected", "call", "queue", "parameters"),
    [
        (True, "receive_message", "orders", {}),
        (True, "get_queue_attributes", "orders", {"AttributeNames": ["VisibilityTimeout"]}),
        (True, "send_message", "orders-dead-letters", {"MessageBody": "x"}),
        (False, "send_message", "orders", {"MessageBody": "x"}),
        (False, "receive_message", "orders-dead-letters", {}),
        (False, "receive_message", "other-queue", {}),
        (False, "purge_queue", "orders", {}),
    ],
)
def test_moto_agrees_on_the_queue_functions_queues(expected, call, queue, parameters):
    with enforced(queue_to_vault.SCENARIO, generated.policy("queue-to-vault")) as role:
        assert allowed(role, "sqs", call, QueueUrl=queue_to_vault.queue(queue), **parameters) is expected


def test_moto_agrees_on_where_the_queue_function_writes():
    with enforced(queue_to_vault.SCENARIO, generated.policy("queue-to-vault")) as role:
        written = {"Key": queue_to_vault.FILED, "Body": b""}
        assert allowed(role, "s3", "put_object", Bucket="order-vault", **written)
        assert not allowed(role, "s3", "put_object", Bucket="other-bucket", **written)


@pytest.mark.parametrize("action", ["sqs:ReceiveMessage", "sqs:GetQueueAttributes", "sqs:SendMessage"])
def test_moto_denies_what_is_taken_out(action):
    calls = {
        "sqs:ReceiveMessage": ("receive_message", "orders", {}),
        "sqs:GetQueueAttributes": ("get_queue_attributes", "orders", {"AttributeNames": ["All"]}),
        "sqs:SendMessage": ("send_message", "orders-dead-letters", {"MessageBody": "x"}),
    }
    call, queue, parameters = calls[action]
    policy = generated.without(generated.policy("queue-to-vault"), action)
    with enforced(queue_to_vault.SCENARIO, policy) as role:
        assert not allowed(role, "sqs", call, QueueUrl=queue_to_vault.queue(queue), **parameters)
