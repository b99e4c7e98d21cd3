import boto3

_client = None


def client():
    global _client
    if _client is None:
        _client = boto3.client("secretsmanager")
    return _client


def handler(event, context):
    return client().get_secret_value(SecretId="prod/db")
