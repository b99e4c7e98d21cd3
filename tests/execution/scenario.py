"""An example's world in moto, what happens there and what must come of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from execution.lambda_service import EXAMPLES, LambdaService
from execution.sessions import REGION, admin, admin_resource

LOGS = frozenset({"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"})


@dataclass(frozen=True)
class Scenario:
    """`granted` is all that the policy may hold; `play` runs the function, `check` asserts that its work is done."""

    example: str
    function: str
    granted: Mapping[str, frozenset[str]]
    prepare: Callable[[], None]
    play: Callable[[LambdaService], None]
    check: Callable[[], None]
    environment: Mapping[str, str]
    tags: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.example

    def deploy(self, trust: Mapping[str, Any], *policies: Mapping[str, Any]) -> LambdaService:
        """The function in its world, under these policies."""
        self.prepare()
        return LambdaService(EXAMPLES / self.example / "function", self, trust, policies)


def event(example: str) -> dict[str, Any]:
    """The example's sample event."""
    parsed: dict[str, Any] = json.loads((EXAMPLES / example / "event.json").read_text(encoding="utf-8"))
    return parsed


def table(name: str) -> Any:
    """A table as an administrator sees it."""
    return admin_resource("dynamodb").Table(name)


def create_bucket(name: str, objects: Mapping[str, bytes] | None = None) -> None:
    """A bucket with objects in it."""
    s3 = admin("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    for key, body in (objects or {}).items():
        s3.put_object(Bucket=name, Key=key, Body=body)


def create_table(name: str, key: str, indexes: Mapping[str, str] | None = None) -> None:
    """A table with one partition key, and indexes (name -> partition key) of everything."""
    index_keys = indexes or {}
    made = [
        {"IndexName": index, "KeySchema": _schema(attribute), "Projection": {"ProjectionType": "ALL"}}
        for index, attribute in index_keys.items()
    ]
    admin("dynamodb").create_table(
        TableName=name,
        KeySchema=_schema(key),
        AttributeDefinitions=[{"AttributeName": one, "AttributeType": "S"} for one in {key, *index_keys.values()}],
        BillingMode="PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": made} if made else {}),
    )


def _schema(attribute: str) -> list[dict[str, str]]:
    return [{"AttributeName": attribute, "KeyType": "HASH"}]
