"""The process that checks documents: what happens when it ends, hangs, prints, or raises."""

from __future__ import annotations

import asyncio
import json
import sys

import pytest

from iamglue.language_server.check_process import WORKER, CheckProcess
from iamglue.language_server.document_source import DocumentSource
from iamglue.processes.job_process import JobFailedError

pytestmark = pytest.mark.asyncio
READ = "import sys; sys.stdin.buffer.read(8);"


def document(tmp_path, text: str = "{}") -> DocumentSource:
    return DocumentSource(str(tmp_path / "policy.json"), str(tmp_path), text)


def process(program: str) -> CheckProcess:
    return CheckProcess([sys.executable, "-c", program])


async def test_a_process_that_ends_is_an_error_of_each_job_that_it_had(tmp_path):
    checks = process(f"{READ} sys.exit(7)")
    for _ in range(2):
        with pytest.raises(JobFailedError, match="exit code 7"):
            await checks.run_check("check", document(tmp_path))


async def test_a_job_that_never_ends_is_stopped(tmp_path):
    checks = process("import time; time.sleep(1000)")
    with pytest.raises(JobFailedError, match="longer than"):
        await checks.run_check("check", document(tmp_path), seconds=0.1)
    assert checks._process is None


async def test_a_cancelled_job_stops_its_process(tmp_path):
    checks = process("import time; time.sleep(1000)")
    checks.start()
    running = checks._process
    job = asyncio.create_task(checks.run_check("check", document(tmp_path)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert await asyncio.to_thread(running.wait, 60) < 0


async def test_a_cancelled_job_that_ends_soon_leaves_the_process_running(tmp_path):
    checks = CheckProcess([sys.executable, "-m", WORKER], grace_seconds=60)
    checks.start()
    running = checks._process
    job = asyncio.create_task(checks.run_check("check", document(tmp_path)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    job.cancel()
    policy = json.dumps({"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}})
    result = await checks.run_check("check", document(tmp_path, policy))
    assert result["findings"] != []  # not the result of the first job
    assert checks._process is running
    checks.stop()


async def test_a_process_is_replaced_after_many_jobs(tmp_path):
    checks = CheckProcess([sys.executable, "-m", WORKER], max_jobs=2)
    processes = []
    for _ in range(4):
        await checks.run_check("check", document(tmp_path))
        processes.append(checks._process.pid)
    assert [processes.count(pid) for pid in dict.fromkeys(processes)] == [2, 2]
    checks.stop()


async def test_an_exception_in_a_job_is_its_error_and_the_process_goes_on(tmp_path):
    checks = CheckProcess.of_module(WORKER)
    checks.start()
    running = checks._process
    with pytest.raises(JobFailedError, match="TypeError"):
        await checks.run_check("fixes", document(tmp_path))  # without its arguments
    policy = json.dumps({"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}})
    assert (await checks.run_check("check", document(tmp_path, policy)))["findings"] != []
    assert checks._process is running
    checks.stop()
    assert running.wait() < 0


async def test_a_module_of_the_working_directory_is_not_imported(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit(9)", encoding="utf-8")  # of a repository of others
    monkeypatch.chdir(tmp_path)
    checks = CheckProcess.of_module(WORKER)
    assert "findings" in await checks.run_check("check", document(tmp_path))
    checks.stop()
