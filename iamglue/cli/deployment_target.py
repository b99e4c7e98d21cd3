"""Where functions live: Region, account and partition from flags, the spec, the environment and AWS."""

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

# What is deployed by something that knows its own Region and account; a script of AWS CLI commands is run from one
# place for one place, as JSON and YAML are.
_DEPLOYED = frozenset({"cloudformation", "sam", "terraform", "serverless"})
_PARAMETERS = frozenset({"cloudformation", "sam", "terraform"})


@dataclass(frozen=True, slots=True)
class TargetFlags:
    """What the command line says of the place."""

    region: str | None
    account: str | None
    partition: str | None
    from_aws: bool


def deployment_targets(
    flags: TargetFlags, functions: tuple[SpecFunction, ...], format: str
) -> tuple[DeploymentTarget, ...]:
    """The place of each function: the flag's, else the spec's, else the environment's.

    A document knows its own place when it is deployed: the environment has no say in it. Raises IamglueError for a
    Region, account or partition that cannot be, and when AWS names another account than the flags or the spec do;
    NotEvaluatedError when AWS was asked and did not answer.
    """
    fallback = None if format in _DEPLOYED else os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    found = _asked(flags, functions, fallback) if flags.from_aws else flags
    return tuple(_choice(found, function, fallback or None, format) for function in functions)


def _choice(flags: TargetFlags, function: SpecFunction, fallback: str | None, format: str) -> DeploymentTarget:
    choice = DeploymentTarget(
        region=flags.region or function.region or fallback,
        account=flags.account or function.account,
        partition=flags.partition or function.partition,
        use_pseudo_parameters=format in _DEPLOYED,
        allow_parameters=format in _PARAMETERS,
    )
    _check(choice)
    return choice


def _check(choice: DeploymentTarget) -> None:
    if (
        choice.account
        and not deployment_parameter_names(choice.account)
        and not re.fullmatch("[0-9]{12}", choice.account)
    ):
        raise IamglueError(f"`{choice.account}` is not an account id: expected 12 digits, leading zeros included")
    region = choice.region if choice.region and not deployment_parameter_names(choice.region) else None
    own = infer_partition(region) if region else None
    if region and not own:
        raise IamglueError(
            f"`{region}` is not the name of a Region: expected one such as eu-west-1", hint=did_you_mean_region(region)
        )
    if choice.partition and choice.partition not in partitions():
        raise IamglueError(
            f"no partition `{choice.partition}`: expected one of {', '.join(partitions())}",
            hint=did_you_mean(choice.partition, partitions()),
        )
    if own and choice.partition and choice.partition != own:
        raise IamglueError(f"Region {region} is in partition {own}, not in {choice.partition}")


def _asked(flags: TargetFlags, functions: tuple[SpecFunction, ...], fallback: str | None) -> TargetFlags:
    from iamglue.aws.account_identity import read_account_identity  # noqa: PLC0415 - boto3 is slow to import and seldom asked for

    regions = (flags.region, *(function.region for function in functions), fallback)
    identity = read_account_identity(
        next((region for region in regions if region and not deployment_parameter_names(region)), None)
    )
    said = {account for account in (flags.account, *(function.account for function in functions)) if account}
    others = sorted(said - {identity.account})
    if others:
        raise IamglueError(
            f"--from-aws: the credentials are of account {identity.account}, but {others[0]} is asked for",
            hint="use credentials of that account, or leave --from-aws out",
        )
    return replace(flags, account=identity.account, partition=flags.partition or identity.partition)
