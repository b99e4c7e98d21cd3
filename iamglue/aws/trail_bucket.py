"""Log files of CloudTrail in a bucket: listed by pages, and only for the given days where the layout is a trail's.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from iamglue.aws.collect_request import CollectRequest
from iamglue.aws.failures import classify_error, sanitize_text
from iamglue.aws.session import open_bucket_client
from iamglue.errors import IamglueError
from iamglue.model.trail_files import SkippedFile, TrailFile, TrailFileReader, skip_reason

_LIST, _GET = "s3:ListBucket", "s3:GetObject"
_ERRORS = (BotoCoreError, ClientError, OSError, ResponseParserError, ValueError)
_URI = re.compile(r"[sS]3://([^/]+)(?:/(.*))?", re.DOTALL)
# Folders of a trail above those of the days: AWSLogs/[ORGANIZATION/]ACCOUNT/CloudTrail/REGION/2026/01/31/
_REGION_FOLDER = re.compile(r"(?:.*/)?AWSLogs/(?:o-[a-z0-9]+/)?[0-9]{12}/CloudTrail/[a-z0-9-]+/", re.DOTALL)
_DAY_PREFIX = re.compile(r"(?:.*/)?AWSLogs/(?:o-[a-z0-9]+/)?[0-9]{12}/CloudTrail/[a-z0-9-]+/[0-9/]+", re.DOTALL)
# Folders are listed one by one down to this depth, other layouts as a whole.
_MAX_DEPTH = 8
_ATTEMPTS = 4
# An event is delivered within minutes, so that the file may be of the next day.
_DELIVERY = timedelta(days=1)
_FIRST_YEAR = date(2013, 11, 1)


@dataclass(frozen=True, slots=True)
class _ClientOptions:
    region: str | None
    profile: str | None
    endpoint_url: str | None = field(repr=False)


@cache
def _client(options: _ClientOptions) -> Any:
    """The client of this process."""
    return open_bucket_client(
        CollectRequest(region=options.region, profile=options.profile, endpoint_url=options.endpoint_url)
    )


@dataclass(frozen=True, slots=True)
class BucketTrail:
    """The objects of a bucket under a prefix; `since` and `until` are dates, both included."""

    bucket: str
    prefix: str
    options: _ClientOptions
    since: str | None = None
    until: str | None = None

    @classmethod
    def from_uri(
        cls,
        uri: str,
        *,
        region: str | None = None,
        profile: str | None = None,
        endpoint_url: str | None = None,
        days: tuple[str | None, str | None] = (None, None),
    ) -> BucketTrail:
        """The trail at `s3://BUCKET/PREFIX`. Raises IamglueError for another URI, or an unknown profile."""
        match = _URI.fullmatch(uri)
        if match is None:
            raise IamglueError(f"`{uri}` is not the URI of a bucket", hint="such as s3://BUCKET/AWSLogs/")
        options = _ClientOptions(region, profile, endpoint_url)
        _client(options)
        return cls(match[1], match[2] or "", options, *days)

    @property
    def name(self) -> str:
        """The URI."""
        return self._uri(self.prefix)

    def files(self) -> Iterator[TrailFile | SkippedFile]:
        """Yield the objects, and what is skipped or cannot be listed."""
        is_limited = (self.since or self.until) and not _DAY_PREFIX.fullmatch(self.prefix)
        yield from self._walk(self.prefix, 0) if is_limited else self._objects(self.prefix)

    def open(self, file: TrailFile) -> AbstractContextManager[TrailFileReader]:
        """Open an object. Raises OSError with a reason."""
        key = file.name[len(f"s3://{self.bucket}/") :]
        return closing(_ObjectReader(_client(self.options), self.bucket, key, file.stamp))

    def _walk(self, prefix: str, depth: int) -> Iterator[TrailFile | SkippedFile]:
        """List the folders of a trail down to those of the days."""
        if _REGION_FOLDER.fullmatch(prefix):
            for days in _day_prefixes(self.since, self.until):
                yield from self._objects(prefix + days)
            return
        if depth >= _MAX_DEPTH:
            yield from self._objects(prefix)
            return
        for page in self._pages(prefix, Delimiter="/"):
            if isinstance(page, SkippedFile):
                yield page
                return
            for folder in page.get("CommonPrefixes", ()):
                reason = skip_reason(folder["Prefix"])
                if reason:
                    yield SkippedFile(self._uri(folder["Prefix"]), reason)
                else:
                    yield from self._walk(folder["Prefix"], depth + 1)
            yield from map(self._file, page.get("Contents", ()))

    def _objects(self, prefix: str) -> Iterator[TrailFile | SkippedFile]:
        """Yield all objects under a prefix, at any depth, and what is skipped."""
        for page in self._pages(prefix):
            if isinstance(page, SkippedFile):
                yield page
            else:
                yield from map(self._file, page.get("Contents", ()))

    def _file(self, item: dict[str, Any]) -> TrailFile | SkippedFile:
        """The log file that an object is; empty folders and objects of other kinds are skipped, with the reason."""
        name = self._uri(item["Key"])
        reason = "it is a folder" if item["Key"].endswith("/") and not item["Size"] else skip_reason(name)
        return SkippedFile(name, reason) if reason else TrailFile(name, int(item["Size"]), str(item.get("ETag", "")))

    def _pages(self, prefix: str, **parameters: str) -> Iterator[dict[str, Any] | SkippedFile]:
        """Yield the pages of a listing; a failure ends it."""
        paginator = _client(self.options).get_paginator("list_objects_v2")
        pages = iter(paginator.paginate(Bucket=self.bucket, Prefix=prefix, **parameters))
        while True:
            try:
                page = next(pages, None)
            except _ERRORS as error:
                yield SkippedFile(self._uri(prefix), classify_error(error, _LIST).reason, is_failure=True)
                return
            if page is None:
                return
            yield page

    def _uri(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"


def _day_prefixes(since: str | None, until: str | None) -> Iterator[str]:
    """The prefixes of the days: `2026/01/31/`, and of whole months: `2026/01/`."""
    day = date.fromisoformat(since) if since else _FIRST_YEAR
    today = date.today() + _DELIVERY  # noqa: DTZ011 - a day more does no harm
    last = min(date.fromisoformat(until) + _DELIVERY, today) if until else today
    while day <= last:
        following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        if day.day == 1 and day.month == 1 and day.replace(year=day.year + 1) <= last + _DELIVERY:
            yield f"{day:%Y}/"
            day = day.replace(year=day.year + 1)
        elif day.day == 1 and following <= last + _DELIVERY:
            yield f"{day:%Y/%m}/"
            day = following
        else:
            yield f"{day:%Y/%m/%d}/"
            day += timedelta(days=1)


class _ObjectReader:
    """Reads an object; a connection that breaks is opened again where it broke."""

    def __init__(self, client: Any, bucket: str, key: str, etag: str) -> None:
        self._client = client
        self._request = {"Bucket": bucket, "Key": key, **({"IfMatch": etag} if etag else {})}
        self._offset = 0
        self._body: Any = None

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes. Raises OSError with a reason."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                data: bytes = self._open_body().read(size)
            except ClientError as error:
                raise OSError(classify_error(error, _GET).reason) from error
            except _ERRORS as error:
                self.close()
                if attempt == _ATTEMPTS:
                    raise OSError(classify_error(error, _GET).reason) from error
            else:
                self._offset += len(data)
                return data
        raise OSError(sanitize_text("the object cannot be read"))

    def close(self) -> None:
        """Close the connection."""
        if self._body is not None:
            self._body.close()
            self._body = None

    def _open_body(self) -> Any:
        """The open body of the object, from the offset that was read last. Raises an error of botocore."""
        if self._body is None:
            part = {"Range": f"bytes={self._offset}-"} if self._offset else {}
            self._body = self._client.get_object(**self._request, **part)["Body"]
        return self._body
