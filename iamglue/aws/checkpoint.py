"""What a run has read so far, in a file, so that another run goes on where it was cut short.

Lines of JSON: first what the run is about, then functions and roles as they are read, each with its new documents
before it. Only what was read whole is kept: what failed is asked again. A last line that was cut off is left out.
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
# What is older may have changed: the run begins anew.
_OLDEST = timedelta(hours=24)
# Of an account with tens of thousands of roles.
_MAX_BYTES = 1024 * 1024 * 1024
_REMOVE = "name another file, or remove it"


class Checkpoint:
    """Functions and roles by ARN. `started` is when the first of the runs began."""

    def __init__(self, path: Path | None, account: str, region: str) -> None:
        """Read what is kept at `path`; with None nothing is kept.

        Raises IamglueError for a file that is something else, or of another account or Region.
        """
        self.started = utc_timestamp(datetime.now(UTC)) or ""
        self._path = path
        self._about = {"account": account, "region": region}
        self._documents = DocumentTable()
        self._written = 0
        self._kept: dict[str, DeployedFunction | Role] = {}
        self._lock = threading.Lock()
        self._file: TextIO | None = None
        if path is not None:
            self._resume(path)

    def get(self, arn: str) -> DeployedFunction | Role | None:
        """What was read of the function or role with this ARN."""
        return self._kept.get(arn)

    def add(self, value: DeployedFunction | Role) -> None:
        """Keep what was read whole."""
        if self._file is None:
            return
        with self._lock:
            self._put(*self._lines(value))

    def close(self, *, done: bool) -> None:
        """End the run; what was kept is of no more use where it is done."""
        if self._file is not None and self._path is not None:
            with suppress(OSError):  # what could not be written was told when it was
                self._file.flush()
            if done:
                self._path.unlink(missing_ok=True)
            self._file.close()

    def _put(self, *lines: Mapping[str, Any]) -> None:
        if self._file is None or self._path is None:
            return
        try:
            self._file.write("".join(map(_line, lines)))
            self._file.flush()
        except OSError as error:  # a full disk
            raise _cannot_keep(error, self._path) from error

    def _resume(self, path: Path) -> None:
        try:
            old = open_file(str(path)) if path.exists() or path.is_symlink() else None
            with old or nullcontext():
                if old is not None and not try_lock(old.fileno()):
                    raise _taken(path)
                content = None if old is None else old.read()
                self._read((content or b"").decode(), path)
                self._file = self._begun_anew(path, content)
        except OSError as error:
            raise _cannot_keep(error, path) from error
        except UnicodeDecodeError as error:
            message = "this is not what an earlier run kept: it is not UTF-8"
            raise IamglueError(message, hint=_REMOVE, location=Location(str(path))) from error

    def _begun_anew(self, path: Path, old: bytes | None) -> TextIO:
        """The file without what was cut off, to which lines can be added; locked for as long as it is open."""
        self._documents, self._written = DocumentTable(), 0
        lines = [{"version": _VERSION, **self._about, "started": self.started}]
        lines += [line for value in self._kept.values() for line in self._lines(value)]
        read = {Path(os.path.realpath(path)): None if old is None else content_digest(old)}
        written = write_files({path: "".join(map(_line, lines)).encode()}, WriteOptions(read, private=True))
        file = path.open("a", encoding="utf-8")
        if written.skipped or not try_lock(file.fileno()):
            file.close()
            raise _taken(path)
        return file

    def _lines(self, value: DeployedFunction | Role) -> list[dict[str, Any]]:
        """The lines that say what was read: its documents that are new, and itself."""
        kind = next(name for name, each in _KINDS.items() if isinstance(value, each))
        data = to_json(value, self._documents)
        new = self._documents.texts[self._written :]
        self._written = len(self._documents.texts)
        return [*({"document": text} for text in new), {kind: data}]

    def _read(self, text: str, path: Path) -> None:
        lines = text.split("\n")[:-1]
        if not text:
            return
        head = _parsed(lines[0]) if lines else None
        if not isinstance(head, dict) or head.get("version") != _VERSION or "started" not in head:
            raise IamglueError("this is not what an earlier run kept", location=Location(str(path)))
        about = {key: head.get(key) for key in self._about}
        if about != self._about:
            words = f"an earlier run kept what it read of account {about['account']} in {about['region']} here"
            raise IamglueError(words, hint=_REMOVE, location=Location(str(path)))
        if _age(head["started"]) <= _OLDEST:
            self.started = head["started"]
            try:
                self._keep(lines[1:])
            except IamglueError as error:
                message = f"this is not what an earlier run kept: {error.message}"
                raise IamglueError(message, hint=_REMOVE, location=Location(str(path))) from error

    def _keep(self, lines: list[str]) -> None:
        for line in lines:
            found = _parsed(line)
            if not isinstance(found, dict) or len(found) != 1:
                return  # cut off here
            ((kind, data),) = found.items()
            if kind == "document":
                self._documents.texts.append(from_json(str, data, self._documents, "/document"))
            elif kind in _KINDS:
                value = from_json(_KINDS[kind], data, self._documents)
                self._kept[value.arn] = value


def _taken(path: Path) -> IamglueError:
    words = "another run keeps what it reads in this file"
    return IamglueError(words, hint="wait for its end, or name another file", location=Location(str(path)))


def _line(data: Any) -> str:
    return json.dumps(data) + "\n"


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _cannot_keep(error: OSError, path: Path) -> IamglueError:
    reason = (error.strerror or str(error)).lower()
    return IamglueError(f"cannot keep what was read: {reason}", location=Location(str(path)))


def _age(started: str) -> timedelta:
    try:
        return datetime.now(UTC) - datetime.fromisoformat(started)
    except (TypeError, ValueError):
        return _OLDEST * 2
