import boto3
from boto3.s3.transfer import TransferConfig

s3 = boto3.client("s3")
bucket = boto3.resource("s3").Bucket("media")
CONFIG = TransferConfig(max_concurrency=4)


def handler(event, context):
    s3.upload_file("/tmp/a", "up", "a/b", ExtraArgs={"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "alias/up"}, Config=CONFIG)
    s3.download_file("down", "c", "/tmp/c")
    s3.copy({"Bucket": "from", "Key": "d"}, "to", "e")
    bucket.upload_fileobj(open("/tmp/a", "rb"), "f")
    bucket.Object("g").download_file("/tmp/g")
