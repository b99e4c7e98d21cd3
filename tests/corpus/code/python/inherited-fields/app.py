import dataclasses
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, ClassVar

import boto3


@dataclass
class Store:
    client: Any


@dataclass
class BucketStore(Store):
    retries: ClassVar[int] = 3
    cache: dict = field(init=False)
    bucket: str


@dataclass
class ObjectStore(BucketStore):
    key: str

    def read(self):
        return self.client.get_object(Bucket=self.bucket, Key=self.key)


def handler(event, context):
    store = ObjectStore(boto3.client("s3"), "photos", "a.png")
    store.read()
    dataclasses.replace(store, bucket="copies").read()
    space = SimpleNamespace(client=boto3.client("sqs"), url="queue")
    space.other = "other"
    space.client.send_message(QueueUrl=space.url, MessageBody="x")
    space.client.receive_message(QueueUrl=space.other)
