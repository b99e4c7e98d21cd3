"""The inline policies of one role, user or group are too large together.

IAM limits the total size: 10,240 characters for a role, 5,120 for a group, 2,048 for a user, without white space.
Splitting a policy into several inline policies does not help. Managed policies have limits of their own, and `iamglue
compact` shortens a policy.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.limits import GROUP_INLINE_POLICIES_SIZE, ROLE_INLINE_POLICIES_SIZE, USER_INLINE_POLICIES_SIZE
from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.source_size import largest_sizes

RULE = Rule(Severity.ERROR)

_LIMITS = {"role": ROLE_INLINE_POLICIES_SIZE, "group": GROUP_INLINE_POLICIES_SIZE, "user": USER_INLINE_POLICIES_SIZE}


def check_file(file: ParsedFile) -> Iterator[RuleViolation]:
    """Find roles, users and groups whose inline policies exceed the limit together."""
    owners: dict[str, list[ParsedPolicy]] = {}
    for policy in file.policies:
        if policy.owner is not None and policy.type is PolicyType.IDENTITY:
            owners.setdefault(policy.owner, []).append(policy)
    for owner, policies in owners.items():
        kind = policies[0].owner_kind
        sizes = [size for size in largest_sizes(policies) if size]
        limit = _LIMITS[kind]
        if sum(sizes) > limit:
            message = f"the inline policy of {owner} has {sum(sizes):,} characters"
            if len(sizes) > 1:
                message = f"the {len(sizes)} inline policies of {owner} have {sum(sizes):,} characters together"
            help_ = f"a {kind} may have at most {limit:,}; use managed policies"
            yield RuleViolation(policies[-1].node, message, help=help_)


def _template(count: int) -> str:
    """An example: a template with a role of two inline policies, each with so many long actions."""
    actions = ", ".join(f'"s3:Get{number:0200}"' for number in range(count))
    policy = f'{{"Statement": [{{"Effect": "Allow", "Action": [{actions}], "Resource": "*"}}]}}'
    policies = ", ".join(f'{{"PolicyName": "p{number}", "PolicyDocument": {policy}}}' for number in range(2))
    return f'{{"Resources": {{"R": {{"Type": "AWS::IAM::Role", "Properties": {{"Policies": [{policies}]}}}}}}}}'


GOOD = (RuleExample('{"Version": "2012-10-17", "Statement": []}'), RuleExample(_template(5)))
BAD = (RuleExample(_template(25)), RuleExample(_template(30)))
