import boto3


class Store:
    def __init__(self, bucket):
        self.s3 = boto3.client("s3")
        self._bucket = bucket

    def save(self, key, body):
        self.s3.put_object(Bucket=self._bucket, Key=key, Body=body)

    def load(self, key):
        return self._read(key)

    def _read(self, key):
        return self.s3.get_object(Bucket=self._bucket, Key=key)


one = Store("one")
two = Store(bucket="two")


def handler(event, context):
    one.save("a", b"")
    two.save("b", b"")
    two.load("c")
