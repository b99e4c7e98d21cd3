"""The recording of one run of pytest: its calls are merged from the workers of pytest-xdist, checked and written."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from iamglue.errors import IamglueError
from iamglue.infer.recording.hooks import install_hooks
from iamglue.infer.recording.recorded_access import MOTO_ACCOUNT, recorded_access
from iamglue.infer.recording.recorder import RecordedCall, Recorder
from iamglue.recording.record_file import write_record
from iamglue.recording.spec_check import SpecCheck

_OUTPUT = "iamglue_calls"
_NOTHING = (
    "iamglue: no call of AWS was recorded. Tests that replace boto3.client, or methods of clients, with mocks call "
    "nothing; use moto or botocore's Stubber."
)


def start_recording(config: pytest.Config, record: str | None, spec: str | None) -> None:
    """Register the recording of a run. Raises UsageError for a spec that cannot be read."""
    try:
        check = SpecCheck.of(spec) if spec else None
    except IamglueError as error:
        raise pytest.UsageError(f"--iamglue-spec: {error}") from error
    recorder = Recorder(config.rootpath)
    config.pluginmanager.register(Recording(recorder, record, check), "iamglue-recording")


class Recording:
    """The hooks of pytest while a run is recorded."""

    def __init__(self, recorder: Recorder, record: str | None, check: SpecCheck | None) -> None:
        self._recorder = recorder
        self._record = record
        self._check = check
        self._uninstall: Callable[[], None] = install_hooks(recorder)
        self._checked: dict[tuple[RecordedCall, ...], list[str]] = {}
        self._lost: list[str] = []
        self._result = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, location: tuple[str, int | None, str]) -> None:
        """Note which test runs now."""
        path, line, _ = location
        self._recorder.test = (path, (line or 0) + 1)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: Any) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Fail a test whose code called what the spec does not allow."""
        report = yield
        del item
        problems = self._problems()
        if problems and report.outcome == "passed":
            report.outcome = "failed"
            report.longrepr = "\n".join(problems)
        elif problems:
            report.sections.append(("iamglue", "\n".join(problems)))
        return report

    def _problems(self) -> list[str]:
        """What the calls since the last report lack."""
        if self._check is None:
            return []
        calls = self._recorder.take_recent()
        if calls and calls not in self._checked:
            self._checked[calls] = self._check.problems(calls, _account())
        return self._checked.get(calls, [])

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: Any) -> None:
        """Take the calls of a worker of pytest-xdist."""
        output = getattr(node, "workeroutput", None)
        if error is not None or output is None or _OUTPUT not in output:
            self._lost.append(str(node.gateway.id))
            return
        calls, by_tests = output[_OUTPUT]
        self._recorder.by_tests += by_tests
        self._recorder.calls.update(dict.fromkeys(map(RecordedCall.from_data, calls)))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand the calls to the controller of pytest-xdist, or write the record."""
        self._uninstall()
        calls = list(self._recorder.calls)
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput[_OUTPUT] = ([call.as_data() for call in calls], self._recorder.by_tests)
        elif self._record:
            try:
                write_record(Path(self._record), recorded_access(calls, _account()), calls)
            except (OSError, IamglueError) as error:
                self._result = f"iamglue: {self._record} could not be written: {error}"
                session.exitstatus = pytest.ExitCode.INTERNAL_ERROR
            else:
                self._result = f"iamglue: {len(calls)} different calls of AWS recorded in {self._record}"

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what was recorded, and what was not."""
        if self._result:
            terminalreporter.write_line(self._result)
        if self._recorder.by_tests:
            terminalreporter.write_line(f"iamglue: {self._recorder.by_tests} calls by the tests themselves left out")
        for worker in self._lost:
            terminalreporter.write_line(f"iamglue: the calls of worker {worker} are lost", red=True)
        if not self._recorder.calls:
            terminalreporter.write_line(_NOTHING, yellow=True)


def _account() -> str:
    return os.environ.get("MOTO_ACCOUNT_ID", MOTO_ACCOUNT)
