"""A policy is larger than AWS allows.

For IAM policies, white space does not count. A managed policy may have 6,144 characters; all inline policies of a role
together 10,240; the trust policy of a role 2,048, unless the quota was raised. Between the first two limits, a policy
in a file of its own is only a suggestion, because the file does not say what it will be. Policies of other services
have limits of their own, most of them 20,480 characters, and white space counts. `iamglue compact` shortens a policy;
otherwise split it into several managed policies.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog import limits
from iamglue.findings import Severity
from iamglue.lint.rule import RESOURCE_BASED_TYPES, Rule, RuleExample, RuleViolation
from iamglue.lint.rules.control.control_policy_size import document_length
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.source.source_text import Syntax
from iamglue.policy.source_size import source_size

RULE = Rule(
    Severity.WARNING,
    codes=(
        "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA",
        "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA",
        "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA",
    ),
    types=RESOURCE_BASED_TYPES | {PolicyType.IDENTITY},
)

_LIMIT_BY_TYPE = {"AWS::KMS::Key": limits.KEY_POLICY_SIZE, "AWS::KMS::ReplicaKey": limits.KEY_POLICY_SIZE}
_DESCRIPTIONS = {
    PolicyType.IDENTITY: ("an identity-based policy", "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"),
    PolicyType.RESOURCE: ("a resource-based policy", "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA"),
    PolicyType.TRUST: ("a trust policy", "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA"),
}


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report the document if it is too large."""
    limit, may_be_managed = _limit(policy), _may_be_managed(policy)
    short_limit = limits.MANAGED_POLICY_SIZE if may_be_managed else limit
    node = policy.node
    if node.source.syntax is Syntax.JSON and node.end - node.start <= short_limit:
        return
    size = _size(policy)
    if size > limit:
        description, code = _DESCRIPTIONS[policy.type]
        yield RuleViolation(node, _message(policy, size, description, limit), help=_help(policy), code=code)
    elif size > short_limit:
        yield _managed_violation(policy, size)


def _may_be_managed(policy: ParsedPolicy) -> bool:
    """True if the policy is, or may be, a managed policy: a file of one policy does not say how it is attached."""
    return policy.managed or (policy.type is PolicyType.IDENTITY and not policy.name and policy.owner is None)


def _managed_violation(policy: ParsedPolicy, size: int) -> RuleViolation:
    """Report a policy that is too large for a managed policy, but not for an inline policy."""
    limit = limits.MANAGED_POLICY_SIZE
    if policy.managed:
        return RuleViolation(
            policy.node, _message(policy, size, "a managed policy", limit), help=_help(policy), code=""
        )
    message = (
        f"the policy has {size:,} characters without white space: it fits inline, not as a managed policy,"
        f" which may have at most {limit:,}"
    )
    return RuleViolation(policy.node, message, help=_help(policy), code="", severity=Severity.SUGGESTION)


def _size(policy: ParsedPolicy) -> int:
    """Number of characters that AWS counts. For plain JSON, white space is counted in the text, which is faster."""
    if policy.type is PolicyType.RESOURCE:
        return document_length(policy)
    node = policy.node
    text = node.source.text[node.start : node.end]
    # In a template a value may expand to a longer one, and escaped quotes make it unclear where a string ends.
    if policy.name or node.source.syntax is not Syntax.JSON or "\\" in text:
        return source_size(policy)
    outside_strings = "".join(text.split('"')[::2])
    return len(text) - len(outside_strings) + len("".join(outside_strings.split()))


def _limit(policy: ParsedPolicy) -> int:
    """The quota for the policy type and, for some resource types, of the service."""
    if policy.type is PolicyType.IDENTITY:
        return limits.IDENTITY_POLICY_SIZE
    if policy.type is PolicyType.TRUST:
        return limits.TRUST_POLICY_SIZE
    return _LIMIT_BY_TYPE.get(policy.resource_type or "", limits.RESOURCE_POLICY_SIZE)


def _message(policy: ParsedPolicy, size: int, description: str, limit: int) -> str:
    qualifier = "" if policy.type is PolicyType.RESOURCE else " without white space"
    return f"the policy has {size:,} characters{qualifier}; {description} may have at most {limit:,}"


def _help(policy: ParsedPolicy) -> str | None:
    """How to make the policy shorter; None if removing white space would not be enough."""
    if policy.type is PolicyType.IDENTITY:
        maximum = f"{limits.MANAGED_POLICY_SIZE:,}"
        return f"shorten it with `iamglue compact`, or split it into managed policies of at most {maximum} characters"
    if policy.type is PolicyType.TRUST:
        return "shorten the policy, or request a higher quota"
    return "remove white space, which counts" if source_size(policy) <= _limit(policy) else None


def _long_statement(count: int, rest: str = "") -> str:
    actions = ", ".join(f'"s3:Get{number:0100}"' for number in range(count))
    return f'{{"Effect": "Allow", {rest}"Action": [{actions}], "Resource": "*"}}'


GOOD = (
    RuleExample(_long_statement(50)),
    RuleExample('{"Effect": "Allow",' + " " * 20_000 + '"Action": "s3:GetObject", "Resource": "*"}'),
)
BAD = (
    RuleExample(_long_statement(100), codes=("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA",)),
    RuleExample(_long_statement(70), codes=("",)),
    RuleExample(
        _long_statement(200, '"Principal": "*", '),
        PolicyType.RESOURCE,
        codes=("POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA",),
    ),
    RuleExample(
        '{"Effect": "Deny", "Principal": "*",' + " " * 20_480 + '"Action": "s3:GetObject", "Resource": "*"}',
        PolicyType.RESOURCE,
        codes=("POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA",),
    ),
    RuleExample(
        _long_statement(20, '"Principal": "*", '),
        PolicyType.TRUST,
        codes=("POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA",),
    ),
)
