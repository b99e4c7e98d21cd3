"""AWS behind a socket of this machine, as moto and a few texts have it, that may answer an operation as no AWS does.

Clients in this process can get the answers without the socket, which takes a third of the time.
"""

from __future__ import annotations

import io
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import botocore.session
import pytest
from aws.deployed import ACCOUNT, REGION, allow
from aws.resources import SERVICE_ANSWER
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import Client

from iamglue.aws import session
from iamglue.catalog.audit_operations import audit_operations

URL_CONFIG = {
    "FunctionUrl": "https://u.lambda-url.eu-west-1.on.aws/",
    "FunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:photos",
    "AuthType": "AWS_IAM",
    "CreationTime": "2026-01-01T00:00:00Z",
    "LastModifiedTime": "2026-01-01T00:00:00Z",
}
ORGANIZATION = {"Id": "o-1", "MasterAccountId": "999999999999", "FeatureSet": "ALL"}
SUMMARY = {"Id": "p-FullAWSAccess", "Name": "FullAWSAccess", "Arn": "arn:aws:organizations::aws:policy/p-FullAWSAccess"}
REPORT = (
    "<JobStatus>COMPLETED</JobStatus><JobCompletionDate>2026-11-01T00:00:00Z</JobCompletionDate>"
    "<ServicesLastAccessed><member><ServiceName>S3</ServiceName><ServiceNamespace>s3</ServiceNamespace></member>"
    "</ServicesLastAccessed><IsTruncated>false</IsTruncated>"
)


def result(operation: str, within: str) -> str:
    """An answer of IAM's or STS's."""
    return f"<{operation}Response><{operation}Result>{within}</{operation}Result></{operation}Response>"


# What moto does not answer, or not as AWS does: an account that is a member of an organization, say.
TEXTS = {
    "lambda:ListFunctionUrlConfigs": json.dumps({"FunctionUrlConfigs": [URL_CONFIG]}),
    "lambda:GetFunctionUrlConfig": json.dumps(URL_CONFIG),
    "lambda:GetLayerVersionPolicy": json.dumps({"Policy": allow("lambda:GetLayerVersion", Principal="*")}),
    "organizations:DescribeOrganization": json.dumps({"Organization": ORGANIZATION}),
    "organizations:ListParents": json.dumps({"Parents": [{"Id": "r-1", "Type": "ROOT"}]}),
    "organizations:ListPoliciesForTarget": json.dumps({"Policies": [SUMMARY]}),
    "organizations:DescribePolicy": json.dumps({"Policy": {"PolicySummary": SUMMARY, "Content": allow("*")}}),
    "apprunner:DescribeService": json.dumps(SERVICE_ANSWER),
    "iam:GenerateServiceLastAccessedDetails": result(
        "GenerateServiceLastAccessedDetails", "<JobId>1234567890-1234567890-1234567890-1234</JobId>"
    ),
    "iam:GetServiceLastAccessedDetails": result("GetServiceLastAccessedDetails", REPORT),
}


@dataclass(frozen=True)
class Response:
    """A response; `length` is what it says its length is, and `hangs` after how many bytes nothing more comes."""

    status: int
    type: str
    body: bytes
    length: int | None = None
    hangs: int | None = None


Fault = Callable[[str, Response], Response]


