"""Settings of a web application."""

import os

STORAGES = {
    "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"bucket_name": "media"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "archive": {"BACKEND": "storages.backends.gcloud.GoogleCloudStorage"},
}
DEFAULT_FILE_STORAGE = "storages.backends.s3boto3.S3Boto3Storage"
EMAIL_BACKEND: str = "django_ses.SESBackend"
LOGGING = {"version": 1, "handlers": {"cloud": {"class": "watchtower.CloudWatchLogHandler"}}}
CELERY_BROKER_URL = os.environ.get("BROKER_URL", "sqs://")


class Config:
    broker_url = "sqs://{}:{}@".format(os.environ["KEY"], os.environ["SECRET"])
    result_backend = "redis://cache:6379/0"


HOST = "watchtower.example.com"
MODULE = "storages.backends.s3"
