import boto3

s3 = boto3.client("s3")
dynamodb = boto3.client("dynamodb")


def call(client, method, /, *args, **kwargs):
    return getattr(client, method)(*args, **kwargs)


def handler(event, context):
    options = {"Bucket": "b", "Key": "k"}
    if event.get("version"):
        options["VersionId"] = event["version"]
    s3.get_object(**options)
    s3.put_object(**{**options, "Body": b"", "Bucket": "c"})
    call(dynamodb, "delete_item", TableName="t", Key={"id": {"S": "1"}})
    s3.list_objects_v2(**event["options"])
