"""`audit --all` over 300 functions of moto behind a socket: time, memory and requests at once: `make bench`."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import socket

import boto3
from calibrate import factor
from counting_server import HOST, MOST
from processes import Taken, run

from iamglue.aws.collect_request import DEFAULT_WORKERS

FUNCTIONS, EACH_ROLE = 300, 3
SECONDS, MEBIBYTES, PATIENCE = 60, 300, 60
IAMGLUE = Path(sys.executable).parent / "iamglue"
SERVER = Path(__file__).with_name("counting_server.py")
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
SETTINGS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "eu-west-1"}


def main() -> int:
    """Print the figures and verdicts; 1 when one does not hold."""
    with serving() as url, tempfile.TemporaryDirectory() as folder:
        deploy(url)
        before = most(url)
        report = Path(folder) / "report.json"
        taken = audited(url, report)
        at_once = most(url)
        number = len(json.loads(report.read_text(encoding="utf-8"))["roles"])
    limit = SECONDS * factor()
    verdicts = [
        (f"{FUNCTIONS} functions, {number} roles read and judged", number == FUNCTIONS // EACH_ROLE),
        (f"{taken.seconds:.1f} s, at most {limit:.0f}", taken.seconds <= limit),
        (f"{taken.mebibytes:.0f} MiB, at most {MEBIBYTES}", taken.mebibytes <= MEBIBYTES),
        (f"{at_once} requests at once, at most {DEFAULT_WORKERS}", before <= at_once <= DEFAULT_WORKERS),
    ]
    for text, holds in verdicts:
        print(f"{'ok  ' if holds else 'FAIL'} {text}")  # noqa: T201 - a program that prints
    return 0 if all(holds for _, holds in verdicts) else 1


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server on a free port, ended when it is done with."""
    with socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    command = [sys.executable, str(SERVER), str(port)]
    process = subprocess.Popen(command, env=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url, until = f"http://{HOST}:{port}", time.monotonic() + PATIENCE
        while time.monotonic() < until and process.poll() is None:
            with suppress(OSError):
                most(url)
                break
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()


def most(url: str) -> int:
    """How many requests the server had at once so far."""
    with urllib.request.urlopen(url + MOST, timeout=5) as answer:
        return int(answer.read())


def deploy(url: str) -> None:
    """Functions, some sharing a role; each role has a policy of its own and one that all have."""
    session = boto3.Session("testing", "testing", region_name=SETTINGS["AWS_DEFAULT_REGION"])
    iam, functions = (session.client(service, endpoint_url=url) for service in ("iam", "lambda"))
    shared = iam.create_policy(PolicyName="shared", PolicyDocument=document("s3:*", "*"))["Policy"]["Arn"]
    code = {"ZipFile": archive()}
    role = ""
    for number in range(FUNCTIONS):
        if number % EACH_ROLE == 0:
            name = f"role-{number}"
            trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
            role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
            table = f"arn:aws:dynamodb:eu-west-1:123456789012:table/table-{number}"
            iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document("dynamodb:PutItem", table))
            iam.attach_role_policy(RoleName=name, PolicyArn=shared)
        functions.create_function(
            FunctionName=f"function-{number}", Runtime="python3.13", Role=role, Handler="app.handler", Code=code
        )


def document(action: str, resource: str) -> str:
    """A policy of one statement."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def archive() -> bytes:
    """The code of a function."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("app.py", "def handler(event, context): ...\n")
    return made.getvalue()


def audited(url: str, report: Path) -> Taken:
    """What the audit of all functions takes; moto does not answer everything, so that the status is 3."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    command = [str(IAMGLUE), "audit", "--all", "--format", "json", "-o", str(report)]
    return run(command, own | SETTINGS | {"AWS_ENDPOINT_URL": url}, (0, 1, 3))


if __name__ == "__main__":
    sys.exit(main())
