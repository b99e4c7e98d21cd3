"""A policy with more characters than AWS takes.

IAM leaves white space out when it counts. A managed policy may have 6,144 characters; the inline policies of a role
10,240 together; a role's trust policy 2,048, unless the quota was raised. Other services' policies have limits of their
own, most of them 20,480, and white space counts. `iamglue compact` shortens a policy; else split it into several
managed policies.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog import limits
from iamglue.findings import Severity
from iamglue.lint.rule import RESOURCE_BASED, Case, Hit, Rule
from iamglue.lint.rules.control.control_policy_size import characters
from iamglue.policy.parsed_policy import PolicyType, WrittenPolicy
from iamglue.policy.parsed_values import written_size
from iamglue.policy.source.source_text import Syntax

RULE = Rule(
    Severity.WARNING,
    codes=(
        "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA",
        "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA",
        "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA",
    ),
    types=RESOURCE_BASED | {PolicyType.IDENTITY},
)

_OWN = {"AWS::KMS::Key": limits.KEY_POLICY, "AWS::KMS::ReplicaKey": limits.KEY_POLICY}
_KINDS = {
    PolicyType.IDENTITY: ("an identity policy", "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"),
    PolicyType.RESOURCE: ("a resource's policy", "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA"),
    PolicyType.TRUST: ("a trust policy", "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA"),
}


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """The document, if it is too large."""
    limit = _limit(policy)
    least = limits.MANAGED_POLICY if policy.managed else limit
    node = policy.node
    if node.origin.syntax is Syntax.JSON and node.end - node.start <= least:
        return
    size = _size(policy)
    if size > limit:
        kind, code = _KINDS[policy.type]
        yield Hit(node, _message(policy, size, kind, limit), help=_help(policy), code=code)
    elif size > least:
        yield Hit(node, _message(policy, size, "a managed policy", least), help=_help(policy), code="")


def _size(policy: WrittenPolicy) -> int:
    if policy.type is PolicyType.RESOURCE:
        return characters(policy)
    node = policy.node
    text = node.origin.text[node.start : node.end]
    # In a template a text may stand for a longer one, and an escaped quote hides where texts end.
    if policy.name or node.origin.syntax is not Syntax.JSON or "\\" in text:
        return written_size(node)
    between = "".join(text.split('"')[::2])
    return len(text) - len(between) + len("".join(between.split()))


def _limit(policy: WrittenPolicy) -> int:
    if policy.type is PolicyType.IDENTITY:
        return limits.IDENTITY_POLICY
    if policy.type is PolicyType.TRUST:
        return limits.TRUST_POLICY
    return _OWN.get(policy.resource_type or "", limits.RESOURCE_POLICY)


def _message(policy: WrittenPolicy, size: int, kind: str, limit: int) -> str:
    without = "" if policy.type is PolicyType.RESOURCE else " without white space"
    return f"the policy has {size:,} characters{without}; {kind} may have {limit:,}"


def _help(policy: WrittenPolicy) -> str | None:
    if policy.type is PolicyType.IDENTITY:
        return f"`iamglue compact` shortens it; several managed policies have {limits.MANAGED_POLICY:,} each"
    if policy.type is PolicyType.TRUST:
        return "the quota can be raised"
    return "white space counts" if written_size(policy.node) <= _limit(policy) else None


def _long(count: int, rest: str = "") -> str:
    actions = ", ".join(f'"s3:Get{number:0100}"' for number in range(count))
    return f'{{"Effect": "Allow", {rest}"Action": [{actions}], "Resource": "*"}}'


GOOD = (
    Case(_long(50)),
    Case('{"Effect": "Allow",' + " " * 20_000 + '"Action": "s3:GetObject", "Resource": "*"}'),
)
BAD = (
    Case(_long(100), codes=("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA",)),
    Case(
        _long(200, '"Principal": "*", '),
        PolicyType.RESOURCE,
        codes=("POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA",),
    ),
    Case(
        '{"Effect": "Deny", "Principal": "*",' + " " * 20_480 + '"Action": "s3:GetObject", "Resource": "*"}',
        PolicyType.RESOURCE,
        codes=("POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA",),
    ),
    Case(
        _long(20, '"Principal": "*", '),
        PolicyType.TRUST,
        codes=("POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA",),
    ),
)
