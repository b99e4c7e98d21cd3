"""For maintainers: `python -m iamglue.catalog.maintain.refresh_sdk_methods` writes `data/sdk_methods.tsv.xz`."""

from __future__ import annotations

import lzma
from pathlib import Path

from botocore import xform_name
from botocore.handlers import BUILTIN_HANDLERS, ClientMethodAlias

from iamglue.catalog.maintain.refresh import boto3_clients, client_operations

_DATA = Path(__file__).parents[1] / "data"


def sdk_method_rows() -> tuple[tuple[str, str, str], ...]:
    """Method, operation and clients, separated by spaces, of every method of boto3's clients, sorted."""
    methods: dict[tuple[str, str], set[str]] = {}
    for client in boto3_clients():
        for operation in client_operations(client):
            methods.setdefault((xform_name(operation), operation), set()).add(client)
    # botocore answers for some methods under a second name.
    for event, handler, *_ in BUILTIN_HANDLERS:
        if isinstance(handler, ClientMethodAlias):
            _, client, alias = event.split(".")
            actual = next(name for name in client_operations(client) if xform_name(name) == handler._actual)  # noqa: SLF001 - it has no other
            methods.setdefault((alias, actual), set()).add(client)
    return tuple((method, name, " ".join(sorted(clients))) for (method, name), clients in sorted(methods.items()))


def _write_sdk_methods() -> None:
    """Write the table; the same methods give the same bytes."""
    head = "# Methods of boto3's clients. By `python -m iamglue.catalog.maintain.refresh_sdk_methods`.\n"
    text = head + "".join("\t".join(row) + "\n" for row in sdk_method_rows())
    packed = lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)
    (_DATA / "sdk_methods.tsv.xz").write_bytes(packed)


if __name__ == "__main__":
    _write_sdk_methods()
