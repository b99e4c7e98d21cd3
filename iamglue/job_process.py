"""A worker process as a server uses it: one job at a time; a job that is cancelled ends the process.

The servers for editors and for assistants answer while a job runs, and a job that takes too long can be stopped.
"""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from typing import Any, Self

from iamglue.job_worker import LENGTH

# Caches grow by some 50 KB with each different text; a new process starts with empty ones.
_MAX_JOBS = 1000
# To start a process again takes longer than most jobs, and editors cancel a request whenever the cursor moves.
_GRACE_SECONDS = 0.3


class JobFailedError(Exception):
    """A job without a result: the process ended, took too long, or raised."""


class JobProcess:
    """A process that is started when it is first needed, again after it was stopped, and after `max_jobs` jobs."""

    def __init__(
        self, command: Sequence[str], max_jobs: int = _MAX_JOBS, grace_seconds: float = _GRACE_SECONDS
    ) -> None:
        self._command = command
        self._max_jobs = max_jobs
        self._grace_seconds = grace_seconds
        self._job_count = 0
        self._process: Process | None = None
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
        async with self._lock:
            has_begun.set()
            try:
                process = await self._running_process()
                self._job_count += 1
                result = await asyncio.wait_for(_exchange(process, job), seconds)
            except TimeoutError as error:
                await self._exit_code()
                raise JobFailedError(f"it took longer than {seconds:.0f} seconds") from error
            except (OSError, EOFError) as error:
                code = await self._exit_code()
                raise JobFailedError(f"the process that does the work ended (exit code {code})") from error
            except asyncio.CancelledError:
                self.stop()
                raise
        if "error" in result:
            raise JobFailedError(str(result["error"]))
        return result

    async def start(self) -> None:
        """Start the process before it is needed. A failure is reported by the first job."""
        async with self._lock:
            try:
                await self._running_process()
            except OSError:
                self._process = None

    def stop(self) -> None:
        """Stop the process, if it runs."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        self._process = None

    async def close(self) -> None:
        """Stop the process, and wait until it has ended: before the event loop is closed."""
        await self._exit_code()

    async def _running_process(self) -> Process:
        if self._job_count >= self._max_jobs:
            await self._exit_code()
        if self._process is None or self._process.returncode is not None:
            self._job_count = 0
            self._process = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE)
        return self._process

    async def _exit_code(self) -> int | None:
        """Stop the process if it still runs, and return its exit code; the next job starts another one."""
        process, self._process = self._process, None
        if process is None:
            return None
        if process.returncode is None:
            process.kill()
        return await process.wait()


def _ignore_result(task: asyncio.Task[dict[str, Any]]) -> None:
    """Take the exception of a job that nobody waits for, which asyncio would report otherwise."""
    if not task.cancelled():
        task.exception()


async def _exchange(process: Process, job: Mapping[str, Any]) -> dict[str, Any]:
    """Send a job, and read its result. Raises OSError or EOFError if the process ends."""
    if process.stdin is None or process.stdout is None:
        raise EOFError
    content = json.dumps(dict(job)).encode()
    process.stdin.write(LENGTH.pack(len(content)) + content)
    await process.stdin.drain()
    header = await process.stdout.readexactly(LENGTH.size)
    result: dict[str, Any] = json.loads(await process.stdout.readexactly(*LENGTH.unpack(header)))
    return result
