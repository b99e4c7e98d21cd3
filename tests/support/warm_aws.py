"""The AWS CLI in forks of one warm process: it takes a second to start, and a script calls it dozens of times.

Run as a program, this is that process; its arguments are the path of its socket.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PATIENCE = 60
_WARM_COMMANDS = (
    "iam get-role --role-name r",
    "lambda add-permission --function-name f --statement-id s --action a --principal p",
    "events put-rule --name r",
    "scheduler get-schedule --name s",
)
# A port that nobody listens at: a command goes as far as it can without an answer.
_NOWHERE = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_MAX_ATTEMPTS": "1",
}
_NOT_CONNECTED = 255
_LENGTH = 4  # bytes that say how long a request is
# What scripts find as `aws`: it sends its arguments, directory, environment and streams, and exits as it is told.
_CLIENT = """#!{python} -IS
import json, os, socket, sys
request = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    socket.send_fds(server, [len(request).to_bytes({length}, "big")], [0, 1, 2])
    server.sendall(request)
    sys.exit(int(server.recv(8)))
"""


@contextlib.contextmanager
def warm_aws(folder: Path) -> Iterator[None]:
    """Put an `aws` into a folder that works until the end of the context."""
    address = str(folder / "socket")
    program = folder / "aws"
    program.write_text(_CLIENT.format(python=sys.executable, address=address, length=_LENGTH), encoding="utf-8")
    program.chmod(0o755)
    process = subprocess.Popen([sys.executable, __file__, address])
    try:
        until = time.monotonic() + _PATIENCE
        while not Path(address).exists():
            assert process.poll() is None, "the warm process has ended"
            assert time.monotonic() < until, "the warm process does not listen"
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def _serve(address: str) -> None:
    from awscli.clidriver import main

    for name in ("awscli.botocore.loaders", "botocore.loaders"):  # by version of the AWS CLI
        if loaders := sys.modules.get(name):
            _share(loaders.JSONFileLoader, "load_file")
            _share(loaders.Loader, "list_available_services")
    os.environ.update(_NOWHERE)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for command in _WARM_COMMANDS:
            sys.argv = ["aws", *command.split()]
            assert main() == _NOT_CONNECTED, command
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{address}.new")
        listening.listen()
        Path(f"{address}.new").rename(address)
        while True:
            connection, _ = listening.accept()
            if not os.fork():
                with connection:
                    connection.sendall(str(_run(connection)).encode())
                os._exit(0)
            connection.close()


def _share(of: type, method: str) -> None:
    """Let all instances of a class, of which the AWS CLI makes new ones in each run, have the same results."""
    original = getattr(of, method)
    results: dict[tuple[Any, ...], Any] = {}

    def shared(self: Any, *arguments: Any, **named: Any) -> Any:
        key = (*arguments, *named.items())
        if key not in results:
            results[key] = original(self, *arguments, **named)
        return results[key]

    setattr(of, method, shared)


def _run(connection: socket.socket) -> int:
    """Run the AWS CLI as the client asks for, and return its exit code."""
    from awscli.clidriver import main

    length, streams, _, _ = socket.recv_fds(connection, _LENGTH, 3)
    request = b""
    while len(request) < int.from_bytes(length, "big"):
        request += connection.recv(1 << 16)
    arguments, folder, environment = json.loads(request)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.chdir(folder)
    data_path = os.environ["AWS_DATA_PATH"]  # set by the import of the AWS CLI
    os.environ.clear()
    os.environ.update(environment, AWS_DATA_PATH=data_path)
    sys.stdout, sys.stderr = open(1, "w", encoding="utf-8"), open(2, "w", encoding="utf-8")  # noqa: SIM115 - until the process ends
    sys.argv = ["aws", *arguments]
    try:
        return int(main())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


if __name__ == "__main__":
    _serve(sys.argv[1])
