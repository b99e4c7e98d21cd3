"""boto3 sessions that parse responses strictly and wait a limited time for each.

They load the model of a service once for all sessions.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.loaders import Loader, create_loader

from iamglue.aws.response_deadline import limit_response_time
from iamglue.aws.strict_parsers import StrictParserFactory


def strict_session(
    profile: str | None = None, region: str | None = None, credential_provider: Any = None
) -> boto3.Session:
    """A session whose clients wait a limited time, and raise InvalidResponseError for an invalid response.

    `credential_provider` is a provider of botocore's, which is asked for credentials first. Raises ProfileNotFound.
    """
    session = _Session(profile=profile)
    session.register_component("response_parser_factory", StrictParserFactory())
    if credential_provider:
        session.get_component("credential_provider").providers.insert(0, credential_provider)
    boto3_session = boto3.Session(botocore_session=session, region_name=region)
    # After boto3, which adds a directory to the session's loader each time.
    session.register_component("data_loader", _model_loader(session.get_config_variable("data_path")))
    return boto3_session


class _Session(botocore.session.Session):  # type: ignore[misc] # botocore carries no types
    """A session that limits the time of responses, also to the clients with which it gets credentials."""

    def create_client(self, *args: Any, **kwargs: Any) -> Any:
        """Create a client as botocore does."""
        client = super().create_client(*args, **kwargs)
        limit_response_time(client)
        return client


@cache
def _model_loader(directories: str | None) -> Loader:
    """The loader of the services' models: to parse them takes much longer than a request.

    `directories` have models of the user (AWS_DATA_PATH), separated as in PATH.
    """
    return create_loader(directories)
