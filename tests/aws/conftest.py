"""AWS in this process, reached by nobody's credentials, and no patience with it."""

from __future__ import annotations

import os

import pytest
from aws.deployed import REGION
from moto import mock_aws

from iamglue.aws import collect, last_accessed, session
from iamglue.aws.collect_request import CollectRequest
from iamglue.aws.session import Clients, open_clients


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch):
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI-never-shown")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_RETRY_MODE", "standard")


@pytest.fixture
def aws():
    with mock_aws():
        yield


_CLIENTS: dict[tuple, Clients] = {}


@pytest.fixture
def shared_clients(monkeypatch):
    """All readings with the same settings use the same clients: to create them takes longer than a small reading."""

    def open_once(request: CollectRequest) -> Clients:
        settings = (request.profile, request.region, request.endpoint_url, request.workers, session._READ_TIMEOUT)
        key = (settings, *sorted(item for item in os.environ.items() if item[0].startswith("AWS_")))
        if request.assume_role or key not in _CLIENTS:
            _CLIENTS[key] = open_clients(request)
        return _CLIENTS[key]

    for module in (collect, last_accessed):
        monkeypatch.setattr(module, "open_clients", open_once)
