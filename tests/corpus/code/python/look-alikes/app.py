import copy
import json
import logging

import boto3
import redis
import requests
import stripe

logger = logging.getLogger()
cache = redis.Redis(host="h")
s3 = boto3.client("s3")


class Repository:
    def get_item(self, key):
        return {"id": key}

    def list_users(self):
        return []

    def put_object(self, Bucket, Key):
        return Bucket + Key


def handler(event, context):
    with open("/tmp/a") as file:
        data = json.load(file)
    copied = data.copy()
    copied.update(a=1)
    copy.copy(data)
    logger.publish("x")
    cache.get("k")
    cache.publish("channel", "message")
    requests.get("https://example.com")
    stripe.Customer.list_payment_methods("cus_1")
    repository = Repository()
    repository.get_item("1")
    repository.list_users()
    repository.put_object(Bucket="a", Key="b")
    ["a"].copy()
    {"x": 1}.get("x")
    s3.exceptions.NoSuchKey
    s3.can_paginate("list_objects_v2")
    s3.close()
    return data
