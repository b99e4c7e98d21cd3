"""Settings that are given as keywords, in dict(...), and by bare words."""

from celery import Celery
from django.conf import settings

settings.configure(DEFAULT_FILE_STORAGE="storages.backends.s3.S3Storage", DEBUG=True)
STORAGES = dict(default=dict(BACKEND="storages.backends.s3boto3.S3Boto3Storage"))
app = Celery("jobs", broker="sqs://")
result_backend = "s3"
app.conf.update(CELERY_RESULT_BACKEND="dynamodb")
app.conf.broker_transport = "sqs"
OPTIONS = {"result_backend": "s3", "other_backend": "s3"}
storage = "s3"
result_backend_kind = "s3"
settings.configure(CELERY_BROKER_URL="sqs://", OTHER_URL="https://example.com")
CONFIGURATION = dict(broker_url="sqs://")
