"""Managed policies that SAM, the CDK and the console attach by themselves to the role of every function."""

from __future__ import annotations

import json
from functools import cache, reduce
from operator import or_

from iamglue.catalog.broad_policies import broad_managed_policies
from iamglue.catalog.managed_policies import find_managed_policy
from iamglue.engine.solve.action_bitsets import element_bitset
from iamglue.model.account import AttachedPolicy, Role
from iamglue.policy.document import read_policy

USUAL_RISK = 5  # what such a policy adds to a role's risk, at most


def is_usual_policy(policy: AttachedPolicy) -> bool:
    """Whether a policy is attached to the role of every function: what it grants is at most a suggestion."""
    row = broad_managed_policies().get(policy.name) if policy.is_aws_managed else None
    return row is not None and row.is_usual


def is_attached_by_framework(policy: AttachedPolicy, role: Role) -> bool:
    """Whether SAM attaches a managed policy because of a setting of the function; no line of the template names it."""
    by_sam = policy.is_aws_managed and policy.origin is not None and policy.origin is role.origin
    return by_sam or is_usual_policy(policy)


@cache
def usual_actions() -> int:
    """The actions that usual policies allow, as a bitset: writing to every log group."""
    documents = (find_managed_policy(name) for name, row in broad_managed_policies().items() if row.is_usual)
    statements = (
        statement
        for managed_policy in documents
        if managed_policy is not None
        for statement in read_policy(json.dumps(managed_policy.document), managed_policy.name).statements
    )
    return reduce(or_, (element_bitset(statement.actions) for statement in statements), 0)
