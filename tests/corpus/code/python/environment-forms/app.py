import os
from os import environ, getenv

import boto3

dynamodb = boto3.resource("dynamodb")
sqs = boto3.client("sqs")
QUEUE = environ.get("QUEUE_URL", "https://sqs.eu-west-1.amazonaws.com/111122223333/dead")
TOPIC = getenv("TOPIC") or "arn:aws:sns:eu-west-1:111122223333:fallback"


def lambda_handler(event, context):
    dynamodb.Table(os.environ["TABLE"]).put_item(Item={"id": "1"})
    sqs.send_message(QueueUrl=QUEUE, MessageBody="x")
    boto3.client("sns").publish(TopicArn=TOPIC, Message="m")
