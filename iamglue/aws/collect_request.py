"""What is to be read of an account, and with whose credentials: plain values, so that asking costs no boto3."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DEFAULT_WORKERS = 8


@dataclass(frozen=True, slots=True)
class CollectRequest:
    """Names or ARNs of functions and roles, or `everything`: all functions of the Region and all roles of the account.

    The roles of functions are read with them. `resources` are the ARNs whose resource-based policies are wanted.
    `checkpoint` is the file in which what was read is kept, so that a run that was cut short goes on from there.
    `workers` is how many requests are made at once at most. `last_accessed` is for `collect_last_accessed`.
    """

    functions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    everything: bool = False
    region: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None
    assume_role: str | None = None
    last_accessed: bool = False
    resources: tuple[str, ...] = ()
    checkpoint: Path | None = None
    workers: int = DEFAULT_WORKERS
