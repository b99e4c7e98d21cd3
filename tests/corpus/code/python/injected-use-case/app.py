import os
from abc import ABC, abstractmethod

import boto3


class Repository(ABC):
    @abstractmethod
    def save(self, item): ...


class TableRepository(Repository):
    def __init__(self, table):
        self._table = table

    def save(self, item):
        self._table.put_item(Item=item)

    def find(self, key):
        return self._table.get_item(Key={"id": key}).get("Item")


class Notifier:
    def __init__(self, topic, client=None):
        self.topic = topic
        self.client = client or boto3.client("sns")

    def notify(self, message):
        self.client.publish(TopicArn=self.topic, Message=str(message))


class UseCase:
    def __init__(self, repository: Repository, notifier: Notifier):
        self.repository, self.notifier = repository, notifier

    def execute(self, item):
        self.repository.save(item)
        self.notifier.notify(item)


class Handler:
    def __init__(self, use_case):
        self.use_case = use_case

    def __call__(self, event, context):
        return self.use_case.execute(event)


class Container:
    def __init__(self):
        self._dynamodb = boto3.resource("dynamodb")

    @property
    def use_case(self):
        return UseCase(TableRepository(self._dynamodb.Table(os.environ["TABLE"])), Notifier(os.environ["TOPIC"]))


handler = Handler(Container().use_case)
