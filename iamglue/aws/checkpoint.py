"""The checkpoint file of a run: stores what was read so far, so that another run can resume.

JSON lines: the first line has the account and Region of the run, the others the functions and roles in the order they
were read, each after its new policy documents. Only completely read subjects are saved; those with failures are read
again. A truncated last line is ignored.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from iamglue.aws.codec import DocumentTable, from_json, to_json
from iamglue.aws.roles import utc_timestamp
from iamglue.errors import IamglueError, Location
from iamglue.files.atomic_write import WriteOptions, write_files
from iamglue.files.lock import try_lock
from iamglue.files.output_file import content_digest
from iamglue.files.text_files import open_file
from iamglue.model.account import DeployedFunction, Role

_VERSION = 1
_KINDS: Mapping[str, type[DeployedFunction | Role]] = {"function": DeployedFunction, "role": Role}
# An older checkpoint is not used: the account may have changed.
_MAX_AGE = timedelta(hours=24)
# Enough for an account with tens of thousands of roles.
_MAX_BYTES = 1024 * 1024 * 1024
_REMOVE_HINT = "name another file, or delete this one"


class Checkpoint:
    """Saved functions and roles by ARN. `started` is the start time of the first of the resumed runs."""

    def __init__(self, path: Path | None, account: str, region: str) -> None:
        """Load the checkpoint at `path`; with None nothing is saved.

        Raises IamglueError for a file that is not a checkpoint, or is of another account or Region.
        """
        self.started = utc_timestamp(datetime.now(UTC)) or ""
        self._path = path
        self._scope = {"account": account, "region": region}
        self._documents = DocumentTable()
        self._written_documents = 0
        self._values: dict[str, DeployedFunction | Role] = {}
        self._lock = threading.Lock()
        self._file: TextIO | None = None
        if path is not None:
            self._resume(path)

    def get(self, arn: str) -> DeployedFunction | Role | None:
        """The saved function or role with this ARN, else None."""
        return self._values.get(arn)

    def add(self, value: DeployedFunction | Role) -> None:
        """Save a completely read function or role."""
        if self._file is None:
            return
        with self._lock:
            self._write_lines(*self._lines(value))

    def close(self, *, done: bool) -> None:
        """Close the file; delete it if the run is done."""
        if self._file is not None and self._path is not None:
            with suppress(OSError):  # `_write_lines` already raised this error
                self._file.flush()
            if done:
                self._path.unlink(missing_ok=True)
            self._file.close()

    def _write_lines(self, *lines: Mapping[str, Any]) -> None:
        """Append lines and flush them, so that a run that is killed loses none. Raises IamglueError."""
        if self._file is None or self._path is None:
            return
        try:
            self._file.write("".join(map(_json_line, lines)))
            self._file.flush()
        except OSError as error:  # a full disk
            raise _write_error(error, self._path) from error

    def _resume(self, path: Path) -> None:
        """Load the file, if there is one, and rewrite it. Raises IamglueError if another run has it open."""
        try:
            old_file = open_file(str(path)) if path.exists() or path.is_symlink() else None
            with old_file or nullcontext():
                if old_file is not None and not try_lock(old_file.fileno()):
                    raise _in_use_error(path)
                content = None if old_file is None else old_file.read()
                self._load((content or b"").decode(), path)
                self._file = self._rewrite_file(path, content)
        except OSError as error:
            raise _write_error(error, path) from error
        except UnicodeDecodeError as error:
            message = "the file is not a checkpoint of an earlier run: it is not UTF-8"
            raise IamglueError(message, hint=_REMOVE_HINT, location=Location(str(path))) from error

    def _rewrite_file(self, path: Path, old_content: bytes | None) -> TextIO:
        """Rewrite the file without a truncated line, and return it open for appending, locked until it is closed."""
        self._documents, self._written_documents = DocumentTable(), 0
        lines = [{"version": _VERSION, **self._scope, "started": self.started}]
        lines += [line for value in self._values.values() for line in self._lines(value)]
        read = {Path(os.path.realpath(path)): None if old_content is None else content_digest(old_content)}
        written = write_files({path: "".join(map(_json_line, lines)).encode()}, WriteOptions(read, private=True))
        file = path.open("a", encoding="utf-8")
        if written.skipped or not try_lock(file.fileno()):
            file.close()
            raise _in_use_error(path)
        return file

    def _lines(self, value: DeployedFunction | Role) -> list[dict[str, Any]]:
        """The lines of a function or role: its new documents, then the value itself."""
        kind = next(name for name, value_type in _KINDS.items() if isinstance(value, value_type))
        data = to_json(value, self._documents)
        new_texts = self._documents.texts[self._written_documents :]
        self._written_documents = len(self._documents.texts)
        return [*({"document": text} for text in new_texts), {kind: data}]

    def _load(self, text: str, path: Path) -> None:
        """Read all lines, but nothing of a run that began longer than `_MAX_AGE` ago. Raises IamglueError."""
        lines = text.split("\n")[:-1]
        if not text:
            return
        head = _parse_line(lines[0]) if lines else None
        if not isinstance(head, dict) or head.get("version") != _VERSION or "started" not in head:
            raise IamglueError("the file is not a checkpoint of an earlier run", location=Location(str(path)))
        saved_scope = {key: head.get(key) for key in self._scope}
        if saved_scope != self._scope:
            text = f"the file is the checkpoint of account {saved_scope['account']} in {saved_scope['region']}"
            raise IamglueError(text, hint=_REMOVE_HINT, location=Location(str(path)))
        if _age_of_run(head["started"]) <= _MAX_AGE:
            self.started = head["started"]
            try:
                self._load_lines(lines[1:])
            except IamglueError as error:
                message = f"the file is not a checkpoint of an earlier run: {error.message}"
                raise IamglueError(message, hint=_REMOVE_HINT, location=Location(str(path))) from error

    def _load_lines(self, lines: list[str]) -> None:
        """Read documents and values up to a truncated line.

        Raises IamglueError for a line that does not have their form.
        """
        for line in lines:
            record = _parse_line(line)
            if not isinstance(record, dict) or len(record) != 1:
                return  # the line is truncated
            ((kind, data),) = record.items()
            if kind == "document":
                self._documents.texts.append(from_json(str, data, self._documents, "/document"))
            elif kind in _KINDS:
                value = from_json(_KINDS[kind], data, self._documents)
                self._values[value.arn] = value


def _in_use_error(path: Path) -> IamglueError:
    message = "another run is using this checkpoint file"
    return IamglueError(message, hint="wait until that run ends, or name another file", location=Location(str(path)))


def _json_line(data: Any) -> str:
    return json.dumps(data) + "\n"


def _parse_line(line: str) -> Any:
    """The data of a line; None if it is truncated or not JSON."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _write_error(error: OSError, path: Path) -> IamglueError:
    reason = (error.strerror or str(error)).lower()
    return IamglueError(f"the checkpoint cannot be written: {reason}", location=Location(str(path)))


def _age_of_run(started: str) -> timedelta:
    """How long ago a run started; longer than is allowed for a text that is not a time."""
    try:
        return datetime.now(UTC) - datetime.fromisoformat(started)
    except (TypeError, ValueError):
        return _MAX_AGE * 2
