"""The API example's scenario: one tenant asks for its orders, another account's topic hears of it."""

import json

from execution.calls import REGION, arn
from execution.lambda_service import LambdaService
from execution.scenario import LOGS, Scenario, admin, create_table, event, table
from moto.sns import sns_backends

AUDIT_ACCOUNT = "210987654321"


def topic(name: str) -> str:
    """A topic of the audit account."""
    return f"arn:aws:sns:{REGION}:{AUDIT_ACCOUNT}:{name}"


def _prepare() -> None:
    create_table("orders", "id", {"by-tenant": "tenant", "by-day": "day"})
    for number, tenant in enumerate(("acme", "acme", "globex")):
        table("orders").put_item(Item={"id": f"o-{number}", "tenant": tenant, "day": "2026-06-21", "total": number})
    for name in ("tenant-api/signing-key", "tenant-api/other-key"):
        admin("secretsmanager").create_secret(Name=name, SecretString="hush")
    for name in ("order-views", "other-topic"):
        sns_backends[AUDIT_ACCOUNT][REGION].create_topic(name)


def _play(service: LambdaService) -> None:
    answer = service.invoke(event("tenant-api"))
    assert answer["statusCode"] == 200, answer
    assert sorted(order["id"] for order in json.loads(answer["body"])["orders"]) == ["o-0", "o-1"]


def _check() -> None:
    (sent,) = sns_backends[AUDIT_ACCOUNT][REGION].topics[topic("order-views")].sent_notifications
    assert json.loads(sent[1]) == {"tenant": "acme", "count": 2}


SCENARIO = Scenario(
    example="tenant-api",
    function="tenant-api",
    granted={
        arn("dynamodb", "table/orders/index/by-tenant"): frozenset({"dynamodb:Query"}),
        arn("secretsmanager", "secret:tenant-api/signing-key-??????"): frozenset({"secretsmanager:GetSecretValue"}),
        topic("order-views"): frozenset({"sns:Publish"}),
        arn("logs", "log-group:/aws/lambda/tenant-api:*"): LOGS,
    },
    prepare=_prepare,
    play=_play,
    check=_check,
    environment={
        "TABLE": "orders",
        "TENANT": "acme",
        "SIGNING_KEY": "tenant-api/signing-key",
        "VIEWS_TOPIC": topic("order-views"),
    },
    tags={"tenant": "acme"},
)
