from typing import TYPE_CHECKING, Optional

import boto3

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import DynamoDBServiceResource, Table
    from mypy_boto3_s3 import S3Client
    from types_boto3_sqs.client import SQSClient


class Service:
    def __init__(self, s3: "S3Client", sqs: Optional["SQSClient"] = None, table: "Table | None" = None):
        self.s3 = s3
        self.sqs = sqs
        self.table = table

    def run(self, bucket):
        self.s3.get_object(Bucket=bucket, Key="k")
        self.sqs.send_message(QueueUrl="q", MessageBody="m")
        self.table.get_item(Key={"id": "1"})


def scan(dynamodb: "DynamoDBServiceResource", name: str):
    return dynamodb.Table(name).scan()


def default(client=boto3.client("sns")):
    client.publish(TopicArn="t", Message="m")
