import os.path as osp

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_lambda_python as lambda_python
from aws_cdk import aws_s3, aws_sqs, core

HERE = osp.dirname(osp.abspath(__file__))


class MailStack(core.Stack):
    def __init__(self, scope, id, stage, names, **kwargs):
        super().__init__(scope, id, **kwargs)
        self.mails = aws_sqs.Queue(scope=self, id="Mails")
        letters = aws_s3.Bucket(self, id="Letters", versioned=True)
        common = {"STAGE": stage, "BUCKET": letters.bucket_name}
        mailer = lambda_python.PythonFunction(
            scope=self,
            id="Mailer",
            function_name=f"mailer-{stage}",
            entry=osp.join(HERE, "..", "functions", "mailer"),
            index="send.py",
            environment={"QUEUE_URL": self.mails.queue_url, **common},
        )
        mailer.add_event_source(sources.SqsEventSource(self.mails, batch_size=5))
        options = dict(runtime=aws_lambda.Runtime.PYTHON_3_8, handler="clean.handler")
        cleaner = aws_lambda.Function(
            self, "Cleaner", code=aws_lambda.Code.from_asset("functions/clean"), environment=common, **options
        )
        events.Rule(
            self,
            "Nightly",
            rule_name=names["cleaner"],
            schedule=events.Schedule.cron(hour="3", minute="0"),
            targets=[targets.LambdaFunction(handler=cleaner)],
        )
