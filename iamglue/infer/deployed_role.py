"""From a function, deployed or in a template, with its role to a spec: triggers, settings and what policies allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.errors import IamglueError, Location
from iamglue.infer.function import infer_spec
from iamglue.infer.policy import InferredPolicy, infer_policies
from iamglue.infer.spec_parameters import with_spec_parameters
from iamglue.model.account import AttachedPolicy, DeployedFunction, Role
from iamglue.model.inference import ChangeKind, SpecChange
from iamglue.model.policy_file import PolicyFile
from iamglue.model.spec import SpecFunction
from iamglue.policy.model import VERSION_2012

# The first thing that a draft of triggers and settings does not know; the policies say it.
_KNOWN_BY_POLICIES = 1


def infer_role(function: DeployedFunction, role: Role | None, *, planned: bool = False) -> InferredPolicy:
    """The spec of a function from its configuration, its triggers and the policies of its role.

    `role` is None if it could not be read. `planned`: the function is that of a template.
    """
    draft = infer_spec(function, planned=planned)
    base = with_spec_parameters(draft.function)
    location = base.location
    changes = [SpecChange(ChangeKind.DROPPED, what, reason, location) for what, reason in draft.not_declared]
    if role is None:
        reason = "its policies were not read"
        changes.append(SpecChange(ChangeKind.DROPPED, function.role_arn or "the role", reason, location))
    files = [] if role is None else [_policy_file(item, planned=planned) for item in role.policies if item.policy]
    changes += [] if role is None else _role_changes(role, location)
    try:
        result = infer_policies(files, base=base)
    except IamglueError as error:
        # What triggers need could not be computed; the policies are read as those of any role.
        changes.append(SpecChange(ChangeKind.DROPPED, "triggers and settings", str(error), location))
        result = infer_policies(files, base=SpecFunction(base.name, location, region=base.region, account=base.account))
    unknown = draft.unknown[_KNOWN_BY_POLICIES:] if role else draft.unknown
    commented = replace(result.function, notes=unknown)
    return InferredPolicy(commented, (*changes, *result.changes))


def _role_changes(role: Role, location: Location) -> Iterator[SpecChange]:
    """What of a role no spec shows: policies that were not read, and the permissions boundary."""
    for item in role.policies:
        if item.policy is None:
            yield SpecChange(
                ChangeKind.DROPPED, f"policy {item.name}", f"it {item.parse_failure}", _policy_location(item, location)
            )
    if role.boundary is not None:
        reason = "a spec has no permissions boundary, which may limit what the policies allow"
        name = role.boundary.arn or role.boundary.name
        yield SpecChange(
            ChangeKind.DROPPED, f"permissions boundary {name}", reason, _policy_location(role.boundary, location)
        )


def _policy_file(item: AttachedPolicy, *, planned: bool) -> PolicyFile:
    """A policy with the places of its statements; those of templates may have parameters, whatever their version."""
    if item.policy is None:
        raise TypeError(item)
    policy = replace(item.policy, version=VERSION_2012) if planned else item.policy
    path = item.arn or f"policy {item.name}"
    place = _policy_location(item, Location(path))
    nodes = item.origin.statements if item.origin else ()
    is_known = len(nodes) == len(policy.statements)
    places = [node.location for node in nodes] if is_known else [place] * len(policy.statements)
    return PolicyFile(path, policy, tuple(places))


def _policy_location(item: AttachedPolicy, default: Location) -> Location:
    return item.origin.node.location if item.origin else default
