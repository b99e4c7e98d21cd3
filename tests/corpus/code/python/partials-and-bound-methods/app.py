from functools import partial

import boto3

s3 = boto3.client("s3")
get = s3.get_object
put = partial(s3.put_object, Bucket="fixed")


def apply(function, **options):
    return function(**options)


def handler(event, context):
    get(Bucket="a", Key="b")
    put(Key="c", Body=b"")
    apply(s3.delete_object, Bucket="d", Key="e")
