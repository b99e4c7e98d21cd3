import boto3

s3 = boto3.client("s3")


class Handler:
    registry = {}
    plugins = []

    def __init_subclass__(cls, kind="other", **options):
        super().__init_subclass__(**options)
        Handler.registry[kind] = cls()
        cls.plugins.append(cls)


class Upload(Handler, kind="upload"):
    def run(self, event):
        s3.put_object(Bucket="uploads", Key=event["key"])


class Remove(Handler):
    def run(self, event):
        s3.delete_object(Bucket="uploads", Key=event["key"])

    def undo(self, event):
        s3.restore_object(Bucket="uploads", Key=event["key"])


class Unrelated:
    def run(self, event):
        s3.get_object(Bucket="unrelated", Key=event["key"])


def handler(event, context):
    Handler.registry[event["kind"]].run(event)
    for plugin in Handler.plugins:
        plugin().undo(event)
