"""Our tables of AWS facts: tab-separated rows, and TOML and JSON documents, in `data/`, each row with its source."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data"


@cache
def table_rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `data/NAME.tsv`, keyed by its header line; lines that begin with # are comments.

    Raises ValueError if the number of fields in a row differs from the header: the table is ours and must be valid.
    """
    header, *lines = _lines(name)
    return _rows(header, lines)


def service_rows(name: str, service: str) -> tuple[dict[str, str], ...]:
    """The rows of a table whose first field is a service; the others are not split, which takes longer than reading."""
    header, *lines = _lines(name)
    return _rows(header, [line for line in lines if line.startswith(f"{service}\t")])


@cache
def _lines(name: str) -> list[str]:
    return [line for line in _text(f"{name}.tsv").splitlines() if line and not line.startswith("#")]


def _rows(header: str, lines: list[str]) -> tuple[dict[str, str], ...]:
    names = header.split("\t")
    return tuple(dict(zip(names, line.split("\t"), strict=True)) for line in lines)


@cache
def toml_document(name: str) -> dict[str, Any]:
    """The contents of `data/NAME.toml`."""
    import tomllib  # noqa: PLC0415 - startup: most tables are rows

    return tomllib.loads(_text(f"{name}.toml"))


@cache
def json_document(name: str) -> dict[str, Any]:
    """The contents of `data/NAME.json`."""
    import json  # noqa: PLC0415 - startup: most tables are rows

    document: dict[str, Any] = json.loads(_text(f"{name}.json"))
    return document


def _text(file: str) -> str:
    return (_DATA / file).read_text(encoding="utf-8")
