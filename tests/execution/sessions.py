"""boto3 sessions that share what botocore has read of AWS's API models: reading them anew takes most of a test."""

from __future__ import annotations

import boto3
import botocore.session
from botocore.loaders import create_loader

REGION = "eu-west-1"
_MODELS = create_loader()


def session(*credentials: str) -> boto3.Session:
    """A session with this access key, secret and token, or with those of the environment."""
    inner = botocore.session.Session()
    inner.register_component("data_loader", _MODELS)
    return boto3.Session(*credentials, botocore_session=inner, region_name=REGION)
