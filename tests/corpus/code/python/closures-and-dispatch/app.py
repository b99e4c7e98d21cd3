import boto3 as aws
from boto3 import client as make

s3 = make("s3")


def counter():
    cached = None

    def get():
        nonlocal cached
        cached = cached or make("ssm")
        return cached

    return get


get_ssm = counter()
ACTIONS = {"create": lambda name: s3.create_bucket(Bucket=name), "remove": s3.delete_bucket}


def handler(event, context):
    get_ssm().put_parameter(Name="n", Value="v")
    ACTIONS["create"]("made")
    ACTIONS["remove"](Bucket="gone")
    steps = [lambda: s3.delete_bucket_policy(Bucket="p"), lambda: aws.client("sqs").list_queues()]
    for step in steps:
        step()
