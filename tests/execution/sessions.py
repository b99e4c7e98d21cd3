"""boto3 sessions that share what botocore has read of AWS's API models: reading them anew takes most of a test."""

from __future__ import annotations

from functools import cache
from typing import Any

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


@cache
def admin(service: str) -> Any:
    """A client that nobody judges, the same for all tests: to create one takes long."""
    return session("testing", "testing").client(service)


@cache
def admin_resource(service: str) -> Any:
    """The same as a resource of boto3."""
    return session("testing", "testing").resource(service)
