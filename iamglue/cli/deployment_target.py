"""Deployment targets: Region, account and partition from flags, the spec, the environment and AWS."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace

from iamglue.catalog.partitions import did_you_mean_region, infer_partition, partitions
from iamglue.catalog.spelling import did_you_mean
from iamglue.errors import IamglueError
from iamglue.generate.generate import DeploymentTarget
from iamglue.model.spec import SpecFunction
from iamglue.policy.patterns.variables import deployment_parameter_names

# Formats with pseudo-parameters for Region and account. A script of AWS CLI commands, JSON and YAML have none: they are
# for one account and Region.
_WITH_PSEUDO_PARAMETERS = frozenset({"cloudformation", "sam", "terraform", "serverless"})
_WITH_PARAMETERS = frozenset({"cloudformation", "sam", "terraform"})


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
        if format in _WITH_PSEUDO_PARAMETERS
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
        use_pseudo_parameters=format in _WITH_PSEUDO_PARAMETERS,
        allow_parameters=format in _WITH_PARAMETERS,
    )
    _check(target)
    return target


def _check(target: DeploymentTarget) -> None:
    """Raises IamglueError for an invalid account, Region or partition, or if Region and partition do not match."""
    if (
        target.account
        and not deployment_parameter_names(target.account)
        and not re.fullmatch("[0-9]{12}", target.account)
    ):
        raise IamglueError(f"`{target.account}` is not an account id: expected 12 digits, leading zeros included")
    region = target.region if target.region and not deployment_parameter_names(target.region) else None
    region_partition = infer_partition(region) if region else None
    if region and not region_partition:
        raise IamglueError(
            f"`{region}` is not a valid Region: expected one such as eu-west-1", hint=did_you_mean_region(region)
        )
    if target.partition and target.partition not in partitions():
        raise IamglueError(
            f"`{target.partition}` is not a valid partition: expected one of {', '.join(partitions())}",
            hint=did_you_mean(target.partition, partitions()),
        )
    if region_partition and target.partition and target.partition != region_partition:
        raise IamglueError(f"Region {region} is in partition {region_partition}, not in {target.partition}")


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
