"""Collects the calls of AWS that code makes while tests run, each with the line of code and the test."""

from __future__ import annotations

import json
import sys
import sysconfig
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path, PurePath
from types import FrameType
from typing import Any

_LIBRARIES = frozenset({"site-packages", "dist-packages"})
_TEST_FOLDERS = frozenset({"test", "tests"})
_STANDARD = tuple({sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib")})
_OWN = f"{Path(__file__).parents[2]}/"
# Texts that are longer name no resource, and deeper values are the data of items.
_MAX_TEXT, _MAX_DEPTH, _MAX_ITEMS = 2048, 8, 100
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One call: botocore's names of client and operation, and its parameters as JSON.

    `code` is the path and line of the code that makes it, `test` those of the test that runs; `role` is the ARN of the
    role whose credentials the client has, if the code assumed one.
    """

    client: str
    operation: str
    parameters: str
    region: str
    code: Place
    test: Place
    role: str | None = None

    def as_data(self) -> dict[str, Any]:
        """The call as plain data."""
        return {**asdict(self), "parameters": json.loads(self.parameters)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> RecordedCall:
        """The call of plain data. Raises KeyError, TypeError or ValueError for data of another form."""
        code, test, role = data["code"], data["test"], data["role"]
        texts = [data[name] for name in ("client", "operation", "region")]
        if not all(isinstance(text, str) for text in texts) or not isinstance(data["parameters"], dict):
            raise TypeError("a call is not of the form that is recorded")
        return cls(
            texts[0],
            texts[1],
            json.dumps(data["parameters"], sort_keys=True),
            texts[2],
            (str(code[0]), int(code[1])),
            (str(test[0]), int(test[1])),
            None if role is None else str(role),
        )


class Recorder:
    """Collects calls; `test` is the test that runs. Calls that tests make themselves are counted, and left out.

    `recent` are the calls since `take_recent`, whether or not another test made the same.
    """

    def __init__(self, root: Path) -> None:
        self.calls: dict[RecordedCall, None] = {}
        self.recent: dict[RecordedCall, None] = {}
        self.by_tests = 0
        self.test: Place = ("", 0)
        self._root = root
        self._roles: dict[str, str] = {}
        self._lock = threading.Lock()

    def record(self, call: tuple[str, str, str], parameters: Mapping[str, Any], access_key: str | None) -> None:
        """Record a call, (client, operation, Region); `access_key` is that of the client's credentials."""
        place = _calling_place()
        with self._lock:
            if place is None or is_test_file(self._display_path(place[0])):
                self.by_tests += 1
                return
            client, operation, region = call
            text = json.dumps(_json_value(dict(parameters), 0), sort_keys=True)
            code = (self._display_path(place[0]), place[1])
            role = self.role_of(access_key)
            recorded = RecordedCall(client, operation, text, region, code, self.test, role)
            self.calls[recorded] = self.recent[recorded] = None

    def take_recent(self) -> tuple[RecordedCall, ...]:
        """The calls since the last time."""
        with self._lock:
            recent, self.recent = tuple(self.recent), {}
        return recent

    def record_role(self, role: str, access_key: str) -> None:
        """Remember that credentials are those of a role that was assumed."""
        self._roles[access_key] = role

    def role_of(self, access_key: str | None) -> str | None:
        """The role whose credentials have an access key; None if the code has not assumed it."""
        return self._roles.get(access_key or "")

    def _display_path(self, path: str) -> str:
        pure = PurePath(path)
        return pure.relative_to(self._root).as_posix() if pure.is_relative_to(self._root) else pure.as_posix()


def is_test_file(path: str) -> bool:
    """Whether a file has the code of tests: by its name, as pytest finds tests, or in a folder of tests."""
    pure = PurePath(path)
    named = pure.name == "conftest.py" or pure.name.startswith("test_") or pure.stem.endswith("_test")
    return named or bool(_TEST_FOLDERS & set(pure.parts[:-1]))


def _calling_place() -> Place | None:
    """The path and line of the user's code that calls; that of the main thread if a library's own thread calls."""
    here = _first_user_place(sys._getframe(1))  # noqa: SLF001 - inspect.currentframe is the same, and may be None
    if here is not None or threading.current_thread() is threading.main_thread():
        return here
    frames = sys._current_frames()  # noqa: SLF001 - the documented way to see another thread's stack
    frame = frames.get(threading.main_thread().ident or 0)
    return None if frame is None else _first_user_place(frame)


def _first_user_place(frame: FrameType) -> Place | None:
    """The innermost place of a stack that is in the user's code; None if there is none."""
    for current in _calling_frames(frame):
        path = current.f_code.co_filename
        if _is_of_user(path):
            return path, current.f_lineno
    return None


def _calling_frames(frame: FrameType | None) -> Iterator[FrameType]:
    """The frame and those that called it, the innermost first."""
    while frame is not None:
        yield frame
        frame = frame.f_back


@lru_cache(maxsize=4096)
def _is_of_user(path: str) -> bool:
    """Whether a file is neither of a library nor of the standard library nor of iamglue."""
    if path.startswith("<") or _LIBRARIES & set(PurePath(path).parts):
        return False
    return not path.startswith((*_STANDARD, _OWN))


def _json_value(value: Any, depth: int) -> Any:
    """A parameter's value as JSON data; what names no resource is left out as null."""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value if len(value) <= _MAX_TEXT else None
    if depth >= _MAX_DEPTH:
        return None
    if isinstance(value, Mapping):
        return {str(name): _json_value(item, depth + 1) for name, item in list(value.items())[:_MAX_ITEMS]}
    if isinstance(value, list | tuple):
        return [_json_value(item, depth + 1) for item in value[:_MAX_ITEMS]]
    return None
