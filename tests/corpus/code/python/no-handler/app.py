import boto3

dynamodb = boto3.resource("dynamodb")


def save(table, item):
    dynamodb.Table(table).put_item(Item=item)


class Reader:
    def __init__(self, bucket):
        self.bucket = bucket

    def read(self, key):
        return boto3.client("s3").get_object(Bucket=self.bucket, Key=key)
