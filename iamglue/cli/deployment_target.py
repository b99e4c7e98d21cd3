"""Deployment targets: Region, account and partition from flags, the spec, the environment and AWS."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from iamglue.errors import IamglueError
from iamglue.generate.deployment_target import (
    FORMATS_WITH_PARAMETERS,
    FORMATS_WITH_PSEUDO_PARAMETERS,
    DeploymentTarget,
    check_deployment_target,
)
from iamglue.model.spec import SpecFunction
from iamglue.policy.patterns.variables import deployment_parameter_names


@dataclass(frozen=True, slots=True)
class TargetFlags:
    """Deployment target options of the command line."""

    region: str | None
    account: str | None
    partition: str | None
    from_aws: bool


def deployment_targets(
    flags: TargetFlags, functions: tuple[SpecFunction, ...], format: str
) -> tuple[DeploymentTarget, ...]:
    """Deployment target of each function: from the flags, else the spec, else the environment.

    For a document format the environment is ignored: the Region is that of the deployment. Raises IamglueError for an
    invalid Region, account or partition, and if the account of the credentials differs from the flags or the spec;
    NotEvaluatedError if AWS did not answer.
    """
    fallback = (
        None
        if format in FORMATS_WITH_PSEUDO_PARAMETERS
        else os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    )
    resolved = _flags_from_aws(flags, functions, fallback) if flags.from_aws else flags
    return tuple(_target(resolved, function, fallback or None, format) for function in functions)


def _target(flags: TargetFlags, function: SpecFunction, fallback: str | None, format: str) -> DeploymentTarget:
    """The deployment target of one function. Raises IamglueError if it is not valid."""
    target = DeploymentTarget(
        region=flags.region or function.region or fallback,
        account=flags.account or function.account,
        partition=flags.partition or function.partition,
        use_pseudo_parameters=format in FORMATS_WITH_PSEUDO_PARAMETERS,
        allow_parameters=format in FORMATS_WITH_PARAMETERS,
    )
    return check_deployment_target(target, function)


def _flags_from_aws(flags: TargetFlags, functions: tuple[SpecFunction, ...], fallback: str | None) -> TargetFlags:
    """The flags with account and partition of the current credentials. Raises IamglueError for another account."""
    from iamglue.aws.account_identity import read_account_identity  # noqa: PLC0415 - boto3 is slow to import and rarely needed

    regions = (flags.region, *(function.region for function in functions), fallback)
    identity = read_account_identity(
        next((region for region in regions if region and not deployment_parameter_names(region)), None)
    )
    accounts = {account for account in (flags.account, *(function.account for function in functions)) if account}
    others = sorted(accounts - {identity.account})
    if others:
        raise IamglueError(
            f"--from-aws: the credentials are of account {identity.account}, but the target is {others[0]}",
            hint=f"use credentials of account {others[0]}, or omit --from-aws",
        )
    return replace(flags, account=identity.account, partition=flags.partition or identity.partition)
