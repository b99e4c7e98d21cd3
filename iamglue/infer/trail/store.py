"""The store: Parquet files of counted flat rows, each written with the list of the log files that it stands for.

`store.json` names the files that count. It is replaced as a whole after they are written, so that a run that is killed
leaves the store as it was before, or with one batch more. One run at a time adds to a store: it holds the lock of the
folder.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from iamglue.errors import IamglueError
from iamglue.files.lock import lock_folder
from iamglue.infer.trail.aggregation import merge_sql
from iamglue.infer.trail.database import Database, lines_sql, parquet_sql
from iamglue.infer.trail.reading import TrailFileResult
from iamglue.model.trail_files import SkippedFile

_FORMAT = 2
_MANIFEST = "store.json"
_ROWS, _FILES = ".rows.parquet", ".files.parquet"
_WORK = "work"
_FILE_COLUMNS = {
    "key": "VARCHAR",
    "version": "VARCHAR",
    "name": "VARCHAR",
    "records": "BIGINT",
    "unreadable": "BIGINT",
    "is_log": "BOOLEAN",
}
# Batches that are smaller are merged into one when there are many of them.
_SMALL_BATCH = 1_000_000
_MAX_SMALL_BATCHES = 8
# Another run may read for hours, and its lock ends with it.
_LONGEST_WAIT = 7 * 24 * 3600.0
_HINT = "give a new folder with --store, and read the files again"


@dataclass(frozen=True, slots=True)
class StoreTotals:
    """How many files, records and unreadable records are in the store; `others` are files that are no log files."""

    files: int = 0
    records: int = 0
    unreadable: int = 0
    others: int = 0

    def __add__(self, other: StoreTotals) -> StoreTotals:
        """The totals of both."""
        pairs = zip(astuple(self), astuple(other), strict=True)
        return StoreTotals(*(one + more for one, more in pairs))


class TrailStore:
    """A store in a folder."""

    def __init__(self, folder: Path, work_folder: Path | None = None) -> None:
        self.folder = folder
        # The folder for temporary files: of the run that holds the lock, or the given one.
        self.work_folder = work_folder or folder / _WORK
        self._database: Database | None = None
        self._batches: list[dict[str, Any]] = []
        # What could not be read, by the name of its source.
        self.failed: dict[str, list[SkippedFile]] = {}
        self._read_manifest()

    @property
    def identity(self) -> str:
        """A text that changes with the rows that are in the store."""
        failed = [(source, item.name, item.reason) for source, items in self.failed.items() for item in items]
        return json.dumps([sorted(batch["id"] for batch in self._batches), sorted(failed)])

    @property
    def database(self) -> Database:
        """The connection, made when it is first needed: processes are started before that."""
        if self._database is None:
            self._database = Database(self.work_folder)
        return self._database

    @property
    def row_paths(self) -> list[Path]:
        """The Parquet files of flat rows."""
        return [self.folder / f"{batch['id']}{_ROWS}" for batch in self._batches if batch["rows"]]

    @property
    def row_count(self) -> int:
        """The number of flat rows in the files."""
        return sum(batch["rows"] for batch in self._batches)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock, and remove what killed runs left. Raises IamglueError for a file system without locks."""
        with lock_folder(self.folder, _LONGEST_WAIT) as is_locked:
            if not is_locked:
                message = f"{self.folder}: the file system does not support locks, so that two runs could count twice"
                raise IamglueError(message, hint="give --store a folder on a local disk")
            self._read_manifest()
            self._remove_unlisted()
            shutil.rmtree(self.work_folder, ignore_errors=True)
            try:
                with _disk_errors(self.folder):
                    self.work_folder.mkdir()
                yield
            finally:
                self.close()
                shutil.rmtree(self.work_folder, ignore_errors=True)

    def known_files(self) -> dict[str, str]:
        """The key of each log file that is in the store, and its version."""
        if not self._batches:
            return {}
        return dict(self.database.rows(f"SELECT key, version FROM {parquet_sql(self._file_paths())}"))  # noqa: S608

    def totals(self) -> StoreTotals:
        """How much is in the store."""
        if not self._batches:
            return StoreTotals()
        table = parquet_sql(self._file_paths())
        sums = "coalesce(sum(records), 0), coalesce(sum(unreadable), 0), count(*) FILTER (WHERE NOT is_log)"
        (totals,) = self.database.rows(f"SELECT count(*), {sums} FROM {table}")  # noqa: S608
        return StoreTotals(*map(int, totals))

    def set_failed(self, sources: Iterable[str], failed: Iterable[tuple[str, SkippedFile]]) -> None:
        """Replace what could not be read of some sources. Raises IamglueError; then the store is as it was."""
        updated = {source: items for source, items in self.failed.items() if source not in set(sources)}
        for source, item in failed:
            updated.setdefault(source, []).append(item)
        if updated != self.failed or not self._batches:
            self.failed = updated
            self._commit(self._batches, [])

    def add(self, lines: Sequence[Path], files: Iterable[TrailFileResult]) -> None:
        """Add what was counted in log files, and delete the lines. Raises IamglueError; then the store is as it was."""
        batch = uuid.uuid4().hex
        rows = self.database.write_parquet(merge_sql(lines_sql(lines)), self._rows_path(batch)) if lines else 0
        list_path = self.work_folder / f"{batch}.files.tsv"
        with _disk_errors(self.folder):
            list_path.write_text("".join(map(_file_line, files)), encoding="utf-8", errors="replace", newline="")
        self.database.write_parquet(
            f"SELECT * FROM {lines_sql([list_path], _FILE_COLUMNS)}",  # noqa: S608 - our own path
            self.folder / f"{batch}{_FILES}",
        )
        self._commit([*self._batches, {"id": batch, "rows": rows}], [batch])
        for path in (*lines, list_path):
            path.unlink(missing_ok=True)

    def merge_small_batches(self) -> None:
        """Merge small batches into one if there are many, so that the store grows with what is distinct."""
        small = [batch for batch in self._batches if batch["rows"] < _SMALL_BATCH]
        if len(small) <= _MAX_SMALL_BATCHES:
            return
        batch = uuid.uuid4().hex
        paths = [self._rows_path(one["id"]) for one in small if one["rows"]]
        rows = self.database.write_parquet(merge_sql(parquet_sql(paths)), self._rows_path(batch)) if paths else 0
        lists = [self.folder / f"{one['id']}{_FILES}" for one in small]
        self.database.write_parquet(f"SELECT * FROM {parquet_sql(lists)}", self.folder / f"{batch}{_FILES}")  # noqa: S608
        self._commit([*(one for one in self._batches if one not in small), {"id": batch, "rows": rows}], [batch])
        self._remove_unlisted()

    def close(self) -> None:
        """Close the connection."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _rows_path(self, batch: str) -> Path:
        return self.folder / f"{batch}{_ROWS}"

    def _file_paths(self) -> list[Path]:
        return [self.folder / f"{batch['id']}{_FILES}" for batch in self._batches]

    def _read_manifest(self) -> None:
        """Read which batches count. Raises IamglueError for a list that cannot be read, or of another version."""
        path = self.folder / _MANIFEST
        try:
            manifest = json.loads(path.read_bytes())
            if manifest["format"] != _FORMAT:
                raise IamglueError(f"{path}: another version of iamglue wrote the store", hint=_HINT)
            self._batches = [{"id": str(batch["id"]), "rows": int(batch["rows"])} for batch in manifest["batches"]]
            self.failed = {
                str(source): [SkippedFile(str(name), str(reason), is_failure=True) for name, reason in failures]
                for source, failures in manifest["failed"].items()
            }
        except FileNotFoundError:
            self._batches = []
        except OSError as error:
            raise IamglueError(f"cannot read {path}: {error.strerror or error}") from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise IamglueError(f"{path} is not the list of a store", hint=_HINT) from error

    def _commit(self, batches: list[dict[str, Any]], new: Iterable[str]) -> None:
        """Write the new files to the disk, and then the list that names them."""
        failed = {source: [(item.name, item.reason) for item in items] for source, items in self.failed.items()}
        with _disk_errors(self.folder):
            for batch in new:
                for path in (self._rows_path(batch), self.folder / f"{batch}{_FILES}"):
                    if path.exists():
                        _sync(path)
            staged = self.folder / f"{_MANIFEST}.part"
            with staged.open("w", encoding="utf-8") as file:
                json.dump({"format": _FORMAT, "batches": batches, "failed": failed}, file)
                file.flush()
                os.fsync(file.fileno())
            staged.replace(self.folder / _MANIFEST)
            _sync(self.folder)
        self._batches = batches

    def _remove_unlisted(self) -> None:
        """Remove the files of killed runs, and those that were merged."""
        listed = {batch["id"] for batch in self._batches}
        for path in self.folder.glob("*.parquet"):
            if path.name.endswith((_ROWS, _FILES)) and path.name.partition(".")[0] not in listed:
                with suppress(OSError):
                    path.unlink()
        for path in self.folder.glob("answer-*.part"):
            with suppress(OSError):
                path.unlink()


def is_store(folder: Path) -> bool:
    """Whether a folder contains a store."""
    return (folder / _MANIFEST).is_file()


def _file_line(result: TrailFileResult) -> str:
    """A log file as a line of the list of files; control characters in names are escaped."""
    texts = (result.file.key, result.file.version, result.file.name)
    clean = (text.translate(_CONTROLS) for text in texts)
    return "\t".join((*clean, str(result.records), str(result.unreadable), str(result.is_log).lower())) + "\n"


_CONTROLS = {code: f"%{code:02X}" for code in (*range(32), 127)}


def stored_key(result_key: str) -> str:
    """A file's key as the store has it."""
    return result_key.translate(_CONTROLS).encode("utf-8", "replace").decode()


def _sync(path: Path) -> None:
    """Write a file, or the entries of a directory, from the system's memory to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    """Raise an error of the disk as IamglueError: the store is as it was before."""
    try:
        yield
    except OSError as error:
        message = f"cannot write the store in {folder}: {error.strerror or error}"
        raise IamglueError(message, hint="what was stored before is kept") from error
