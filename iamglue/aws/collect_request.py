"""The request of `collect`: what to read of an account and with which credentials. Imports no boto3, to start fast."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DEFAULT_WORKERS = 8


@dataclass(frozen=True, slots=True)
class CollectRequest:
    """Names or ARNs of functions and roles, or `everything`: all functions of the Region and all roles of the account.

    The roles of functions are read too. `resources` are the ARNs of resources whose resource-based policies are read.
    `checkpoint` is the file from which an interrupted run resumes. `workers` is the maximum number of concurrent
    requests. `last_accessed` is for `collect_last_accessed`.
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
