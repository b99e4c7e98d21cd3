from contextlib import contextmanager

import boto3


@contextmanager
def client(name):
    yield boto3.client(name)


def pages():
    token = boto3.client("logs")
    yield token
    yield token


class Connection:
    def __enter__(self):
        self.sns = boto3.client("sns")
        return self.sns

    def __exit__(self, *_):
        return False


def handler(event, context):
    with client("sqs") as sqs, Connection() as sns:
        sqs.purge_queue(QueueUrl="q")
        sns.publish(TopicArn="t", Message="m")
    for logs in pages():
        logs.create_log_group(logGroupName="g")
