import boto3

boto3.setup_default_session(region_name="eu-west-1")
session = boto3.session.Session()


def handler(event, context):
    session.client(service_name="dynamodb").describe_table(TableName="t")
    boto3.client(**{"service_name": "sns", "region_name": "us-east-1"}).publish(TopicArn="t", Message="m")
    session.resource("s3").meta.client.copy({"Bucket": "a", "Key": "b"}, "c", "d")
