"""What stands between the package and AWS in tests: it counts, refuses, answers and changes what is asked."""

from __future__ import annotations

import copy
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from iamglue.catalog.audit_operations import audit_operations

Answer = Callable[[dict[str, Any]], Any]


def error(code: str, message: str = "no") -> Answer:
    """An answer that is an error of AWS's."""

    def refuse(_: dict[str, Any]) -> Any:
        raise ClientError({"Error": {"Code": code, "Message": message}}, "Operation")

    return refuse


def raised(found: Exception) -> Answer:
    """An answer that never comes."""

    def fail(_: dict[str, Any]) -> Any:
        raise found

    return fail


@dataclass
class Door:
    """`answers` says, by action, what is answered in AWS's place; `asked` is every action in its order."""

    answers: dict[str, Answer] = field(default_factory=dict)
    before: dict[str, Callable[[], None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    slow: float = 0.0
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, real: Callable[[], Any], action: str, given: dict[str, Any]) -> Any:
        with self.lock:
            self.asked.append(action)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            first = self.before.pop(action, None)
        try:
            if first:
                first()
            time.sleep(self.slow)
            answer = self.answers.get(action)
            return real() if answer is None else answer(given)
        finally:
            with self.lock:
                self.at_once -= 1


def opened(monkeypatch: pytest.MonkeyPatch, kept: dict[tuple[str, str, str], Any] | None = None) -> Door:
    """The door, in place until the test ends. In `kept` is what was read, for later tests of the same account."""
    door = Door()
    real = BaseClient._make_api_call

    def call(client: BaseClient, operation: str, given: dict[str, Any]) -> Any:
        action = f"{client.meta.service_model.signing_name}:{operation}"
        return door(lambda: once(client, action, operation, given), action, given)

    def once(client: BaseClient, action: str, operation: str, given: dict[str, Any]) -> Any:
        """What is read is asked of moto once, which is slow, until something is written."""
        if kept is None or action not in audit_operations():
            (kept or {}).clear()
            return real(client, operation, given)
        key = (action, client.meta.region_name, json.dumps(given, sort_keys=True))
        if key not in kept:
            kept[key] = real(client, operation, given)
        return copy.deepcopy(kept[key])

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    return door
