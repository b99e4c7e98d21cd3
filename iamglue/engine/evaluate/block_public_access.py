"""S3 Block Public Access with all four settings on: the requests that it rejects whatever policies allow.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

from iamglue.engine.evaluate.callers import CallerKind
from iamglue.engine.evaluate.layers import Layer
from iamglue.engine.evaluate.public_bucket_policies import is_public_bucket_policy
from iamglue.engine.evaluate.request_scope import RequestScope
from iamglue.engine.evaluate.truth import Truth, any_of

PUBLIC_POLICY_REASON = (
    "S3 Block Public Access (RestrictPublicBuckets) restricts a bucket with a public policy to AWS services and "
    "principals of the bucket owner's account"
)
PUBLIC_ACL_REASON = "S3 Block Public Access (BlockPublicAcls) rejects requests that set a public ACL"
_ACL_KEY = "s3:x-amz-acl"
_GRANT_PREFIX = "s3:x-amz-grant-"
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html (canned ACLs, predefined groups)
_PUBLIC_ACLS = frozenset({"public-read", "public-read-write", "authenticated-read"})
_PUBLIC_GROUPS = ("groups/global/AllUsers", "groups/global/AuthenticatedUsers")


def blocks_public_access(resource: Layer | None, scope: RequestScope) -> tuple[Truth, str]:
    """Whether the settings reject a request, and why; None if it is undecided."""
    if not scope.request.action.lower().startswith("s3:") or scope.request.resource == "*":
        return False, ""
    if _sets_public_acl(scope):
        return True, PUBLIC_ACL_REASON
    return _is_restricted(resource, scope), PUBLIC_POLICY_REASON


def _sets_public_acl(scope: RequestScope) -> bool:
    """Whether the request sets an ACL that grants permissions to everyone, or to every AWS account."""
    context = scope.request.lowercase_context
    return any(value in _PUBLIC_ACLS for value in context.get(_ACL_KEY, ())) or any(
        group in value
        for key, values in context.items()
        if key.startswith(_GRANT_PREFIX)
        for value in values
        for group in _PUBLIC_GROUPS
    )


def _is_restricted(resource: Layer | None, scope: RequestScope) -> Truth:
    """Whether the bucket policy is public and the caller is neither an AWS service nor in the owner's account."""
    if resource is None or scope.caller.kind is CallerKind.SERVICE:
        return False
    if scope.caller.account is not None and not scope.cross_account:
        return False
    public = any_of(map(is_public_bucket_policy, resource.policies))
    # An access point with a VPC origin is never public, whatever its policy grants.
    is_undecided = scope.caller.kind is CallerKind.UNNAMED or ":accesspoint/" in scope.request.resource
    return None if public and is_undecided else public
