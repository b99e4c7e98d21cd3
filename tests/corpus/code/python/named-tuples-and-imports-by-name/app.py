import importlib
import operator
from collections import namedtuple

import boto3

Place = namedtuple("Place", ["bucket", "key"])


def handler(event, context):
    place = Place("photos", key="a.png")
    boto3.client("s3").get_object(Bucket=place.bucket, Key=place.key)
    importlib.import_module("boto3").client("sns").list_topics()
    __import__("boto3").client("ses").list_identities()
    operator.methodcaller("list_tables", Limit=5)(boto3.client("dynamodb"))
