"""Users as callers: what a role that obtains a user's credentials may do."""

from __future__ import annotations

from iamglue.model.account import AttachedPolicy, Role, User
from iamglue.policy.model import Policy

_NO_TRUST = AttachedPolicy("trust policy", "", Policy(()))


def user_caller(user: User) -> Role:
    """The user as a role that nobody may assume: its ARN, policies and boundary decide what its credentials allow."""
    return Role(user.name, user.arn, _NO_TRUST, user.policies, user.boundary, tags=user.tags)


def is_user(caller: Role) -> bool:
    """Whether a caller is a user."""
    return ":user/" in caller.arn


def unread_policy(caller: Role) -> str:
    """The first policy of a caller that was not read, with the reason; empty if all were. It may deny a request."""
    unread = (policy for policy in (*caller.policies, caller.boundary) if policy and policy.policy is None)
    return next((f"the policy `{policy.name}` of `{caller.name}` {policy.parse_failure}" for policy in unread), "")
