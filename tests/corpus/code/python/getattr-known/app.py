import boto3


def handler(event, context):
    client = boto3.client("events")
    getattr(client, "put_events")(Entries=[{"EventBusName": "orders"}])
    for name in ("enable_rule", "disable_rule"):
        getattr(client, name)(Name="nightly")
