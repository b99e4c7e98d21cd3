"""Where functions live: Region, account and partition from flags, the environment and AWS."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from iamglue.errors import IamglueError
from iamglue.generate import Choice
from iamglue.subjects.spec import Function


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line says of the place."""

    region: str | None
    account: str | None
    partition: str | None
    from_aws: bool


def choices(flags: Flags, functions: tuple[Function, ...], *, deployed: bool) -> tuple[Choice, ...]:
    """The place of each function: the flag's, else the spec's, else the environment's.

    A document that is `deployed` knows its own place: the environment has no say in it. Raises IamglueError when AWS
    names another account than the flags or the spec do, NotEvaluatedError when it was asked and did not answer.
    """
    fallback = None if deployed else os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or None
    found = _asked(flags, functions, fallback) if flags.from_aws else flags
    return tuple(
        Choice(
            region=found.region or function.region or fallback,
            account=found.account or function.account,
            partition=found.partition or function.partition,
            pseudo=deployed,
        )
        for function in functions
    )


def _asked(flags: Flags, functions: tuple[Function, ...], fallback: str | None) -> Flags:
    from iamglue.sources.identity import caller  # noqa: PLC0415 - boto3 is slow to import and seldom asked for

    regions = (flags.region, *(function.region for function in functions), fallback)
    identity = caller(next(filter(None, regions), None))
    said = {account for account in (flags.account, *(function.account for function in functions)) if account}
    others = sorted(said - {identity.account})
    if others:
        raise IamglueError(
            f"--from-aws: the credentials are of account {identity.account}, but {others[0]} is asked for",
            hint="use credentials of that account, or leave --from-aws out",
        )
    return replace(flags, account=identity.account, partition=flags.partition or identity.partition)
