"""Log files of CloudTrail, wherever they are: what identifies one, and how it is opened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

# ACCOUNT_CloudTrail_REGION_TIME_UNIQUE.json.gz; the same name is the same file, in whatever folder a copy of it is.
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
_LOG_FILE_NAME = re.compile(
    r"(?:.*/)?([0-9]{12}_CloudTrail_[a-z0-9-]+_[0-9]{8}T[0-9]{4}Z_[A-Za-z0-9]{8,}\.json(?:\.gz)?)", re.DOTALL
)
_DIGEST = re.compile(r"(?:^|/)CloudTrail-Digest/|_CloudTrail-Digest_")
# Folders of other services in a bucket that they share with a trail; copies of logs may lack the folder of CloudTrail.
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html
_SERVICE_FOLDER = re.compile(
    r"(?:^|/)AWSLogs/(?:o-[a-z0-9]+/)?[0-9]{12}/(?!CloudTrail/|[a-z]{2}(?:-[a-z]+)+-[0-9]/|[0-9]{4}/)([^/]+)/"
)
_INSIGHT = re.compile(r"(?:^|/)CloudTrail-Insight/|_CloudTrail-Insight_")


@dataclass(frozen=True, slots=True)
class TrailFile:
    """A file: `name` is its path or S3 URI, `stamp` changes whenever its content does."""

    name: str
    size: int
    stamp: str

    @property
    def key(self) -> str:
        """What identifies the file: the name that CloudTrail gave it, else its whole path."""
        match = _LOG_FILE_NAME.fullmatch(self.name)
        return match[1] if match else self.name

    @property
    def version(self) -> str:
        """What changes with the content: copies of a log file of CloudTrail differ in their time, but not in size."""
        return str(self.size) if self.key != self.name else f"{self.size} {self.stamp}"


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file, or a listing, that was not read: on purpose, or because it cannot be (`is_failure`)."""

    name: str
    reason: str
    is_failure: bool = False


class TrailFileReader(Protocol):
    """A file that is open for reading."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end. Raises OSError."""


class TrailSource(Protocol):
    """A place with log files. It can be sent to other processes."""

    @property
    def name(self) -> str:
        """The absolute path or the URI."""

    def files(self) -> Iterator[TrailFile | SkippedFile]:
        """Yield the files of the place, and what is skipped or cannot be listed."""

    def open(self, file: TrailFile) -> AbstractContextManager[TrailFileReader]:
        """Open a file. Raises OSError with a reason."""


def skip_reason(name: str) -> str | None:
    """Why a file in the bucket of a trail has no events to count; None if it may have some.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
    """
    if _DIGEST.search(name):
        return "it is a digest file"
    if _INSIGHT.search(name):
        return "it is a file of CloudTrail Insights"
    other = _SERVICE_FOLDER.search(name)
    return f"it is a log of {other[1]}, not of CloudTrail" if other else None
