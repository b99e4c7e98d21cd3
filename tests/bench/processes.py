"""What a process and its children take: seconds, memory that is really theirs, and connections at once."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PERIOD = 0.2
_ESTABLISHED = "01"


@dataclass(frozen=True)
class Taken:
    """`mebibytes` is the most that all processes had at once, what they share counted once."""

    seconds: float
    mebibytes: float
    connections: int


def run(command: Sequence[str], environment: Mapping[str, str] | None = None, port: int | None = None) -> Taken:
    """What a command takes, which may find faults (exit status 1); `port` is the one to count connections to."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    kibibytes = connections = 0
    while process.poll() is None:
        kibibytes = max(kibibytes, sum(map(_kibibytes, _tree(process.pid))))
        connections = max(connections, _connections(port) if port else 0)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PERIOD)
    seconds = time.perf_counter() - begin
    if process.returncode not in (0, 1):
        said = process.stderr.read().decode() if process.stderr else ""
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {said[-2000:]}")
    return Taken(seconds, (kibibytes or _largest()) / 1024, connections)


def _tree(process: int) -> Iterator[int]:
    yield process
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _tree(int(child))


def _kibibytes(process: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def _largest() -> float:
    """The largest of all children so far, where the system tells no more."""
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return most if sys.platform == "linux" else most / 1024


def _connections(port: int) -> int:
    """How many sockets of this machine are connected to a port of it."""
    found = 0
    with suppress(OSError):
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            found += fields[2].endswith(f":{port:04X}") and fields[3] == _ESTABLISHED
    return found
