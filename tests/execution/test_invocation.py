"""What stands outside the role: who may invoke each function, and what the other account's topic allows."""

import json

import pytest
from execution import generated, tenant_api
from execution.calls import ACCOUNT, arn
from support.judge import ALLOWED, Request, verdict

OTHER_ACCOUNT = "999999999999"
API = arn("execute-api", "a1b2c3d4e5")


def may_invoke(example, function, service, source, account=ACCOUNT):
    """Whether Lambda lets this service invoke the function on this source's behalf."""
    policy = json.loads(generated.printed(example, "--only", "permissions"))
    request = Request(
        "lambda:InvokeFunction",
        arn("lambda", f"function:{function}"),
        {"aws:SourceArn": [source], "aws:SourceAccount": [account]},
    )
    return verdict([for_principal(policy, {"Service": service})], request) == ALLOWED


def for_principal(policy, principal):
    """The statements that name the principal, as identity statements."""
    named = [statement for statement in policy["Statement"] if statement["Principal"] == principal]
    return {"Statement": [{key: s[key] for key in s if key != "Principal"} for s in named]}


@pytest.mark.parametrize(
    ("expected", "service", "source", "account"),
    [
        (True, "s3.amazonaws.com", "arn:aws:s3:::images-bucket", ACCOUNT),
        (False, "s3.amazonaws.com", "arn:aws:s3:::images-bucket", OTHER_ACCOUNT),
        (False, "s3.amazonaws.com", "arn:aws:s3:::other-bucket", ACCOUNT),
        (False, "sns.amazonaws.com", "arn:aws:s3:::images-bucket", ACCOUNT),
    ],
)
def test_only_this_accounts_images_bucket_invokes_the_exif_function(expected, service, source, account):
    assert may_invoke("exif-pipeline", "exif-extractor", service, source, account) is expected


@pytest.mark.parametrize(
    ("expected", "service", "source"),
    [
        (True, "apigateway.amazonaws.com", f"{API}/prod/GET/orders"),
        (False, "apigateway.amazonaws.com", f"{API}/prod/POST/orders"),
        (False, "apigateway.amazonaws.com", f"{API}/prod/GET/orders/secret"),
        (False, "apigateway.amazonaws.com", f"{API}/test/GET/orders"),
        (False, "apigateway.amazonaws.com", f"{arn('execute-api', 'zzzzzzzzzz')}/prod/GET/orders"),
        (False, "events.amazonaws.com", f"{API}/prod/GET/orders"),
    ],
)
def test_only_one_method_and_path_invokes_the_api_function(expected, service, source):
    assert may_invoke("tenant-api", "tenant-api", service, source) is expected


@pytest.mark.parametrize(
    ("expected", "source"),
    [
        (True, arn("events", "rule/nightly-report-at-two")),
        (False, arn("events", "rule/nightly-report-at-three")),
        (False, arn("events", "rule/other-bus/nightly-report-at-two")),
    ],
)
def test_only_the_rule_invokes_the_scheduled_function(expected, source):
    assert may_invoke("nightly-report", "nightly-report", "events.amazonaws.com", source) is expected


def test_nothing_invokes_the_queue_function_because_lambda_polls():
    assert json.loads(generated.printed("queue-to-vault", "--only", "permissions"))["Statement"] == []


@pytest.mark.parametrize(
    ("expected", "role", "topic"),
    [
        (True, "tenant-api-role", "order-views"),
        (False, "tenant-api-role", "other-topic"),
        (False, "other-role", "order-views"),
    ],
)
def test_the_other_accounts_topic_lets_this_role_publish(expected, role, topic):
    (peer,) = json.loads(generated.printed("tenant-api", "--only", "peers"))
    policy = for_principal(peer["policy"], {"AWS": f"arn:aws:iam::{ACCOUNT}:role/{role}"})
    assert (verdict([policy], Request("sns:Publish", tenant_api.topic(topic))) == ALLOWED) is expected
