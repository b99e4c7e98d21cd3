"""Deployment targets: where a function is deployed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from iamglue.catalog.partitions import did_you_mean_region, infer_partition, partitions
from iamglue.errors import IamglueError, Location
from iamglue.model.spec import SpecFunction
from iamglue.policy.patterns.variables import deployment_parameter_names
from iamglue.spelling import did_you_mean

# Formats with pseudo-parameters for Region and account. A script of AWS CLI commands, JSON and YAML have none: they are
# for one account and Region.
FORMATS_WITH_PSEUDO_PARAMETERS = frozenset({"cloudformation", "sam", "terraform", "serverless"})
FORMATS_WITH_PARAMETERS = frozenset({"cloudformation", "sam", "terraform"})


@dataclass(frozen=True, slots=True)
class DeploymentTarget:
    """Where the function is deployed; None for what is not known.

    `use_pseudo_parameters`: unknown values are written as pseudo-parameters such as `${AWS::Region}`.
    `allow_parameters`: the output may contain deployment parameters; otherwise each must have a value.
    """

    region: str | None = None
    account: str | None = None
    partition: str | None = None
    use_pseudo_parameters: bool = False
    allow_parameters: bool = False


def check_deployment_target(target: DeploymentTarget, function: SpecFunction) -> DeploymentTarget:
    """Return `target`, the deployment target that a user gives for `function`.

    Raises IamglueError for an invalid account, Region or partition, if Region and partition do not match, and for a
    parameter such as `${Region}` that is not the function's own: it would never get a value.
    """
    _check_parameters("account", target.account, function.account)
    check_account(target.account)
    _check_parameters("Region", target.region, function.region)
    region_partition = check_region(target.region)
    if target.partition and target.partition not in partitions():
        raise IamglueError(
            f"`{target.partition}` is not a valid partition: expected one of {', '.join(partitions())}",
            hint=did_you_mean(target.partition, partitions()),
        )
    if region_partition and target.partition and target.partition != region_partition:
        raise IamglueError(f"Region {target.region} is in partition {region_partition}, not in {target.partition}")
    return target


def check_account(account: str | None, location: Location | None = None) -> None:
    """Raises IamglueError for an account that is not valid; one with parameters is not known yet."""
    if account and not deployment_parameter_names(account) and not re.fullmatch("[0-9]{12}", account):
        raise IamglueError(
            f"`{account}` is not a valid account ID: expected 12 digits, leading zeros included", location=location
        )


def check_region(region: str | None, location: Location | None = None) -> str | None:
    """The partition of a Region; None if the Region is None or contains parameters, and is not known yet.

    Raises IamglueError for a Region that is not valid.
    """
    if not region or deployment_parameter_names(region):
        return None
    partition = infer_partition(region)
    if not partition:
        raise IamglueError(
            f"`{region}` is not a valid Region: expected one such as eu-west-1",
            hint=did_you_mean_region(region),
            location=location,
        )
    return partition


def _check_parameters(kind: str, value: str | None, declared: str | None) -> None:
    """Raises IamglueError for a value with a parameter, unless it is the spec's `declared` value."""
    if value and value != declared and deployment_parameter_names(value):
        raise IamglueError(
            f"the {kind} `{value}` contains a parameter that the spec does not have",
            hint=f"give the {kind} itself, or write `{kind.lower()}: {value}` in the spec",
        )
