import boto3
from request_metrics import metric_scope

s3 = boto3.client("s3")


def with_metrics(metrics):
    def save(event, context):
        metrics.put("saved", 1)
        s3.put_object(Bucket="notes", Key="k")

    return save


handler = metric_scope(with_metrics)
