"""moto behind a real socket of this machine, with AWS's own managed policies, and what talks to it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from execution.sessions import REGION, session
from support.warm_aws import warm_aws

TOOLS = Path(sys.executable).parent
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": REGION}
_PATIENCE = 60


@dataclass(frozen=True)
class Server:
    """A server that runs, and the directories of commands that come first for what talks to it."""

    url: str
    tools: str

    def client(self, service: str) -> Any:
        """A client of it."""
        return session("testing", "testing").client(service, endpoint_url=self.url)

    def forget(self) -> None:
        """Let it hold nothing, as at its start."""
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")).close()

    def run(self, *command: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        """A command for which the server is AWS."""
        path = f"{self.tools}{os.pathsep}{os.environ['PATH']}"
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment = own | CREDENTIALS | {"AWS_ENDPOINT_URL": self.url, "PATH": path} | more
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@contextlib.contextmanager
def moto_server(*policies: str) -> Iterator[Server]:
    """A server on a free port, ended when it is done with; it has these of AWS's managed policies."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, Path(__file__).with_name("moto_program.py"), str(port), *policies]
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = own | {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        with tempfile.TemporaryDirectory() as folder, warm_aws(Path(folder)):
            _wait_for(url, process)
            yield Server(url, f"{folder}{os.pathsep}{TOOLS}")
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, "moto_server has ended"
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/moto-api/data.json", timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")
