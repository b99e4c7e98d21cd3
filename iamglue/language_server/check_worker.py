"""The process that checks documents: it reads jobs from stdin, and writes their results to stdout.

Each message is its length in four bytes and then JSON. A process can be stopped in the middle of a check, and what a
check prints or breaks does not reach the editor.
"""

from __future__ import annotations

import gc
import json
import os
import queue
import signal
import struct
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO

from iamglue.errors import IamglueError
from iamglue.language_server.document_lint import PlainData, check_data
from iamglue.language_server.document_source import DocumentSource
from iamglue.language_server.quick_fixes import fix_all_data, fixes_data
from iamglue.language_server.spec_origins import origins_data

_JOBS: dict[str, Callable[..., PlainData]] = {
    "check": check_data,
    "fixes": fixes_data,
    "fix-all": fix_all_data,
    "origins": origins_data,
}
LENGTH = struct.Struct(">I")


def main() -> None:
    """Do jobs until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the whole group; the server decides
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing else may write between the results
    gc.set_threshold(50_000, 20, 50)  # parsed files have few reference cycles, and to search for them takes long
    jobs: queue.SimpleQueue[PlainData] = queue.SimpleQueue()
    threading.Thread(target=_read_jobs, args=(sys.stdin.buffer, jobs), daemon=True).start()
    while True:
        content = json.dumps(_result(jobs.get())).encode()
        results.write(LENGTH.pack(len(content)) + content)
        results.flush()


def _read_jobs(stream: BinaryIO, jobs: queue.SimpleQueue[PlainData]) -> None:
    """Put the jobs of stdin into the queue; end the process at its end, even in the middle of a check."""
    while len(header := stream.read(LENGTH.size)) == LENGTH.size:
        jobs.put(json.loads(stream.read(*LENGTH.unpack(header))))
    os._exit(0)


def _result(job: PlainData) -> PlainData:
    """The result of a job; an exception becomes a result with `error`."""
    try:
        document = DocumentSource(job["path"], job["root"], job["text"])
        return _JOBS[job["name"]](document, *job["arguments"])
    except IamglueError as error:
        return {"error": str(error).replace("\n", "; ")}
    except Exception as error:  # noqa: BLE001 - the server reports it, and goes on
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    main()
