import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import boto3


@dataclass
class Settings:
    table: str = os.environ["TABLE"]
    bucket: str = "fixed"


class Names(NamedTuple):
    queue: str
    topic: str


@dataclass
class App:
    settings: Settings
    names: Names
    s3: object = field(default_factory=lambda: boto3.client("s3"))

    @property
    def table(self):
        return boto3.resource("dynamodb").Table(self.settings.table)

    @cached_property
    def sqs(self):
        return boto3.client("sqs")

    def __call__(self, event):
        self.table.put_item(Item=event)
        self.s3.put_object(Bucket=self.settings.bucket, Key="k")
        self.sqs.send_message(QueueUrl=self.names.queue, MessageBody="")


app = App(Settings(), Names("q", topic="t"))


def handler(event, context):
    return app(event)
