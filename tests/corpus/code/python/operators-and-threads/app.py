import threading

import boto3

ssm = boto3.client("ssm")


class Names:
    def __contains__(self, name):
        return bool(ssm.get_parameter(Name="/names"))

    def __setitem__(self, name, value):
        ssm.put_parameter(Name="/names", Value=value)


class Lister(threading.Thread):
    def __init__(self, bucket):
        super().__init__()
        self.bucket = bucket

    def run(self):
        boto3.client("s3").list_objects_v2(Bucket=self.bucket)


def handler(event, context):
    names = Names()
    if "a" not in names:
        names["a"] = "1"
    Lister("logs").start()
