import os

import boto3


def handler(event, context):
    boto3.client("s3").put_object(Bucket="b", Key="k", ServerSideEncryption="aws:kms", SSEKMSKeyId=os.environ["KEY"])
    boto3.client("redshift-data").execute_statement(ClusterIdentifier="c", DbUser="u", Sql="select 1")
    boto3.client("textract").start_document_text_detection(DocumentLocation={"S3Object": {"Bucket": "docs", "Name": "n"}}, NotificationChannel={"SNSTopicArn": "t", "RoleArn": os.environ["ROLE"]})
    boto3.client("rds").generate_db_auth_token(DBHostname="h", Port=5432, DBUsername="app")
