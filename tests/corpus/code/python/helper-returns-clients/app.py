import boto3


def clients():
    return boto3.client("s3"), boto3.client("sqs")


def tables(*names):
    dynamodb = boto3.resource("dynamodb")
    return {name: dynamodb.Table(f"prod-{name}") for name in names}


def handler(event, context):
    s3, sqs = clients()
    s3.get_object(Bucket="b", Key="k")
    sqs.receive_message(QueueUrl="q")
    known = tables("users", "orders")
    known["users"].put_item(Item={})
    known["orders"].scan()
