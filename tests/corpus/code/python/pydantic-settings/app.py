from functools import lru_cache

import boto3
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_")

    table_name: str
    bucket: str = "default-bucket"


class Plain(BaseSettings):
    queue_url: str


@lru_cache
def settings() -> Settings:
    return Settings()


def handler(event, context):
    boto3.resource("dynamodb").Table(settings().table_name).scan()
    boto3.client("s3").head_bucket(Bucket=settings().bucket)
    boto3.client("sqs").purge_queue(QueueUrl=Plain().queue_url)
