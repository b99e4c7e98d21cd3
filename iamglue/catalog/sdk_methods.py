"""The methods of the SDK for Python's clients: which operation of which clients a method name is."""

from __future__ import annotations

import lzma
import re
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


def method_clients(method: str) -> tuple[tuple[str, str], ...]:
    """The clients that have a method of that name, each with its operation; () if there are none."""
    return tuple(
        (client, operation) for operation, clients in _methods().get(method, ()) for client in clients.split(" ")
    )


def client_method_operation(client: str, method: str) -> str | None:
    """The operation of a client's method (`s3`, `get_object`: `GetObject`); None if there is no such method."""
    return next((operation for name, operation in method_clients(method) if name == client), None)


@cache
def _methods() -> dict[str, tuple[tuple[str, str], ...]]:
    methods: dict[str, tuple[tuple[str, str], ...]] = {}
    for line in lzma.decompress(_TABLE.read_bytes()).decode().splitlines():
        if not line.startswith("#"):
            method, operation, clients = line.split("\t")
            methods[method] = (*methods.get(method, ()), (operation, clients))
    return methods
