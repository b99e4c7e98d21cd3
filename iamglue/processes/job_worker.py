"""The loop of a worker process: it reads jobs from stdin, and writes their results to stdout.

Each message is its length in four bytes and then JSON. A process can be stopped in the middle of a job, and what a
job prints or breaks does not get between the results.
"""

from __future__ import annotations

import gc
import json
import os
import queue
import signal
import struct
import threading
from collections.abc import Callable
from typing import Any, BinaryIO

LENGTH = struct.Struct(">I")
_Data = dict[str, Any]


def serve_jobs(result_of: Callable[[_Data], _Data]) -> None:
    """Do jobs until stdin ends. `result_of` is the result of a job; it raises nothing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the whole group; the server decides
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing else may write between the results
    gc.set_threshold(50_000, 20, 50)  # parsed files have few reference cycles, and to search for them takes long
    jobs: queue.SimpleQueue[_Data] = queue.SimpleQueue()
    stdin = os.fdopen(os.dup(0), "rb")
    _close_stdin()
    threading.Thread(target=_read_jobs, args=(stdin, jobs), daemon=True).start()
    while True:
        content = json.dumps(result_of(jobs.get())).encode()
        results.write(LENGTH.pack(len(content)) + content)
        results.flush()


def _close_stdin() -> None:
    """Let `-` and /dev/stdin be empty for a job: what comes after it is the next job."""
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)


def _read_jobs(stream: BinaryIO, jobs: queue.SimpleQueue[_Data]) -> None:
    """Put the jobs of stdin into the queue; end the process at its end, even in the middle of a job."""
    while len(header := stream.read(LENGTH.size)) == LENGTH.size:
        jobs.put(json.loads(stream.read(*LENGTH.unpack(header))))
    os._exit(0)
