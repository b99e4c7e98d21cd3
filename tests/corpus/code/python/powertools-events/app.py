from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.data_classes import S3Event, SQSEvent, event_source
from aws_lambda_powertools.utilities.typing import LambdaContext
import boto3

logger = Logger()
tracer = Tracer()
s3 = boto3.client("s3")


@logger.inject_lambda_context
@tracer.capture_lambda_handler
def lambda_handler(event: dict, context: LambdaContext):
    s3_event = S3Event(event)
    for record in s3_event.records:
        s3.get_object(Bucket=record.s3.bucket.name, Key=record.s3.get_object.key)


@event_source(data_class=SQSEvent)
def other_handler(event: SQSEvent, context):
    for record in event.records:
        s3.delete_object(Bucket=record.json_body["bucket"], Key="k")
