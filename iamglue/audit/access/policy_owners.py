"""Who wrote a policy: the author of a template, AWS, or a construct of the AWS CDK; only its author can change it."""

from __future__ import annotations

from iamglue.catalog.cdk_grants import CdkGrant, cdk_grants
from iamglue.engine.solve.action_bitsets import patterns_bitset
from iamglue.model.account import AttachedPolicy, Role

# https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html
_PATH = "aws:cdk:path"


def find_cdk_grant(policy: AttachedPolicy, role: Role, actions: int) -> CdkGrant | None:
    """The construct of the CDK that grants all these actions, a bitset, by a policy of a role; None if none does."""
    return next((grant for grant in cdk_grants() if _is_by_construct(grant, policy, role, actions)), None)


def _is_by_construct(grant: CdkGrant, policy: AttachedPolicy, role: Role, actions: int) -> bool:
    """Whether the CDK's construct attaches this AWS managed policy, or writes this policy with no other actions."""
    if policy.is_aws_managed:
        return grant.policy == policy.name and _construct_path(role).endswith(grant.path)
    is_own = bool(grant.logical_id) and policy.name.startswith(grant.logical_id)
    return is_own and not actions & ~patterns_bitset(grant.actions)


def policy_help(policy: AttachedPolicy, grant: CdkGrant | None, own: str) -> str:
    """What to do about a policy: `own` if its author wrote it. Nobody can edit a policy that AWS manages.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
    """
    if grant is not None:
        return f"the construct `{grant.construct}` of the AWS CDK writes this itself: {grant.alternative}"
    if policy.is_aws_managed:
        return f"replace `{policy.name}`, which AWS manages, with a policy of your own that allows only what is needed"
    return own


def _construct_path(role: Role) -> str:
    """The path of the construct that is a role of a synthesized template; empty for other roles."""
    if role.origin is None or role.origin.root is None:
        return ""
    node = role.origin.root.get("Resources")
    for name in (role.origin.node.text, "Metadata", _PATH):
        node = node.get(name) if node is not None else None
    return node.text if node is not None else ""
