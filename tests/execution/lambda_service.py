"""Lambda's own part, played against moto: it takes on the role, polls, invokes, logs and keeps the dead letters."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from unittest.mock import patch

import boto3
from botocore.exceptions import ClientError
from execution.gate import Gate
from execution.sessions import admin

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ADDRESS = "172.31.0.77"  # in moto's default subnet
RETRIES = 2  # of an asynchronous invocation: lambda/latest/dg/invocation-async-error-handling.html


class Deployed(Protocol):
    """What Lambda knows of a function besides its code; `tags` are its role's."""

    @property
    def function(self) -> str: ...
    @property
    def environment(self) -> Mapping[str, str]: ...
    @property
    def tags(self) -> Mapping[str, str]: ...


class LambdaService:
    """One deployed example: its function's code under a role with these policies."""

    def __init__(
        self,
        code: Path,
        deployed: Deployed,
        trust: Mapping[str, Any],
        policies: Sequence[Mapping[str, Any]],
    ) -> None:
        self.code = code
        self.deployed = deployed
        self.gate = Gate(policies, {f"aws:PrincipalTag/{key}": value for key, value in deployed.tags.items()})
        self.session = self.gate.session(_role(deployed, trust, policies))

    def invoke(self, event: Mapping[str, Any]) -> Any:
        """Run the handler once and send what it printed to its log, also when it fails."""
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed), self._handler() as handler:
                return handler(json.loads(json.dumps(event)), None)
        finally:
            self._log(["START", *printed.getvalue().splitlines(), "END"])

    def invoke_asynchronously(self, event: Mapping[str, Any], dead_letter: str) -> None:
        """Try three times, then keep the event in the dead-letter queue."""
        for _ in range(1 + RETRIES):
            try:
                self.invoke(event)
            except ClientError:
                raise
            except Exception:  # noqa: BLE001 - whatever the function raises, Lambda tries again
                continue
            return
        self.session.client("sqs").send_message(QueueUrl=dead_letter, MessageBody=json.dumps(event))

    def poll(self, queue: str) -> list[str]:
        """An SQS event source mapping's one round; the answer is the bodies that stay in the queue."""
        sqs = self.session.client("sqs")
        sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])
        messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
        records = [{"messageId": m["MessageId"], "body": m["Body"], "eventSource": "aws:sqs"} for m in messages]
        answer = self.invoke({"Records": records})
        failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        done = [m for m in messages if m["MessageId"] not in failed]
        for message in done:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return [m["Body"] for m in messages if m not in done]

    def connect(self, subnet: str) -> None:
        """Make, use and give back a network interface, with the six actions of configuration-vpc.html."""
        ec2 = self.session.client("ec2")
        ec2.describe_subnets(SubnetIds=[subnet])
        interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
        ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])
        ec2.assign_private_ip_addresses(NetworkInterfaceId=interface, PrivateIpAddresses=[ADDRESS])
        ec2.unassign_private_ip_addresses(NetworkInterfaceId=interface, PrivateIpAddresses=[ADDRESS])
        ec2.delete_network_interface(NetworkInterfaceId=interface)

    def _log(self, lines: Sequence[str]) -> None:
        logs = self.session.client("logs")
        names = {"logGroupName": f"/aws/lambda/{self.deployed.function}", "logStreamName": "2026/06/21/[$LATEST]0"}
        with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_group(logGroupName=names["logGroupName"])
        with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_stream(**names)
        logs.put_log_events(**names, logEvents=[{"timestamp": 1782075845000, "message": line} for line in lines])

    @contextlib.contextmanager
    def _handler(self) -> Iterator[Callable[[Any, Any], Any]]:
        """The handler, imported afresh as in a new execution environment, with the role's session as boto3's own."""
        own = {path.stem for path in self.code.glob("*.py")}
        with (
            patch.dict(os.environ, self.deployed.environment),
            patch.object(sys, "path", [str(self.code), *sys.path]),
            patch.object(boto3, "DEFAULT_SESSION", self.session),
        ):
            try:
                yield importlib.import_module("handler").handler
            finally:
                for name in own:
                    sys.modules.pop(name, None)


def _role(deployed: Deployed, trust: Mapping[str, Any], policies: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
    """Credentials of a role with these policies, made and taken on in moto."""
    (statement,) = trust["Statement"]
    assert (statement["Effect"], statement["Principal"]) == ("Allow", {"Service": "lambda.amazonaws.com"})
    iam, name = admin("iam"), f"{deployed.function}-role"
    tags = [{"Key": key, "Value": value} for key, value in deployed.tags.items()]
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust), Tags=tags)["Role"]["Arn"]
    for number, policy in enumerate(policies):
        iam.put_role_policy(RoleName=name, PolicyName=f"policy-{number}", PolicyDocument=json.dumps(policy))
    sts = admin("sts")
    taken: Mapping[str, str] = sts.assume_role(RoleArn=role, RoleSessionName=deployed.function)["Credentials"]
    return taken
