"""Bounds the time in which a whole response must arrive.

The read timeout of botocore starts anew with every byte: a server that sends one byte a second would never end.
"""

from __future__ import annotations

import io
from http.client import HTTPResponse
from time import monotonic
from typing import Any

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)

# The largest responses, a page of a list, have a few hundred kilobytes.
RESPONSE_SECONDS = 30


def limit_response_time(client: Any) -> None:
    """Let every response to a botocore client fail with a read timeout if it is not complete in `RESPONSE_SECONDS`."""
    # botocore has no option for its connections. If a later version names this attribute otherwise, its read timeout
    # is still in effect.
    pool_classes = getattr(client._endpoint.http_session, "_pool_classes_by_scheme", None)  # noqa: SLF001
    if isinstance(pool_classes, dict):
        pool_classes.update(http=_ConnectionPool, https=_TlsConnectionPool)


class _TimedFile(io.RawIOBase):
    """The bytes that a socket receives until a deadline."""

    def __init__(self, socket: Any, deadline: float) -> None:
        self._socket = socket
        self._file = socket.makefile("rb", buffering=0)
        self._timeout = socket.gettimeout()
        self._deadline = deadline

    def readable(self) -> bool:
        """True, as a `BufferedReader` asks."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Receive bytes. Raises TimeoutError if they come after the deadline."""
        remaining = self._deadline - monotonic()
        if remaining <= 0:
            raise TimeoutError
        self._socket.settimeout(remaining if self._timeout is None else min(remaining, self._timeout))
        try:
            count: int | None = self._file.readinto(buffer)
        finally:
            self._socket.settimeout(self._timeout)
        if monotonic() > self._deadline:
            raise TimeoutError
        return count

    def close(self) -> None:
        """Close the file; the socket is closed with its last file."""
        self._file.close()
        super().close()


class _TimedSocket:
    """What `HTTPResponse` needs of a socket: a file of its bytes."""

    def __init__(self, socket: Any, deadline: float) -> None:
        self._socket = socket
        self._deadline = deadline

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        """The file."""
        return io.BufferedReader(_TimedFile(self._socket, self._deadline))


class _TimedConnection:
    """A mixin for the connections of botocore: the time of a response begins with its request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline = 0.0

    def connect(self) -> None:
        """Connect, also through a proxy, whose own response has as much time."""
        self._deadline = monotonic() + RESPONSE_SECONDS
        super().connect()  # type: ignore[misc] # of the connection that this is mixed with

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Send a request."""
        self._deadline = monotonic() + RESPONSE_SECONDS
        super().request(*args, **kwargs)  # type: ignore[misc]

    def response_class(self, sock: Any, *args: Any, **kwargs: Any) -> HTTPResponse:
        """The response that comes from a socket, as `http.client` asks for it."""
        return HTTPResponse(_TimedSocket(sock, self._deadline), *args, **kwargs)  # type: ignore[arg-type]


class _DeadlineConnection(_TimedConnection, AWSHTTPConnection):  # type: ignore[misc] # botocore carries no types
    pass


class _TlsConnection(_TimedConnection, AWSHTTPSConnection):  # type: ignore[misc]
    pass


class _ConnectionPool(AWSHTTPConnectionPool):  # type: ignore[misc]
    ConnectionCls = _DeadlineConnection


class _TlsConnectionPool(AWSHTTPSConnectionPool):  # type: ignore[misc]
    ConnectionCls = _TlsConnection