@dataclass
class Server:
    """A server that runs. `faults` says, by action, what becomes of its answers; `asked` is every action.

    With `by_socket`, no client has an answer without the socket.
    """

    url: str = ""
    by_socket: bool = False
    faults: dict[str, Fault] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    over: threading.Event = field(default_factory=threading.Event)
    _moto: Client = field(default_factory=lambda: Client(DomainDispatcherApplication(create_backend_app)))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _kept: dict[Any, Response] = field(default_factory=dict)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        """The answer to a request."""
        action = action_of(method, path, headers, body)
        self.asked.add(action)
        real = Response(200, "", TEXTS[action].encode()) if action in TEXTS else None
        real = real or self._real(action, method, path, headers, body)
        fault = self.faults.get(action)
        return fault(action, real) if fault else real

    def _real(self, action: str, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        key = (method, path, body, headers.get("X-Amz-Target"))
        with self._lock:  # what is read is kept: moto is slow
            if key not in self._kept or action not in audit_operations():
                sent = {name: value for name, value in headers.items() if name != "Content-Length"}
                got = self._moto.open(path, method=method, data=body, headers=sent)
                self._kept[key] = Response(got.status_code, got.headers.get("Content-Type", ""), got.data)
            return self._kept[key]


class _Body(io.BytesIO):
    """A body as urllib3 has it."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


def answer_in_process(server: Server, patch: pytest.MonkeyPatch) -> None:
    """Let sessions from now on have their answers without the socket, if nothing is wrong with the connection."""
    strict_session = session.strict_session

    def answered(request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        if server.by_socket or not request.url.startswith(server.url):
            return None
        url = urlsplit(request.url)
        headers = {name: _text(value) for name, value in request.headers.items()}
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        path = url.path + (f"?{url.query}" if url.query else "")
        response = server.answer(request.method, path, headers, body)
        if response.length is not None or response.hangs is not None:
            return None
        headers = {"Content-Type": response.type, "Content-Length": str(len(response.body))}
        return AWSResponse(request.url, response.status, headers, _Body(response.body))

    def opened(*arguments: Any) -> Any:
        created = strict_session(*arguments)
        created.events.register("before-send", answered)
        return created

    patch.setattr(session, "strict_session", opened)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


@contextmanager
def faulty_server() -> Iterator[Server]:
    """A server on a free port, ended when it is done with."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # otherwise each body waits 40 ms for the acknowledgement of its headers

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self._send(server.answer(self.command, self.path, dict(self.headers.items()), body))

        do_POST = do_PUT = do_GET  # noqa: N815 - what http.server calls them

        def _send(self, found: Response) -> None:
            self.send_response(found.status)
            self.send_header("Content-Type", found.type)
            self.send_header("Content-Length", str(len(found.body) if found.length is None else found.length))
            self.close_connection = found.length is not None or found.hangs is not None
            if found.hangs is None:
                self.end_headers()
                self.wfile.write(found.body)
                return
            if found.hangs:
                self.end_headers()
                self.wfile.write(found.body[: found.hangs])
                self.wfile.flush()
            server.over.wait()

        def log_message(self, *_: Any) -> None:
            pass

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:  # who asked is gone
                self.close_connection = True

    class Threads(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False
        request_queue_size = socket.SOMAXCONN

    served = Threads(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{served.server_port}"
    threading.Thread(target=served.serve_forever, args=(0.02,), daemon=True).start()  # seconds until it sees its end
    try:
        yield server
    finally:
        server.over.set()
        served.shutdown()
        served.server_close()


def action_of(method: str, path: str, headers: Mapping[str, str], body: bytes) -> str:
    """The action that a request is for, as AWS's protocols tell it."""
    scope = re.search(r"Credential=[^/]+/[^/]+/[^/]+/([^/]+)/", headers.get("Authorization", ""))
    service = scope.group(1) if scope else ""
    if target := headers.get("X-Amz-Target"):
        return f"{service}:{target.rpartition('.')[2]}"
    if b"Action=" in body:
        return f"{service}:{parse_qs(body.decode())['Action'][0]}"
    for operation, wanted, pattern, query in _rest(service):
        if wanted == method and pattern.fullmatch(urlsplit(path).path) and query in urlsplit(path).query:
            return f"{service}:{operation}"
    return ""


@cache
def _rest(service: str) -> list[tuple[str, str, re.Pattern[str], str]]:
    """The operations of a service by their method and path, those with a query or the longest path first."""
    if service not in ("lambda", "s3"):
        return []
    model = botocore.session.get_session().get_service_model(service)
    found = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path, _, query = http["requestUri"].partition("?")
        parts = re.split(r"(\{[^}]+\})", path.rstrip("/"))
        pattern = "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts) + "/?"
        found.append((name, http["method"], re.compile(pattern), query))
    return sorted(found, key=lambda each: (-len(each[3]), -len(each[2].pattern)))
