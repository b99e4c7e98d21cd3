"""Who has which policies by a spec: the roles of its functions, who may invoke them, and other accounts' policies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iamglue.formats.policies.permissions import permissions_policy
from iamglue.inputs.spec_policies import generate_permission_sets
from iamglue.model.access_change import AccessUnit, PolicyHolder, unique_holders
from iamglue.model.permission_set import PermissionSet
from iamglue.model.policy_file import PolicyFile
from iamglue.policy.document import policy_json
from iamglue.policy.model import Policy


def read_spec_unit(path: str, text: str) -> AccessUnit:
    """The holders of the policies that a spec generates. Raises the errors of the spec."""
    permission_sets = [permission_set for _, permission_set in generate_permission_sets(path, text)]
    holders = (holder for permission_set in permission_sets for holder in _holders(permission_set))
    return AccessUnit({(): unique_holders(holders)})


def _holders(permission_set: PermissionSet) -> Iterator[PolicyHolder]:
    """The roles of a function and of its schedules, who may invoke the function, and policies for other accounts."""
    name = permission_set.role_name
    yield _holder(f"role {name}", [(named.name, named.policy) for named in permission_set.policies])
    yield _holder(f"trust policy of role {name}", [("trust policy", permission_set.trust)])
    if permission_set.invoke_permissions:
        invoke = permissions_policy(permission_set)
        yield _holder(f"who may invoke function {permission_set.function}", [("invoke permissions", invoke)])
    for number, counterpart in enumerate(permission_set.counterparts, start=1):
        title = f"counterpart policy {number} of {permission_set.function}, for {counterpart.where}"
        yield _holder(title, [("counterpart policy", counterpart.policy)])
    for schedule in permission_set.schedules:
        if schedule.role is not None:
            yield _holder(f"role {schedule.role.name}", [("schedule policy", schedule.role.policy)])
            yield _holder(f"trust policy of role {schedule.role.name}", [("trust policy", schedule.role.trust)])


def _holder(name: str, policies: Sequence[tuple[str, Policy]]) -> PolicyHolder:
    files = tuple(PolicyFile(title, policy) for title, policy in policies)
    return PolicyHolder(name, files, parameters=any("${" in policy_json(policy) for _, policy in policies))
