"""Managed policies that SAM, the CDK and the console attach by themselves to the role of every function."""

from __future__ import annotations

from iamglue.catalog.broad_policies import broad_managed_policies
from iamglue.model.account import AttachedPolicy


def is_usual_policy(policy: AttachedPolicy) -> bool:
    """Whether a policy is attached without a decision of the author: what it grants is at most a suggestion."""
    row = broad_managed_policies().get(policy.name) if policy.is_aws_managed else None
    return row is not None and row.is_usual
