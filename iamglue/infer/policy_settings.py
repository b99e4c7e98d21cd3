"""What policies allow for the settings of a function: its own log group, VPC, tracing and Lambda Insights."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from iamglue.catalog.partitions import infer_partition
from iamglue.errors import IamglueError
from iamglue.generate.requirements.function_requirements import function_requirements
from iamglue.generate.requirements.grants import AtomicGrant
from iamglue.generate.requirements.settings import settings_needs
from iamglue.infer.entry_grants import atomic_grants
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import FunctionSettings, LogSettings, SpecFunction
from iamglue.policy.arns import parse_arn
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER, PARTITION_PARAMETER, REGION_PARAMETER
from iamglue.policy.patterns.wildcards import has_wildcard

_OWN_GROUP = "/aws/lambda/"
_FUNCTION_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_GROUP = re.compile(r"log-group:(.+):\*")
_NO_LOGS = FunctionSettings(logs=LogSettings(enabled=False))


def infer_scope(grants: Iterable[AtomicGrant]) -> DeploymentScope:
    """The Region and account of a function's log group, else those that most ARNs name, of equals the first."""
    arns = [arn for grant in grants if (arn := parse_arn(grant.resource))]
    own = [arn for arn in arns if arn.service == "logs" and _OWN_GROUP in arn.resource]
    return DeploymentScope(
        _most_common((arn.partition for arn in arns), PARTITION_PARAMETER),
        _most_common((arn.region for arn in own or arns), REGION_PARAMETER),
        _most_common((arn.account for arn in own or arns), ACCOUNT_PARAMETER),
    )


def function_scope(function: SpecFunction) -> DeploymentScope:
    """Where a function of a spec is, with the parameters of the deployment for what its spec does not say."""
    region = function.region or REGION_PARAMETER
    partition = function.partition or infer_partition(region) or PARTITION_PARAMETER
    return DeploymentScope(partition, region, function.account or ACCOUNT_PARAMETER)


def _most_common(values: Iterable[str], default: str) -> str:
    counts = Counter(value for value in values if value and not has_wildcard(value))
    return counts.most_common(1)[0][0] if counts else default


def infer_function_name(grants: Iterable[AtomicGrant]) -> str | None:
    """The name of the function whose log group the grants name; None unless there is exactly one."""
    names = {
        group.removeprefix(_OWN_GROUP)
        for group in _written_groups(grants)
        if group.startswith(_OWN_GROUP) and _FUNCTION_NAME.fullmatch(group.removeprefix(_OWN_GROUP))
    }
    return names.pop() if len(names) == 1 else None


def infer_settings(
    function: SpecFunction, grants: frozenset[AtomicGrant], scope: DeploymentScope
) -> tuple[FunctionSettings, frozenset[AtomicGrant]]:
    """The settings for which the grants are all that is needed, and the grants that they need."""
    settings = _NO_LOGS
    for logs in _log_settings(function.name, grants):
        candidate = replace(_NO_LOGS, logs=logs)
        needed = setting_grants(replace(function, settings=candidate), scope)
        if needed and needed <= grants:
            settings = candidate
            break
    for candidate in (
        replace(settings, vpc=True),
        replace(settings, tracing=True),
        replace(settings, insights=True),
    ):
        if (needed := setting_grants(replace(function, settings=candidate), scope)) and needed <= grants:
            settings = replace(
                settings,
                vpc=settings.vpc or candidate.vpc,
                tracing=settings.tracing or candidate.tracing,
                insights=settings.insights or candidate.insights,
            )
    return settings, setting_grants(replace(function, settings=settings), scope) or frozenset()


def setting_grants(function: SpecFunction, scope: DeploymentScope) -> frozenset[AtomicGrant] | None:
    """What `generate` allows for the settings of a function; None if they are not valid."""
    try:
        return atomic_grants(settings_needs(function, scope))
    except IamglueError:
        return None


def item_grants(function: SpecFunction, scope: DeploymentScope) -> frozenset[AtomicGrant]:
    """What `generate` allows for all items of a function. Raises IamglueError if one of them is not valid."""
    return atomic_grants(need for item in function_requirements(function, scope) for need in item.needs)


def _log_settings(name: str, grants: frozenset[AtomicGrant]) -> Iterator[LogSettings]:
    """The possible log settings: the function's own log group first, then another one that the grants name."""
    groups = sorted(_written_groups(grants), key=lambda group: (group != _OWN_GROUP + name, group))
    for create in (True, False):
        for group in groups:
            yield LogSettings(create=create, group=None if group == _OWN_GROUP + name else group)


def _written_groups(grants: Iterable[AtomicGrant]) -> set[str]:
    """The names of the log groups to which the grants allow to write."""
    return {
        match[1]
        for grant in grants
        if grant.action == "logs:PutLogEvents" and (arn := parse_arn(grant.resource))
        if (match := _GROUP.fullmatch(arn.resource)) and not has_wildcard(match[1])
    }
