"""`audit --print-policy`: the smallest policy with which `audit` can read everything it evaluates."""

from __future__ import annotations

from iamglue.catalog.audit_operations import audit_operations
from iamglue.errors import Location
from iamglue.generate.deployment_target import DeploymentTarget, check_account, check_region
from iamglue.generate.generate import generate
from iamglue.model.spec import AccessEntry, AccessList, FunctionSettings, LogSettings, SpecFunction, SpecResource
from iamglue.policy.model import Policy

_HERE = Location("audit_operations.tsv")
_NAME = "iamglue-audit"


def audit_policy(account: str | None = None, region: str | None = None, partition: str = "aws") -> Policy:
    """The policy for one account and Region; None: for all of them. Raises IamglueError if one is not valid."""
    check_account(account)
    check_region(region)
    function = audit_spec(account, region, partition)
    (named,) = generate(function, DeploymentTarget(region, account, partition)).policies
    return named.policy


def audit_spec(account: str | None, region: str | None, partition: str) -> SpecFunction:
    """The audit as a spec: a `reads` entry for each resource, with its operations."""
    known = {"${Partition}": partition, "${Region}": region or "*", "${Account}": account or "*"}
    actions: dict[tuple[str, str], list[str]] = {}
    for operation in audit_operations().values():
        for service, resource in operation.resources:
            actions.setdefault((service, _fill_variables(resource, known)), []).append(operation.action)
    entries = tuple(_entry(*where, tuple(sorted(do))) for where, do in sorted(actions.items()))
    return SpecFunction(_NAME, _HERE, entries=entries, settings=FunctionSettings(logs=LogSettings(enabled=False)))


def _entry(line: str, resource: str, do: tuple[str, ...]) -> AccessEntry:
    service, _, kind = line.partition("/")
    return AccessEntry(AccessList.READS, service, SpecResource(resource), _HERE, kind or None, do)


def _fill_variables(resource: str, known: dict[str, str]) -> str:
    """An ARN format with the values of its variables; variables of names, which are not known, stay."""
    for variable, value in known.items():
        resource = resource.replace(variable, value)
    return resource
