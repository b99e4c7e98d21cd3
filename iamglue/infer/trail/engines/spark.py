"""Apache Spark counts log files: on this machine (`local[4]`) or on a cluster.

Spark decompresses and decodes the files, and groups their records; the groups come back to this process. Files that are
no log files of a trail, or that Spark cannot read to the end, are read here, as without Spark: so each is counted, or
reported.

https://spark.apache.org/docs/latest/sql-data-sources-json.html
https://spark.apache.org/docs/latest/sql-data-sources-generic-options.html
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from iamglue.errors import IamglueError, NotEvaluatedError
from iamglue.infer.trail.engines.record_groups import GroupCounter
from iamglue.infer.trail.engines.record_sql import EngineDialect, count_sql, engine_usage_sql
from iamglue.infer.trail.flat_counter import FlatCounter
from iamglue.infer.trail.reading import FileReading, FileTask, ReadResult, TrailFileResult, TrailPeriod
from iamglue.model.trail_files import TrailFile

_INSTALL = "pip install 'iamglue[spark]'"
_IDENTITY = (
    "STRUCT<type: STRING, arn: STRING, accountId: STRING, userName: STRING, invokedBy: STRING, "
    "sessionContext: STRUCT<sessionIssuer: STRUCT<arn: STRING>>, "
    "inScopeOf: STRUCT<issuerType: STRING, credentialsIssuedTo: STRING>>"
)
_EVENT = (
    "STRUCT<eventSource: STRING, eventName: STRING, eventTime: STRING, eventType: STRING, awsRegion: STRING, "
    "recipientAccountId: STRING, userAgent: STRING, errorCode: STRING, managementEvent: BOOLEAN, "
    f"userIdentity: {_IDENTITY}, resources: ARRAY<STRUCT<ARN: STRING>>, requestParameters: MAP<STRING, VARIANT>>"
)
_DAMAGED = "damaged"
_SCHEME = re.compile(r"^[a-z0-9]+:(?://)?")
_SCHEMA = f"Records ARRAY<{_EVENT}>, {_DAMAGED} STRING"
_IS_LOG = f"{_DAMAGED} IS NULL AND Records IS NOT NULL"
_LOGS = f"(SELECT file_path, {_IS_LOG} AS is_log, IF({_IS_LOG}, Records, ARRAY()) AS Records FROM logs)"  # noqa: S608 - our own names
# A row for each record. One more for each file, which is a group of its own: `file` is its path if it is not a log
# file, else empty, so that the files that Spark read are counted.
_SOURCE = (
    "(SELECT IF(place < SIZE(Records), NULL, IF(is_log, '', file_path)) AS file, record.* "  # noqa: S608
    f"FROM {_LOGS} LATERAL VIEW POSEXPLODE(CONCAT(Records, ARRAY(NULL))) AS place, record)"
)
_DIALECT = EngineDialect(
    name="spark",
    json_text="TO_JSON({})",
    parameters="requestparameters",
    is_text="SCHEMA_OF_VARIANT(v) = 'STRING'",
    text="CAST(v AS STRING)",
    value_of_text="CAST({} AS VARIANT)",
    is_management="CASE WHEN managementevent THEN 'true' WHEN NOT managementevent THEN 'false' END",
    unparsed="'null'",
)


class SparkEngine:
    """Spark with a master (`local[4]`, `spark://HOST:7077`, `yarn`)."""

    name = "Spark"

    def __init__(self, master: str) -> None:
        self._master = master
        self._session: Any = None
        self._numbers = count(1)

    def read(self, tasks: Sequence[FileTask], folder: Path, period: TrailPeriod) -> Iterator[ReadResult]:
        """Count the files of tasks, and write lines to `folder`. Raises NotEvaluatedError if Spark fails."""
        sources = {task.source.name: task.source for task in tasks}
        for name, source in sources.items():
            files = [file for task in tasks if task.source.name == name for file in task.files]
            counter = FlatCounter(lambda: folder / f"spark-{next(self._numbers)}.tsv")
            groups = GroupCounter(counter, period)
            with self._errors():
                unread = self._count(files, groups)
            counter.flush()
            counted = [file for file in files if file not in unread]
            yield ReadResult(name, tuple(_results(counted, groups)), tuple(counter.paths), ())
            if unread:
                yield FileReading(folder, period).read(FileTask(source, tuple(unread)))

    def usage_rows(self, paths: Sequence[Path], since: str | None, until: str | None) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of the usage of a store's Parquet files. Raises NotEvaluatedError if Spark fails."""
        with self._errors():
            session = self._open_session()
            session.read.parquet(*(path.absolute().as_uri() for path in paths)).createOrReplaceTempView("flat_rows")
            rows = session.sql(engine_usage_sql("flat_rows", "spark", since, until)).toLocalIterator()
            yield from map(tuple, rows)

    def close(self) -> None:
        """End the Spark application."""
        if self._session is not None:
            self._session.stop()
            self._session = None

    def _count(self, files: Sequence[TrailFile], groups: GroupCounter) -> dict[TrailFile, None]:
        """Count files; those that Spark did not understand or could not read to the end."""
        addresses = {_address(file.name): file for file in files}
        reader = self._open_session().read.schema(_SCHEMA).option("multiLine", "true")
        reader = reader.option("columnNameOfCorruptRecord", _DAMAGED).option("mode", "PERMISSIVE")
        logs = reader.json(list(addresses)).select("Records", _DAMAGED, "_metadata.file_path")
        logs.createOrReplaceTempView("logs")
        groups.add_rows(self._session.sql(count_sql(_DIALECT, _SOURCE, groups.period)).toLocalIterator())
        by_path = {_path(address): file for address, file in addresses.items()}
        unread = {file: None for path, file in by_path.items() if path in set(map(_path, groups.files))}
        if groups.files_read + len(unread) != len(files):
            readable = {_path(row[0]) for row in logs.select("file_path").toLocalIterator()}
            unread.update((file, None) for path, file in by_path.items() if path not in readable)
        return unread

    def _open_session(self) -> Any:
        """The session, which is started when it is first needed."""
        if self._session is None:
            self._session = _session(self._master)
        return self._session

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Raise errors of Spark as NotEvaluatedError. Raises IamglueError if pyspark is not installed."""
        pyspark_errors = _pyspark_errors()
        try:
            yield
        except pyspark_errors as error:
            reason = str(error).strip().partition("\n")[0][:500]
            raise NotEvaluatedError(
                f"Spark ({self._master}) could not count the records: {reason}", hint="nothing was counted"
            ) from error


def _results(files: Sequence[TrailFile], groups: GroupCounter) -> Iterator[TrailFileResult]:
    """The results of files that were counted together: the first stands for the records of all."""
    for at, file in enumerate(files):
        if at == 0:
            yield TrailFileResult(file, groups.records, groups.unreadable, examples=tuple(groups.examples))
        else:
            yield TrailFileResult(file)


def _address(name: str) -> str:
    """The URI by which Spark reads a file: S3's connector of open-source Spark is `s3a`."""
    return f"s3a://{name[5:]}" if name.startswith("s3://") else Path(name).as_uri()


def _path(address: str) -> str:
    """What is the same in the URI that Spark was given and the one that it names a file by: `file:/a%20b` is `/a b`."""
    return unquote(_SCHEME.sub("", address))


def _pyspark_errors() -> tuple[type[Exception], ...]:
    """The exceptions that Spark raises. Raises IamglueError if pyspark is not installed."""
    try:
        from py4j.protocol import Py4JError  # noqa: PLC0415 - an optional extra
        from pyspark.errors import PySparkException  # noqa: PLC0415
    except ImportError as error:
        message = f"to count with Spark needs the package {error.name}, which is not installed"
        raise IamglueError(message, hint=f"install it with: {_INSTALL}; Spark needs Java 17 or later") from error
    return PySparkException, Py4JError


def _session(master: str) -> Any:
    """A Spark session with a master; a local one listens on this machine alone."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - an optional extra

    options = {
        "spark.sql.files.ignoreCorruptFiles": "true",  # the files are counted: what is missing is read here
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.sql.caseSensitive": "false",
    }
    if master.startswith("local"):
        # A shuffle between the threads of one machine: Spark's own default is 200 parts.
        options |= {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),
        }
    builder = SparkSession.builder.master(master).appName("iamglue infer trail")
    for name, value in options.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
