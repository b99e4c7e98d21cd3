"""A worker process as a server uses it: one job at a time; a job that is cancelled ends the process.

The servers for editors and for assistants answer while a job runs, and a job that takes too long can be stopped.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from subprocess import PIPE, Popen
from typing import Any, Self

from iamglue.processes.job_worker import LENGTH

# Caches grow by some 50 KB with each different text; a new process starts with empty ones.
_MAX_JOBS = 1000
# To start a process again takes longer than most jobs, and editors cancel a request whenever the cursor moves.
_GRACE_SECONDS = 0.3


class JobFailedError(Exception):
    """A job without a result: the process ended, took too long, or raised."""


class JobProcess:
    """A process that is started when it is first needed, again after it was stopped, and after `max_jobs` jobs.

    A thread talks to it: the event loop's own processes cannot be ended safely while they start, or with the loop.
    """

    def __init__(
        self, command: Sequence[str], max_jobs: int = _MAX_JOBS, grace_seconds: float = _GRACE_SECONDS
    ) -> None:
        self._command = command
        self._max_jobs = max_jobs
        self._grace_seconds = grace_seconds
        self._job_count = 0
        self._process: Popen[bytes] | None = None
        self._lock = asyncio.Lock()

    @classmethod
    def of_module(cls, module: str, *arguments: str) -> Self:
        """A process that runs a module of iamglue, with the Python that runs this one.

        -P: the working directory may be a project of others, and its `json.py` must not be imported.
        """
        return cls([sys.executable, "-P", "-m", module, *arguments])

    async def run(self, job: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """The result of a job, both as data of JSON. Raises JobFailedError if there is none.

        If the caller's task is cancelled, a job that has begun has a moment left to end; then the process is stopped,
        so that a job does not go on for a question that is gone.
        """
        has_begun = asyncio.Event()
        task = asyncio.create_task(self._run_job(job, seconds, has_begun))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(_ignore_result)
            if has_begun.is_set():
                asyncio.get_running_loop().call_later(self._grace_seconds, task.cancel)
            else:
                task.cancel()
            raise

    async def _run_job(self, job: Mapping[str, Any], seconds: float, has_begun: asyncio.Event) -> dict[str, Any]:
        """Wait until the process is free, and do the job. Raises JobFailedError; a process that is late is stopped."""
        async with self._lock:
            has_begun.set()
            try:
                process = self._running_process()
                self._job_count += 1
                result = await asyncio.wait_for(asyncio.to_thread(_exchange, process, job), seconds)
            except TimeoutError as error:
                self.stop()
                raise JobFailedError(f"it took longer than {seconds:.0f} seconds") from error
            except (OSError, EOFError) as error:
                code = self._exit_code()
                raise JobFailedError(f"the process that does the work ended (exit code {code})") from error
            except asyncio.CancelledError:
                self.stop()
                raise
        if "error" in result:
            raise JobFailedError(str(result["error"]))
        return result

    def start(self) -> None:
        """Start the process before it is needed. A failure is reported by the first job."""
        try:
            self._running_process()
        except OSError:
            self._process = None

    def stop(self) -> None:
        """Stop the process, if it runs."""
        self._exit_code()

    def _running_process(self) -> Popen[bytes]:
        """The process, started if it does not run. Raises OSError if that fails."""
        if self._job_count >= self._max_jobs or (self._process is not None and self._process.poll() is not None):
            self._exit_code()
        if self._process is None:
            self._job_count = 0
            self._process = Popen(self._command, stdin=PIPE, stdout=PIPE)  # noqa: S603 - this Python, no shell
        return self._process

    def _exit_code(self) -> int | None:
        """Stop the process if it still runs, and return its exit code; the next job starts another one."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.kill()
        return process.wait()


def _ignore_result(task: asyncio.Task[dict[str, Any]]) -> None:
    """Take the exception of a job that nobody waits for, which asyncio would report otherwise."""
    if not task.cancelled():
        task.exception()


def _exchange(process: Popen[bytes], job: Mapping[str, Any]) -> dict[str, Any]:
    """Send a job, and read its result. Raises OSError or EOFError if the process ends."""
    if process.stdin is None or process.stdout is None:
        raise EOFError
    content = json.dumps(dict(job)).encode()
    process.stdin.write(LENGTH.pack(len(content)) + content)
    process.stdin.flush()
    header = process.stdout.read(LENGTH.size)
    if len(header) < LENGTH.size:
        raise EOFError
    (length,) = LENGTH.unpack(header)
    result = process.stdout.read(length)
    if len(result) < length:
        raise EOFError
    data: dict[str, Any] = json.loads(result)
    return data
