"""The findings of JSON reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


def with_consequences(findings: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The findings, each followed by its consequences at the same location."""
    for finding in findings:
        yield finding
        yield from ({**finding, **consequence} for consequence in finding.get("consequences", ()))
