import contextlib
import os

import boto3

s3 = boto3.client("s3")


class Ignored:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return True


@contextlib.contextmanager
def ignored():
    try:
        yield
    except Exception:
        pass


def found(name):
    with contextlib.suppress(Exception):
        return s3.get_object(Bucket=name, Key="k")
    return s3.put_object(Bucket=name, Key="k")


def opened(path):
    with open(path) as file:
        return file.read()
    s3.delete_bucket(Bucket="never")


def handler(event, context):
    bucket = "default"
    with contextlib.suppress(KeyError):
        bucket = os.environ["BUCKET"]
    found(bucket)
    with Ignored():
        raise ValueError
    s3.head_bucket(Bucket="class")
    with ignored():
        raise ValueError
    s3.head_bucket(Bucket="generator")
    opened("/tmp/file")
