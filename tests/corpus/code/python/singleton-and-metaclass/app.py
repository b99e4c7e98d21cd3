import boto3


class Clients:
    _instance = None

    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance.kms = boto3.client("kms")
        return cls._instance

    @classmethod
    def create(cls):
        return cls()

    @staticmethod
    def ssm():
        return boto3.client("ssm")


class Lazy:
    def __init__(self):
        self._clients = {}

    def __getattr__(self, name):
        if name not in self._clients:
            self._clients[name] = boto3.client(name)
        return self._clients[name]


aws = Lazy()


def handler(event, context):
    Clients.create().kms.decrypt(CiphertextBlob=b"", KeyId="alias/a")
    Clients.ssm().get_parameter(Name="/p")
    aws.sqs.send_message(QueueUrl="q", MessageBody="m")
    aws.sns.publish(TopicArn="t", Message="m")
