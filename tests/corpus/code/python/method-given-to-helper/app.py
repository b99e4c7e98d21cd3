import boto3

s3 = None


def connect(client=None):
    global s3
    s3 = client or boto3.client("s3")


connect()


def attempt(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as error:
        raise RuntimeError from error


def handler(event, context):
    attempt(s3.get_object, Bucket="b", Key="k")
    table = boto3.resource("dynamodb").Table("t")
    write = table.put_item if event.get("new") else table.update_item
    write(Key={"id": "1"})
    return (lambda client: client.list_streams())(boto3.client("kinesis"))
