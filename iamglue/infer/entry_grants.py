"""What the entries of a spec allow, for comparison: two spellings mean the same if they generate the same grants."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from iamglue.errors import DeploymentValueError, IamglueError
from iamglue.generate.requirements.entries import entry_needs
from iamglue.generate.requirements.entry_parts import entry_parts
from iamglue.generate.requirements.grants import AtomicGrant
from iamglue.generate.requirements.resource_names import check_resource_names
from iamglue.model.required_access import DeploymentScope, RequiredAccess
from iamglue.model.spec import AccessEntry
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER, PARTITION_PARAMETER, REGION_PARAMETER

# A function of which nothing is known: the comparison of two entries does not depend on its Region and account.
ANY_SCOPE = DeploymentScope(PARTITION_PARAMETER, REGION_PARAMETER, ACCOUNT_PARAMETER)

# The prefix of the Account service is also an option of entries: in a spec it is written with its resource type.
TYPED_SERVICES = frozenset({"account"})


@lru_cache(maxsize=8192)
def entry_grants(
    entry: AccessEntry, scope: DeploymentScope = ANY_SCOPE, *, check_names: bool = True
) -> frozenset[AtomicGrant] | None:
    """What `generate` allows for an entry: every action on every resource; None if the entry is not valid.

    Without `check_names`, names that no resource can have are taken as they are.
    """
    if entry.service in TYPED_SERVICES and entry.resource_type is None:
        return None
    try:
        needs = _entry_needs(entry, scope, check_names=check_names)
    except IamglueError:
        return None
    return atomic_grants(needs)


def atomic_grants(needs: Iterable[RequiredAccess]) -> frozenset[AtomicGrant]:
    """Every action on every resource of needs, under their conditions."""
    return frozenset(
        AtomicGrant(action, resource, need.conditions)
        for need in needs
        for action in need.actions
        for resource in need.resources
    )


def is_valid_entry(entry: AccessEntry, *, check_names: bool = True) -> bool:
    """Whether a spec may have the entry: also one whose grants depend on the function's Region, such as a profile."""
    if entry.service in TYPED_SERVICES and entry.resource_type is None:
        return False
    try:
        _entry_needs(entry, ANY_SCOPE, check_names=check_names)
    except DeploymentValueError:
        return True
    except IamglueError:
        return False
    return True


def _entry_needs(entry: AccessEntry, scope: DeploymentScope, *, check_names: bool) -> list[RequiredAccess]:
    """The needs of an entry as `generate` has them. Raises IamglueError if the entry is not valid."""
    needs = [need for part in entry_parts(entry, scope) for need in entry_needs(part, scope)]
    if check_names:
        check_resource_names((arn for need in needs for arn in need.resources), entry.location)
    return needs
