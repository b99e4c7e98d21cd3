"""The stack of the loader; another repository deploys it."""

from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from aws_cdk import RemovalPolicy
from constructs import Construct


class LoaderStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, table: dynamodb.ITable, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)

        dead = sqs.Queue(self, "Dead")
        stream = firehose.CfnDeliveryStream(self, "Out")
        loader = lambda_.Function(
            self,
            "Loader",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="src.loader.handler",
            code=lambda_.Code.from_asset("."),
            dead_letter_queue=dead,
            environment={"TABLE": table.table_name, "DEAD": dead.queue_url, "STREAM": stream.ref},
        )
        loader.apply_removal_policy(RemovalPolicy.DESTROY)
