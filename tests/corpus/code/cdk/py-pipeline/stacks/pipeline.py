from pathlib import Path
from aws_cdk import (
    Duration, Stack,
    aws_lambda as _lambda,
    aws_s3 as s3,
    aws_s3_notifications as s3n,
    aws_sns as sns,
    aws_sns_subscriptions as subs,
    aws_secretsmanager as sm,
    aws_ssm as ssm,
    aws_kinesis as kinesis,
    aws_stepfunctions as sfn,
)
from aws_cdk.aws_lambda_event_sources import KinesisEventSource, DynamoEventSource
from aws_cdk.aws_dynamodb import Table, Attribute, AttributeType
from constructs import Construct

class Storage(Construct):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        self.images = s3.Bucket(self, "Images")
        self._table = Table(self, "Orders", table_name="orders", partition_key=Attribute(name="id", type=AttributeType.STRING))

    @property
    def table(self):
        return self._table


class PipelineStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, stage: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        storage = Storage(self, "Storage")
        secret = sm.Secret.from_secret_name_v2(self, "Key", "prod/api-key")
        param = ssm.StringParameter(self, "Limit", parameter_name=f"/{stage}/limit", string_value="5")
        stream = kinesis.Stream(self, "Clicks")
        topic = sns.Topic(self, "News", topic_name="news")
        fn = self._function("Ingest", "ingest.handler", {"TABLE": storage.table.table_name, "BUCKET": storage.images.bucket_name, "ACCOUNT": self.account})
        fn.add_environment("SECRET", secret.secret_name)
        fn.add_environment("LIMIT", param.parameter_name)
        fn.add_environment("TOPIC", topic.topic_arn)
        fn.add_event_source(KinesisEventSource(stream, starting_position=_lambda.StartingPosition.LATEST))
        storage.images.add_event_notification(s3.EventType.OBJECT_CREATED, s3n.LambdaDestination(fn))
        topic.add_subscription(subs.LambdaSubscription(fn))

    def _function(self, name, handler, environment):
        return _lambda.Function(
            self, name, runtime=_lambda.Runtime.PYTHON_3_12, handler=handler,
            code=_lambda.Code.from_asset(str(Path(__file__).parent.parent / "lambda")), environment=environment, timeout=Duration.seconds(10),
        )
