"""What a process and its children take: seconds, and memory that is really theirs."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

_PERIOD = 0.2
_UNCOMPILED = "PYTHONDONTWRITEBYTECODE"


@dataclass(frozen=True)
class Taken:
    """`mebibytes` is the most that all processes had at once, what they share counted once."""

    seconds: float
    mebibytes: float


def run(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    statuses: Sequence[int] = (0, 1),
    *,
    watched: bool = True,
) -> Taken:
    """What a command takes that ends with one of the statuses; 1 is that of findings.

    To look at a process's memory holds it up a little: without `watched`, only its time is taken.
    """
    # Programs keep their compiled modules where they are used, so that is how they are timed.
    environment = {name: value for name, value in (environment or os.environ).items() if name != _UNCOMPILED}
    begin = time.perf_counter()
    kibibytes = 0
    with TemporaryFile() as said:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=said)
        while watched and process.poll() is None:
            kibibytes = max(kibibytes, sum(map(_kibibytes, _tree(process.pid))))
            with suppress(subprocess.TimeoutExpired):
                process.wait(_PERIOD)
        process.wait()
        seconds = time.perf_counter() - begin
        if process.returncode not in statuses:
            said.seek(0)
            raise RuntimeError(f"{command[0]} ended with {process.returncode}: {said.read()[-2000:].decode()}")
    return Taken(seconds, (kibibytes or _largest()) / 1024)


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
