"""The worker process as the server uses it: one job at a time; a job that is cancelled ends the process."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence

from iamglue.language_server.check_worker import LENGTH
from iamglue.language_server.document_lint import PlainData
from iamglue.language_server.document_source import DocumentSource

_COMMAND = (sys.executable, "-m", "iamglue.language_server.check_worker")
# To lint the longest policies takes seconds; this is for what would never end.
CHECK_SECONDS = 120.0
# Caches grow by some 50 KB with each different text; a new process starts with empty ones.
_MAX_JOBS = 1000
# To start a process again takes longer than most jobs, and editors cancel a request whenever the cursor moves.
_GRACE_SECONDS = 0.3


class CheckFailedError(Exception):
    """A job without a result: the process ended, took too long, or raised."""


class CheckProcess:
    """A process that is started when it is first needed, again after it was stopped, and after `max_jobs` jobs."""

    def __init__(
        self, command: Sequence[str] = _COMMAND, max_jobs: int = _MAX_JOBS, grace_seconds: float = _GRACE_SECONDS
    ) -> None:
        self._command = command
        self._max_jobs = max_jobs
        self._grace_seconds = grace_seconds
        self._job_count = 0
        self._process: Process | None = None
        self._lock = asyncio.Lock()

    async def run(
        self, name: str, document: DocumentSource, *arguments: int, seconds: float = CHECK_SECONDS
    ) -> PlainData:
        """The result of a job. Raises CheckFailedError if there is none.

        If the caller's task is cancelled, a job that has begun has a moment left to end; then the process is stopped,
        so that a check does not go on for a text that is gone.
        """
        job = {"name": name, "path": document.path, "root": document.root, "text": document.text}
        has_begun = asyncio.Event()
        task = asyncio.create_task(self._run_job({**job, "arguments": arguments}, seconds, has_begun))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(_ignore_result)
            if has_begun.is_set():
                asyncio.get_running_loop().call_later(self._grace_seconds, task.cancel)
            else:
                task.cancel()
            raise

    async def _run_job(self, job: PlainData, seconds: float, has_begun: asyncio.Event) -> PlainData:
        async with self._lock:
            has_begun.set()
            try:
                process = await self._running_process()
                self._job_count += 1
                result = await asyncio.wait_for(_exchange(process, job), seconds)
            except TimeoutError as error:
                await self._exit_code()
                raise CheckFailedError(f"it took longer than {seconds:.0f} seconds") from error
            except (OSError, EOFError) as error:
                code = await self._exit_code()
                raise CheckFailedError(f"the process that checks documents ended (exit code {code})") from error
            except asyncio.CancelledError:
                self.stop()
                raise
        if "error" in result:
            raise CheckFailedError(str(result["error"]))
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


def _ignore_result(task: asyncio.Task[PlainData]) -> None:
    """Take the exception of a job that nobody waits for, which asyncio would report otherwise."""
    if not task.cancelled():
        task.exception()


async def _exchange(process: Process, job: PlainData) -> PlainData:
    """Send a job, and read its result. Raises OSError or EOFError if the process ends."""
    if process.stdin is None or process.stdout is None:
        raise EOFError
    content = json.dumps(job).encode()
    process.stdin.write(LENGTH.pack(len(content)) + content)
    await process.stdin.drain()
    header = await process.stdout.readexactly(LENGTH.size)
    result: PlainData = json.loads(await process.stdout.readexactly(*LENGTH.unpack(header)))
    return result
