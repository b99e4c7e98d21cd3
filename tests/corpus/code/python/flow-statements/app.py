import boto3

s3 = boto3.client("s3")
table = boto3.resource("dynamodb").Table("first")


def choose(kind):
    match kind:
        case "a":
            return "bucket-a"
        case "b" | "c":
            return "bucket-b"
        case _:
            raise ValueError(kind)


def handler(event, context):
    table = boto3.resource("dynamodb").Table("second")
    table.get_item(Key={})
    name = "one"
    if event.get("x"):
        name = "two"
    s3.get_object(Bucket=name, Key="k")
    name = "three"
    s3.head_object(Bucket=name, Key="k")
    s3.list_objects_v2(Bucket=choose(event["kind"]))
    try:
        client = boto3.client("sqs")
    except Exception as error:
        print(error)
        client = None
    finally:
        print("done")
    if (queue := event.get("queue", "default")) and client:
        client.send_message(QueueUrl=queue, MessageBody="x")
    text = ""
    while len(text) < 5:
        text += "x"
    s3.put_object(Bucket="loop", Key=text)
    for bucket, key in (("p", "q"), ("r", "s")):
        s3.delete_object(Bucket=bucket, Key=key)
