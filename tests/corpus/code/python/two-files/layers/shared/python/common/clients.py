from functools import lru_cache

import boto3


@lru_cache
def s3():
    return boto3.client("s3")
