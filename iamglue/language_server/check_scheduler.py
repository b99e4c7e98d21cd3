"""When documents are checked: after a pause in typing, and never two versions of one document at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

# Long enough that a word is typed without a check for each letter.
PAUSE_SECONDS = 0.25


class CheckScheduler:
    """Runs `check(uri)` for documents; a check of a text that changed is cancelled."""

    def __init__(self, check: Callable[[str], Awaitable[None]]) -> None:
        self._check = check
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._running: dict[str, asyncio.Task[None]] = {}

    def schedule(self, uri: str, pause: float = PAUSE_SECONDS) -> None:
        """Check a document after a pause, unless it changes again before.

        A check that runs gets the pause to finish, and is cancelled then.
        """
        if waiting := self._waiting.pop(uri, None):
            waiting.cancel()
        self._waiting[uri] = asyncio.create_task(self._check_after(uri, pause))

    def cancel(self, uri: str) -> None:
        """End the checks of a document that was closed."""
        for tasks in (self._waiting, self._running):
            if task := tasks.pop(uri, None):
                task.cancel()

    def cancel_all(self) -> None:
        """End all checks."""
        for uri in {*self._waiting, *self._running}:
            self.cancel(uri)

    async def _check_after(self, uri: str, pause: float) -> None:
        """Check after the pause; a change in the meantime cancels this task, and it cancels a check that still runs."""
        await asyncio.sleep(pause)
        task = self._waiting.pop(uri)
        if running := self._running.get(uri):
            running.cancel()
        self._running[uri] = task
        try:
            await self._check(uri)
        finally:
            if self._running.get(uri) is task:
                del self._running[uri]
