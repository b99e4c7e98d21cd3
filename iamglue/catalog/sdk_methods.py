"""The methods of the SDK for Python's clients: which operation of which clients a method name is."""

from __future__ import annotations

import lzma
import re
from bisect import bisect_left
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent / "data" / "sdk_methods.tsv.xz"
_WORDS = re.compile(r"(.)([A-Z][a-z]+)")
_CAPITALS = re.compile(r"([a-z0-9])([A-Z])")
_PLURAL_ACRONYM = re.compile(r"[A-Z]{2,}s$")


def snake_case_name(name: str) -> str:
    """The Python name of a waiter or of a part of a resource (`BucketExists`: `bucket_exists`), by botocore's rule.

    Operations have exceptions, which the table has (https://github.com/boto/botocore/blob/develop/botocore/__init__.py).
    """
    if "_" in name:
        return name
    if plural := _PLURAL_ACRONYM.search(name):
        name = f"{name[: plural.start()]}_{plural[0].lower()}"
    spaced = _WORDS.sub(r"\1_\2", name)
    return _CAPITALS.sub(r"\1_\2", spaced).lower()


@cache
def method_clients(method: str) -> tuple[tuple[str, str], ...]:
    """The clients that have a method of that name, each with its operation; () if there are none."""
    lines, beginning = _lines(), f"{method}\t"
    result: list[tuple[str, str]] = []
    at = bisect_left(lines, beginning)
    while at < len(lines) and lines[at].startswith(beginning):
        _, operation, clients = lines[at].split("\t")
        result += [(client, operation) for client in clients.split(" ")]
        at += 1
    return tuple(result)


def client_method_operation(client: str, method: str) -> str | None:
    """The operation of a client's method (`s3`, `get_object`: `GetObject`); None if there is no such method."""
    return next((operation for name, operation in method_clients(method) if name == client), None)


def client_operations(client: str) -> frozenset[str]:
    """The names of a client's operations (`GetObject`); none if there is no such client."""
    return _operations().get(client, frozenset())


@cache
def _operations() -> dict[str, frozenset[str]]:
    """The operations of each client."""
    names: dict[str, set[str]] = {}
    for line in _lines():
        _, operation, clients = line.split("\t")
        for client in clients.split(" "):
            names.setdefault(client, set()).add(operation)
    return {client: frozenset(operations) for client, operations in names.items()}


@cache
def _lines() -> list[str]:
    """The lines of the table, which are sorted: to split them all takes longer than a small program's reading."""
    text = lzma.decompress(_TABLE.read_bytes()).decode()
    return [line for line in text.splitlines() if not line.startswith("#")]
