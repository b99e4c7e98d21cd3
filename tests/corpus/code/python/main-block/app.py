import boto3


def handler(event, context):
    boto3.client("s3").list_buckets()


if __name__ == "__main__":
    boto3.client("sts").get_caller_identity()
    handler({}, None)
