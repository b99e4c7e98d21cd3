import boto3

s3 = boto3.client("s3")


def helper(bucket):
    s3.delete_bucket(Bucket=bucket)


def lambda_handler(event, context):
    return s3.head_bucket(Bucket="b")
