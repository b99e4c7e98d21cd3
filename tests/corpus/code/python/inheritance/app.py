from abc import ABC, abstractmethod

import boto3


class Base(ABC):
    service = "sns"

    def __init__(self):
        self.client = boto3.client(self.service)

    @abstractmethod
    def send(self, text): ...

    def run(self, text):
        self.send(text)


class Mail(Base):
    service = "ses"

    def send(self, text):
        self.client.send_email(Source="a@example.com", Destination={}, Message={})


class Topic(Base):
    def __init__(self, arn):
        super().__init__()
        self.arn = arn

    def send(self, text):
        self.client.publish(TopicArn=self.arn, Message=text)


def handler(event, context):
    Mail().run("a")
    Topic("arn:aws:sns:eu-west-1:111122223333:news").run("b")
