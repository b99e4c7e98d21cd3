"""The server while calls run: cancelled calls, calls that take too long, signals, and the end of standard input."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import pytest
from anyio import fail_after

from iamglue.processes.job_process import JobProcess

if TYPE_CHECKING:
    from mcp.client import Client

NEVER_ENDS = "import time; time.sleep(1000)"
ENDS = "import sys; sys.stdin.buffer.read(8); sys.exit(7)"
GREETING = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "tests", "version": "1"},
}


def process(program: str) -> JobProcess:
    return JobProcess([sys.executable, "-c", program], grace_seconds=0)


def client_of(checks: JobProcess, *limit: float) -> Client:
    """A client of the server in this process; the SDK is imported here, as it takes a second."""
    from mcp.client import Client

    from iamglue.assistant_server.server import build_server

    return Client(build_server(checks, *limit))


async def _result(checks: JobProcess, seconds: float) -> dict:
    async with client_of(checks, seconds) as client:
        result = await client.call_tool("lint_text", {"text": "{}"})
    checks.stop()
    assert result.is_error
    return result.structured_content["errors"][0]


@pytest.mark.parametrize(
    ("program", "seconds", "reason"),
    [(NEVER_ENDS, 0.1, "longer than"), (ENDS, 60, "the process that does the work ended")],
)
def test_a_call_that_does_not_end_is_an_error_and_not_an_answer(program, seconds, reason):
    error = anyio.run(_result, process(program), seconds)
    assert reason in error["message"]
    assert "nothing is known" in error["message"]


def test_a_cancelled_call_is_stopped_and_the_next_one_is_answered():
    async def cancel() -> None:
        checks = process(NEVER_ENDS)
        async with client_of(checks) as client:
            with anyio.move_on_after(0.3):
                await client.call_tool("lint_text", {"text": "{}"})
            checks._command = [sys.executable, "-c", ENDS]
            with fail_after(30):
                assert (await client.call_tool("lint_text", {"text": "{}"})).is_error
        checks.stop()

    anyio.run(cancel)


def start(tmp_path: Path) -> subprocess.Popen[bytes]:
    """A server that has answered its first message."""
    server = subprocess.Popen(
        [sys.executable, "-m", "iamglue", "mcp"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    send(server, "initialize", GREETING)
    server.stdout.readline()
    return server


def send(server: subprocess.Popen[bytes], method: str, params: object) -> None:
    message = {"jsonrpc": "2.0", "id": method, "method": method, "params": params}
    server.stdin.write(json.dumps(message).encode() + b"\n")
    server.stdin.flush()


@pytest.mark.parametrize("way", ["SIGTERM", "end of stdin"])
def test_the_server_ends_at_once_and_leaves_nothing_behind(tmp_path, way):
    server = start(tmp_path)
    assert [path.name[:8] for path in tmp_path.iterdir()] == ["iamglue-"]
    if way == "SIGTERM":
        server.send_signal(signal.SIGTERM)
    server.stdin.close()
    assert server.wait(30) == (130 if way == "SIGTERM" else 0)
    assert server.stdout.read() == b""
    server.stdout.close()
    assert [*tmp_path.iterdir()] == []
