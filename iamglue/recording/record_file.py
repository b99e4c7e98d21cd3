"""The file of a recording: JSON in the form of `infer code`, with the calls from which it was made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from iamglue.errors import IamglueError, Location
from iamglue.files.atomic_write import WriteOptions, write_files
from iamglue.infer.code.json_report import code_report
from iamglue.infer.evidence import InferredCode
from iamglue.infer.recording.recorder import RecordedCall


def write_record(path: Path, inferred: InferredCode, calls: Sequence[RecordedCall]) -> None:
    """Write the record of a run. Raises IamglueError if the file cannot be written."""
    ordered = sorted(calls, key=lambda call: (call.code, call.test, call.client, call.operation, call.parameters))
    data = {**code_report(inferred), "calls": [call.as_data() for call in ordered]}
    write_files({path: (json.dumps(data, indent=2) + "\n").encode()}, WriteOptions({}))


def read_record(text: str, path: str) -> tuple[RecordedCall, ...]:
    """The calls of a record. Raises IamglueError for a text that is none."""
    try:
        return tuple(RecordedCall.from_data(call) for call in json.loads(text)["calls"])
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        hint = "write one with `pytest --iamglue-record FILE`"
        raise IamglueError("the file is not a recording of tests", hint=hint, location=Location(path)) from error
