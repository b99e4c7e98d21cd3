"""Clients for one account's services: profile, Region, endpoint and assumed role as the AWS CLI has them.

Credentials stay inside boto3: no value of ours holds them.
"""

from __future__ import annotations

import os
import threading
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
from iamglue.aws.strict_parsers import strict_session
from iamglue.errors import IamglueError, NotEvaluatedError
from iamglue.version import VERSION

_ATTEMPTS = 8
# Seconds without a sign of the other side, after which a try is given up.
_CONNECT_TIMEOUT, _READ_TIMEOUT = 5, 20
_ASSUME_ROLE = "sts:AssumeRole"
# Any Region of the partition serves for services that have none, as IAM.
_ANY_REGION = "us-east-1"


@dataclass(slots=True)
class Clients:
    """The clients that have been asked for, one for each service and Region; safe to share between threads."""

    session: boto3.Session = field(repr=False)
    region: str
    endpoint_url: str | None = field(repr=False)  # it may hold a password
    config: Config = field(repr=False)
    _made: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def get(self, service: str, region: str | None = None) -> Any:
        """The client of a service, in another Region than the session's where one is given."""
        key = (service, region or self.region)
        with self._lock:  # sessions of boto3 are not thread-safe, its clients are
            if key not in self._made:
                self._made[key] = _client(self.session, *key, self.endpoint_url, self.config)
            return self._made[key]


def open_clients(wanted: CollectRequest) -> Clients:
    """The clients for what is wanted. No request is made yet.

    Raises IamglueError where a Region is needed and none is known, and NotEvaluatedError for a profile that is not
    there or credentials that cannot be read.
    """
    try:
        own = strict_session(wanted.profile)
        session = boto3.Session(botocore_session=own, region_name=wanted.region or os.environ.get("AWS_REGION"))
        region = session.region_name
        if region is None and _needs_region(wanted):
            hint = "give --region, or set AWS_REGION or the profile's region"
            raise IamglueError("it is not known in which Region the functions are", hint=hint)
        clients = Clients(session, region or _ANY_REGION, wanted.endpoint_url, _config(wanted.workers))
        return _assumed(clients, wanted.assume_role, wanted.profile) if wanted.assume_role else clients
    except BotoCoreError as error:
        raise NotEvaluatedError(f"AWS cannot be asked: {sanitize_text(str(error))}", hint="see --profile") from error
    except ValueError as error:  # botocore quotes the URL, which may hold a password
        raise NotEvaluatedError(BAD_ADDRESS, hint=ADDRESS_HINT) from error


def _needs_region(wanted: CollectRequest) -> bool:
    return wanted.everything or not all(name.startswith("arn:") for name in wanted.functions)


def _config(workers: int) -> Config:
    """Retries with backoff that slow down where AWS throttles; the environment's settings of them win."""
    retries: dict[str, Any] = {}
    if "AWS_RETRY_MODE" not in os.environ:
        retries["mode"] = "adaptive"
    if "AWS_MAX_ATTEMPTS" not in os.environ:
        retries["total_max_attempts"] = _ATTEMPTS
    return Config(
        connect_timeout=_CONNECT_TIMEOUT,
        read_timeout=_READ_TIMEOUT,
        retries=retries,
        max_pool_connections=max(workers, 1),
        user_agent_extra=f"iamglue/{VERSION}",
    )


def _client(session: boto3.Session, service: str, region: str, endpoint_url: str | None, config: Config) -> Any:
    client = session.client(service, region_name=region, endpoint_url=endpoint_url, config=config)
    if service == "iam":
        # botocore hands over documents as mappings, in which duplicate keys are lost: take the text itself.
        client.meta.events.unregister("after-call.iam", json_decode_policies)
    return client


def _assumed(clients: Clients, role: str, profile: str | None) -> Clients:
    """The same with the credentials of a role, which are asked for when first needed and again before they expire."""
    sts = clients.get("sts")
    own = strict_session(profile)
    own.get_component("credential_provider").providers.insert(0, _AssumedRole(sts, role))
    session = boto3.Session(botocore_session=own, region_name=clients.region)
    return Clients(session, clients.region, clients.endpoint_url, clients.config)


class _AssumedRole:
    """A provider of credentials in the sense of botocore."""

    METHOD = "iamglue-assume-role"
    CANONICAL_NAME = METHOD

    def __init__(self, sts: Any, role: str) -> None:
        self._sts = sts
        self._role = role

    def load(self) -> DeferredRefreshableCredentials:
        """Credentials that are fetched when first used."""
        return DeferredRefreshableCredentials(self._fetched, self.METHOD)

    def _fetched(self) -> dict[str, str]:
        try:
            answer = self._sts.assume_role(RoleArn=self._role, RoleSessionName="iamglue")
            check_response(_ASSUME_ROLE, answer)
        except (BotoCoreError, ClientError, ResponseParserError) as error:
            raise AssumeRoleError(self._role, error) from error
        found = answer["Credentials"]
        return {
            "access_key": found["AccessKeyId"],
            "secret_key": found["SecretAccessKey"],
            "token": found["SessionToken"],
            "expiry_time": found["Expiration"].isoformat(),
        }


class AssumeRoleError(Exception):
    """A role could not be assumed; `failure` says why."""

    def __init__(self, role: str, error: Exception) -> None:
        found = classify_error(error, _ASSUME_ROLE)
        self.reason = f"{sanitize_text(role)} cannot be assumed: {found.reason}"
        self.kind = found.kind if found.kind is FailureKind.UNREACHABLE else FailureKind.NO_CREDENTIALS
        super().__init__(self.reason)
