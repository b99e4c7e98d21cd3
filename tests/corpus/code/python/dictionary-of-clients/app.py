import boto3

NAMES = ["s3", "sqs"]
CLIENTS = {name: boto3.client(name) for name in NAMES}
HANDLERS = {"put": lambda bucket: CLIENTS["s3"].put_object(Bucket=bucket, Key="k")}


def remove(bucket):
    CLIENTS["s3"].delete_bucket(Bucket=bucket)


HANDLERS["remove"] = remove


def handler(event, context):
    HANDLERS["put"]("one")
    HANDLERS.get("remove")("two")
    for client in CLIENTS.values():
        print(client.meta.region_name)
