import boto3
from cfn_resource_provider import ResourceProvider
from pydantic import BaseModel

sns = boto3.client("sns")


class UserProvider(ResourceProvider):
    def __init__(self):
        super().__init__()
        self.iam = boto3.client("iam")

    def delete(self):
        self.iam.delete_user(UserName="app")


class NamedUserProvider(UserProvider):
    def create(self):
        self.iam.create_user(UserName="app")


class Note(BaseModel):
    text: str

    def publish(self):
        sns.publish(TopicArn="arn:aws:sns:eu-west-1:111122223333:notes", Message=self.text)


provider = NamedUserProvider()


def handler(event, context):
    print(Note(text="called").model_dump())
    return provider.handle(event, context)
