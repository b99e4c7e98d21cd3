"""boto3 clients for the services of one account: profile, Region, endpoint and assumed role as in the AWS CLI.

Credentials stay inside boto3: no value of iamglue contains them.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.credentials import DeferredRefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.handlers import json_decode_policies
from botocore.parsers import ResponseParserError

from iamglue.aws.collect_request import CollectRequest
from iamglue.aws.failures import ADDRESS_HINT, BAD_ADDRESS, FailureKind, classify_error, sanitize_text
from iamglue.aws.response_validation import check_response
from iamglue.aws.strict_session import strict_session
from iamglue.errors import IamglueError, NotEvaluatedError
from iamglue.version import VERSION

_MAX_ATTEMPTS = 8
# Seconds without a response after which an attempt is aborted.
_CONNECT_TIMEOUT, _READ_TIMEOUT = 5, 20
_ASSUME_ROLE = "sts:AssumeRole"
# For services without Regions, such as IAM: any Region of the partition works.
_ANY_REGION = "us-east-1"


@dataclass(slots=True)
class Clients:
    """The clients, one for each service and Region, created on first use; safe to share between threads."""

    session: boto3.Session = field(repr=False)
    region: str
    endpoint_url: str | None = field(repr=False)  # it may contain a password
    config: Config = field(repr=False)
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def get(self, service: str, region: str | None = None) -> Any:
        """The client of a service, in `region` or the session's Region."""
        key = (service, region or self.region)
        with self._lock:  # boto3's sessions are not thread-safe, its clients are
            if key not in self._clients:
                self._clients[key] = _create_client(self.session, *key, self.endpoint_url, self.config)
            return self._clients[key]


def open_clients(request: CollectRequest) -> Clients:
    """Open the clients for a request. Nothing is sent to AWS yet.

    Raises IamglueError when a Region is needed and not known, and NotEvaluatedError for an unknown profile or for
    credentials that cannot be read.
    """
    with _configuration_errors():
        session = strict_session(request.profile, request.region or os.environ.get("AWS_REGION"))
        region = session.region_name
        if region is None and _needs_region(request):
            hint = "give --region, or set AWS_REGION or the profile's region"
            raise IamglueError("the Region of the functions is not known", hint=hint)
        clients = Clients(session, region or _ANY_REGION, request.endpoint_url, _client_config(request.workers))
        return _assumed_role_clients(clients, request.assume_role, request.profile) if request.assume_role else clients


def open_bucket_client(request: CollectRequest) -> Any:
    """Open a client of S3 for large objects, whose bodies may take longer than the responses of an audit.

    Raises NotEvaluatedError as `open_clients` does.
    """
    with _configuration_errors():
        session = boto3.Session(
            profile_name=request.profile, region_name=request.region or os.environ.get("AWS_REGION")
        )
        region = session.region_name or _ANY_REGION
        return session.client(
            "s3", region_name=region, endpoint_url=request.endpoint_url, config=_client_config(request.workers)
        )


@contextmanager
def _configuration_errors() -> Iterator[None]:
    """Raise NotEvaluatedError for a profile, credentials or an address with which no request can be sent."""
    try:
        yield
    except BotoCoreError as error:
        message = f"no request can be sent to AWS: {sanitize_text(str(error))}"
        raise NotEvaluatedError(message, hint="check --profile") from error
    except ValueError as error:  # botocore quotes the URL, which may contain a password
        raise NotEvaluatedError(BAD_ADDRESS, hint=ADDRESS_HINT) from error


def _needs_region(request: CollectRequest) -> bool:
    return request.everything or not all(name.startswith("arn:") for name in request.functions)


def _client_config(workers: int) -> Config:
    """A configuration with adaptive retries; settings of the environment have precedence."""
    retries: dict[str, Any] = {}
    if "AWS_RETRY_MODE" not in os.environ:
        retries["mode"] = "adaptive"
    if "AWS_MAX_ATTEMPTS" not in os.environ:
        retries["total_max_attempts"] = _MAX_ATTEMPTS
    return Config(
        connect_timeout=_CONNECT_TIMEOUT,
        read_timeout=_READ_TIMEOUT,
        retries=retries,
        max_pool_connections=max(workers, 1),
        user_agent_extra=f"iamglue/{VERSION}",
    )


def _create_client(session: boto3.Session, service: str, region: str, endpoint_url: str | None, config: Config) -> Any:
    """A client; that of IAM returns policy documents as the text that AWS sends."""
    client = session.client(service, region_name=region, endpoint_url=endpoint_url, config=config)
    if service == "iam":
        # botocore decodes policy documents to mappings, which loses duplicate keys: use the original text.
        client.meta.events.unregister("after-call.iam", json_decode_policies)
    return client


def _assumed_role_clients(clients: Clients, role: str, profile: str | None) -> Clients:
    """Clients with the credentials of a role, fetched on first use and renewed before they expire."""
    session = strict_session(profile, clients.region, _AssumedRole(clients.get("sts"), role))
    return Clients(session, clients.region, clients.endpoint_url, clients.config)


class _AssumedRole:
    """A credential provider for botocore that assumes a role."""

    METHOD = "iamglue-assume-role"
    CANONICAL_NAME = METHOD

    def __init__(self, sts: Any, role: str) -> None:
        self._sts = sts
        self._role = role

    def load(self) -> DeferredRefreshableCredentials:
        """Credentials that are fetched on first use."""
        return DeferredRefreshableCredentials(self._fetch_credentials, self.METHOD)

    def _fetch_credentials(self) -> dict[str, str]:
        """Assume the role, and return its credentials as botocore expects them. Raises AssumeRoleError."""
        try:
            response = self._sts.assume_role(RoleArn=self._role, RoleSessionName="iamglue")
            check_response(_ASSUME_ROLE, response)
        except (BotoCoreError, ClientError, ResponseParserError) as error:
            raise AssumeRoleError(self._role, error) from error
        credentials = response["Credentials"]
        return {
            "access_key": credentials["AccessKeyId"],
            "secret_key": credentials["SecretAccessKey"],
            "token": credentials["SessionToken"],
            "expiry_time": credentials["Expiration"].isoformat(),
        }


class AssumeRoleError(Exception):
    """A role could not be assumed; `kind` and `reason` say why."""

    def __init__(self, role: str, error: Exception) -> None:
        failure = classify_error(error, _ASSUME_ROLE)
        self.reason = f"{sanitize_text(role)} cannot be assumed: {failure.reason}"
        self.kind = failure.kind if failure.kind is FailureKind.UNREACHABLE else FailureKind.NO_CREDENTIALS
        super().__init__(self.reason)
