"""AWS managed policies: names and paths, without unpacking, and documents, from a compressed snapshot.

`python -m iamglue.catalog.maintain.refresh managed-policies` builds it. A missing policy may be newer than the
snapshot.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class ManagedPolicy:
    """A managed policy in its default version; dates are `YYYY-MM-DD`, the document is plain data."""

    name: str
    path: str
    version: str
    created: str
    updated: str
    document: dict[str, Any]

    @property
    def arn(self) -> str:
        """The ARN in the partition `aws`."""
        return f"arn:aws:iam::aws:policy{self.path}{self.name}"


@cache
def managed_policy_paths() -> dict[str, str]:
    """The path (`/`, `/service-role/`) of every policy, by name."""
    lines = (_DATA / "managed_policies.txt").read_text(encoding="utf-8").splitlines()
    split = (line.rpartition("/") for line in lines if not line.startswith("#"))
    return {name: f"{path}/" for path, _, name in split}


def find_managed_policy(name: str) -> ManagedPolicy | None:
    """The policy with this name, None if unknown; unpacks the snapshot, the smaller part first."""
    if name not in managed_policy_paths():
        return None
    text = _policy_lines("one_click_documents").get(name) or _policy_lines("managed_policies").get(name)
    if text is None:
        return None
    row = json.loads(text)
    return ManagedPolicy(name, row["path"], row["version"], row["created"], row["updated"], row["document"])


@cache
def _policy_lines(part: str) -> dict[str, str]:
    """The JSON of each policy in one part of the snapshot, by name."""
    import lzma  # noqa: PLC0415 - startup: only where a document is wanted

    lines = lzma.decompress((_DATA / f"{part}.tsv.xz").read_bytes()).decode().splitlines()
    return dict(line.split("\t", 1) for line in lines)
