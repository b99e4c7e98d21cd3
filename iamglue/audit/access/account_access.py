"""The access of the roles of one account, within their boundaries and the account's SCPs."""

from __future__ import annotations

from iamglue.audit.access.policy_layers import build_policy_layer, is_misplaced
from iamglue.audit.access.role_access import RoleAccess
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.model.account import Account, AttachedPolicy, Role
from iamglue.model.role_context import RoleContext
from iamglue.policy.arns import SERVICE_LINKED_ROLE_PATH

_DEFAULT_REGION = "us-east-1"  # for roles that no function runs as
_CACHED_ROLES = 64  # other roles whose access is cached: that of thousands would fill the memory


class AccountAccess:
    """The access of roles of one account, cached: that of the role under evaluation, and of the last others."""

    def __init__(self, account: Account) -> None:
        self.account = account
        levels = account.scps or ()
        self._scps = tuple(
            build_policy_layer(level, PolicyKind.SCP) for level in levels if all(map(_is_readable, level))
        )
        self._unreadable_scps = tuple(policy for level in levels for policy in level if not _is_readable(policy))
        self._evaluated: RoleAccess | None = None
        self._others: dict[str, RoleAccess] = {}

    def evaluated_role(self, context: RoleContext) -> RoleAccess:
        """The access of the role that is being evaluated; cached until another role is."""
        if self._evaluated is None or self._evaluated.role is not context.role:
            region = context.functions[0].region if context.functions else _DEFAULT_REGION
            self._evaluated = self._build(context.role, region)
        return self._evaluated

    def other_role(self, role: Role) -> RoleAccess:
        """The access of a role that the evaluated one may become, or of a user whose credentials it may obtain.

        Never the object that `evaluated_role` returns, so that the order of evaluation does not change what is
        reported as unknown.
        """
        access = self._others.get(role.arn)
        if access is None or access.role is not role:
            if len(self._others) >= _CACHED_ROLES:
                del self._others[next(iter(self._others))]
            access = self._others[role.arn] = self._build(role, _DEFAULT_REGION)
        return access

    def _build(self, role: Role, region: str) -> RoleAccess:
        """The access of a role under its boundary and SCPs, with what is unknown about its policies."""
        boundary = build_policy_layer((role.boundary,)) if role.boundary and _is_readable(role.boundary) else None
        service_linked = role.path.startswith(SERVICE_LINKED_ROLE_PATH)  # SCPs do not apply to service-linked roles
        limits = (*((boundary,) if boundary else ()), *(() if service_linked else self._scps))
        location = (self.account.partition, region, role.account)
        access = RoleAccess(build_policy_layer(role.policies), limits, location, role, self.account, boundary)
        for policy in role.policies if len(access.identity_layer.policies) < len(role.policies) else ():
            if not _is_readable(policy):
                access.record_unknown(
                    f"the policy `{policy.name}` {_unread_reason(policy)}: it is treated as having no statements"
                )
        if role.boundary and boundary is None:
            reason = _unread_reason(role.boundary)
            access.record_unknown(f"the boundary `{role.boundary.name}` {reason}: it is treated as allowing everything")
        for policy in () if service_linked else self._unreadable_scps:
            access.record_unknown(
                f"the service control policy `{policy.name}` {_unread_reason(policy)}: "
                "its level is treated as allowing everything"
            )
        return access


def _unread_reason(policy: AttachedPolicy) -> str:
    return policy.parse_failure or "is malformed"  # its elements belong to another kind of policy


def _is_readable(policy: AttachedPolicy) -> bool:
    return policy.policy is not None and not is_misplaced(policy.policy)
