import abc
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import boto3


class Step(abc.ABC):
    service = ""

    def __init__(self):
        self.client = boto3.client(self.service)

    @abc.abstractmethod
    def run(self): ...


class Notify(Step):
    service = "sns"

    def run(self):
        self.client.publish(TopicArn="arn:aws:sns:eu-west-1:111122223333:steps", Message="done")


class Configure(Step):
    service = "ssm"

    def run(self):
        self.client.get_parameter(Name="/steps")


def remove(bucket, key):
    boto3.client("s3").delete_object(Bucket=bucket, Key=key)


def handler(event, context):
    for step in Step.__subclasses__():
        step().run()
    with ThreadPoolExecutor() as executor:
        list(executor.map(remove, repeat("drafts"), event["keys"]))
