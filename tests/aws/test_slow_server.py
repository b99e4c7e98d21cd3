"""A server whose answers come byte by byte: each must be there as a whole in time. The clock is the test's own."""

from __future__ import annotations

import socketserver
import threading
from urllib.parse import parse_qs

import pytest
from aws.deployed import ACCOUNT, REGION, TRUST
from aws.faulty_server import result

from iamglue.aws import response_deadline
from iamglue.aws.account_identity import read_account_identity
from iamglue.aws.collect import collect
from iamglue.aws.collect_request import CollectRequest
from iamglue.errors import NotEvaluatedError

LATE = "AWS sent no response to {} in time"
IDENTITY = f"<Arn>arn:aws:iam::{ACCOUNT}:user/u</Arn><UserId>u</UserId><Account>{ACCOUNT}</Account>"


def role(name: str) -> str:
    document = str(TRUST).replace("'", '"')
    return (
        f"<Role><RoleName>{name}</RoleName><Arn>arn:aws:iam::{ACCOUNT}:role/{name}</Arn><Path>/</Path><RoleId>i</RoleId>"
        f"<CreateDate>2026-01-01T00:00:00Z</CreateDate><AssumeRolePolicyDocument>{document}</AssumeRolePolicyDocument></Role>"
    )


def body(asked: dict[str, list[str]]) -> str:
    """The answer of STS or IAM to a request; empty for other services."""
    action = asked.get("Action", [""])[0]
    texts = {
        "GetCallerIdentity": IDENTITY,
        "GetRole": role(asked.get("RoleName", [""])[0]),
        "ListRolePolicies": "<PolicyNames/><IsTruncated>false</IsTruncated>",
        "ListAttachedRolePolicies": "<AttachedPolicies/><IsTruncated>false</IsTruncated>",
    }
    return result(action, texts.get(action, ""))


class SlowServer(socketserver.ThreadingTCPServer):
    """`slow` says from which byte on an answer is late: the clock passes the limit before that byte is sent."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.now = 0.0
        self.late_from: dict[str, int] = {}

    def clock(self) -> float:
        return self.now


class _Handler(socketserver.StreamRequestHandler):
    server: SlowServer

    def handle(self) -> None:
        length = 0
        while (line := self.rfile.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        asked = parse_qs(self.rfile.read(length).decode())
        text = body(asked).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n"
        whole = head.encode() + text
        name = asked.get("RoleName") or asked.get("Action") or [""]
        late_from = self.server.late_from.get(name[0])
        if late_from is None:
            self.wfile.write(whole)
            return
        at = late_from % len(whole)
        self.wfile.write(whole[:at])
        self.wfile.flush()
        self.server.now += response_deadline.RESPONSE_SECONDS + 1
        self.wfile.write(whole[at:])


@pytest.fixture
def server(monkeypatch):
    with SlowServer() as served:
        monkeypatch.setattr(response_deadline, "monotonic", served.clock)
        monkeypatch.setenv("AWS_ENDPOINT_URL", served.url)
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield served
        served.shutdown()


# In the status line, in a header, in the body, and before its last byte.
@pytest.mark.parametrize("at", [5, 40, 150, -1])
def test_an_answer_that_is_not_there_as_a_whole_in_time_is_no_answer(server, at):
    server.late_from["GetCallerIdentity"] = at
    with pytest.raises(NotEvaluatedError, match=LATE.format("sts:GetCallerIdentity")):
        read_account_identity(REGION)


def test_an_answer_in_time_is_read(server):
    assert read_account_identity(REGION).account == ACCOUNT


def test_each_answer_has_the_whole_time(server):
    for _ in range(3):
        assert read_account_identity(REGION).account == ACCOUNT
        server.now += response_deadline.RESPONSE_SECONDS - 1


def test_a_role_that_comes_too_slowly_is_a_gap_and_the_others_are_read(server):
    server.late_from["slow"] = 150
    account = collect(CollectRequest(roles=("fast", "slow"), region=REGION, workers=1))
    assert [found.name for found in account.roles] == ["fast"]
    assert {(gap.subject.name, gap.reason) for gap in account.gaps if gap.subject.kind == "role"} == {
        ("slow", LATE.format("iam:GetRole"))
    }


def test_a_role_that_is_assumed_too_slowly_by_the_profile_is_told(server, monkeypatch, tmp_path):
    config = f"[profile p]\nrole_arn = arn:aws:iam::{ACCOUNT}:role/r\ncredential_source = Environment\n"
    (tmp_path / "config").write_text(config)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    server.late_from["AssumeRole"] = 150
    with pytest.raises(NotEvaluatedError, match="in time"):
        collect(CollectRequest(roles=("fast",), region=REGION, profile="p"))
