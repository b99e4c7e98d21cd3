"""What a program's code shows of AWS: the calls of its SDK, and what looks like one and could not be resolved.

The readers of all languages give these values; what the calls require of a role is decided from them in one place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from iamglue.infer.code.values import CodeValue


@dataclass(frozen=True, slots=True, order=True)
class CodePlace:
    """A place in a file: `path` as the user wrote it and what follows in the directory; line and column from 1.

    Both are 0 if a whole file is meant.
    """

    path: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


class CallBasis(StrEnum):
    """How the client of a call is known: by its type, or only by the names of the method and its keywords."""

    TYPE = "type"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class SdkCall:
    """One request of an SDK that the code makes, or may make.

    `client` and `operation` are botocore's names (`dynamodb`, `PutItem`), whatever the language; `parameters` are by
    the member names of the operation's input. A helper that makes several requests (`upload_file`, `Table.load`, a
    waiter) is several calls, each with `helper`, as the code writes it. `optional` are the names of parameters that the
    call need not have. `has_more_parameters`: the call may also have
    parameters that the code does not say (`**options`). `is_reached`: an entry point of the program may come to it.
    `role` is the value of the role's ARN if the client has credentials of a role that the code assumes.
    `endpoint` is a literal `endpoint_url` that is not AWS's (a local test server), or "".
    """

    client: str
    operation: str
    place: CodePlace
    parameters: Mapping[str, CodeValue] = field(default_factory=dict)
    has_more_parameters: bool = False
    helper: str = ""
    basis: CallBasis = CallBasis.TYPE
    is_reached: bool = True
    role: CodeValue | None = None
    region: CodeValue | None = None
    endpoint: str = ""
    optional: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class UnresolvedCall:
    """What looks like a call of AWS and could not be resolved: `call` as written, and the reason in words.

    `candidates` are the operations that it may be (`dynamodb.PutItem`), if they are few.
    """

    place: CodePlace
    call: str
    reason: str
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file that could not be read or parsed, with the reason; line and column are 0 if they are not known."""

    place: CodePlace
    reason: str


@dataclass(frozen=True, slots=True)
class CodeFile:
    """A file of a project: its path, as `CodePlace` has it, and its text."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Handler:
    """The function that Lambda invokes: a file's path, as `CodePlace` has it, and the name in it."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class CodeReading:
    """What a reader read: calls in the order of their places, and the paths of the files that it parsed.

    `handlers` are the functions at which it began: those that are given and are in the code, else those that look like
    a handler; () if there are none, and it began at all functions.
    """

    calls: tuple[SdkCall, ...] = ()
    unresolved: tuple[UnresolvedCall, ...] = ()
    failed: tuple[FailedFile, ...] = ()
    read: tuple[str, ...] = ()
    handlers: tuple[Handler, ...] = ()


def missing_handler(handler: Handler) -> FailedFile:
    """What a reader reports of a handler that its file does not have."""
    return FailedFile(CodePlace(handler.path, 0, 0), f"the file has no `{handler.name}` that Lambda could invoke")
