"""A boto3 session of a role whose every call is judged by the role's policies before it goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import boto3
from botocore.exceptions import ClientError
from execution.calls import requests
from execution.sessions import session
from support.judge import ALLOWED, Request, verdict


class Gate:
    """Stands at the session's `before-parameter-build` event, after boto3's own translations of parameters."""

    def __init__(self, policies: Sequence[Mapping[str, Any]], principal: Mapping[str, str]) -> None:
        self.policies = policies
        self.principal = {key: [value] for key, value in principal.items()}
        self.asked: list[Request] = []
        self.denied: list[str] = []

    def session(self, credentials: Mapping[str, str]) -> boto3.Session:
        """A session with a role's credentials, as sts:AssumeRole gives them."""
        made = session(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])
        made.events.register_last("before-parameter-build", self._judge)
        return made

    def _judge(self, params: Mapping[str, Any], model: Any, **_: Any) -> None:
        for wanted in requests(model.service_model.service_name, model.name, params):
            request = Request(wanted.action, wanted.resource, {**self.principal, **wanted.context})
            self.asked.append(request)
            if verdict(self.policies, request) != ALLOWED:
                self.denied.append(request.action)
                message = f"not authorized to perform: {request.action} on resource: {request.resource}"
                raise ClientError({"Error": {"Code": "AccessDenied", "Message": message}}, model.name)
