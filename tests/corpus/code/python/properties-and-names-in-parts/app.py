from enum import Enum

import boto3


class Tables(str, Enum):
    USERS = "users"
    ORDERS = "orders"


class Worker:
    dynamodb = boto3.resource("dynamodb")

    def __init__(self):
        self._table = None

    @property
    def table(self):
        return self._table

    @table.setter
    def table(self, name):
        self._table = self.dynamodb.Table(name)

    def handle(self, event):
        return getattr(self, f"_on_{event['type']}")(event)

    def _on_create(self, event):
        self.dynamodb.Table(Tables.USERS.value).put_item(Item=event)

    def _on_list(self, event):
        self.dynamodb.Table(Tables.ORDERS).scan()

    def never(self):
        self.dynamodb.Table("x").scan()


def handler(event, context):
    worker = Worker()
    worker.handle(event)
    worker.table = "assigned"
    worker.table.get_item(Key={})
