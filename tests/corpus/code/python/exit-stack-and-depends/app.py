from contextlib import ExitStack, contextmanager

import boto3
from fastapi import Depends, FastAPI

app = FastAPI()


@contextmanager
def locks():
    yield boto3.resource("dynamodb").Table("locks")


def bucket():
    yield boto3.resource("s3").Bucket("uploads")


def orders():
    return boto3.resource("dynamodb").Table("orders")


@app.post("/orders")
def add(table=Depends(orders), files=Depends(bucket)):
    table.put_item(Item={})
    files.put_object(Key="k")


def handler(event, context):
    with ExitStack() as stack:
        table = stack.enter_context(locks())
        table.query()
