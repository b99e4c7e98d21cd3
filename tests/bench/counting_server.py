"""moto behind a socket, as `moto_server` runs it, that counts how many requests it has at once.

`python tests/bench/counting_server.py PORT` serves; what it counted is the answer to GET /bench/most.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

HOST, MOST = "127.0.0.1", "/bench/most"
Begin = Callable[..., Any]


class Counting:
    """An application that counts the requests to another one."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.lock = threading.Lock()
        self.now = self.most = 0

    def __call__(self, environment: dict[str, Any], begin: Begin) -> Iterable[bytes]:
        """The answer to a request."""
        if environment["PATH_INFO"] == MOST:
            begin("200 OK", [("Content-Type", "text/plain")])
            return [str(self.most).encode()]
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            return list(self.inner(environment, begin))
        finally:
            with self.lock:
                self.now -= 1


if __name__ == "__main__":
    run_simple(HOST, int(sys.argv[1]), Counting(DomainDispatcherApplication(create_backend_app)), threaded=True)
