"""The inline policies of one role, user or group are too large together.

IAM limits the sum: 10,240 characters for a role, 5,120 for a group, 2,048 for a user, white space not counted. To
split a policy into several inline policies gains nothing; managed policies have limits of their own, and `iamglue
compact` makes a policy shorter.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.limits import GROUP_INLINE_SUM, ROLE_INLINE_SUM, USER_INLINE_SUM
from iamglue.findings import Severity
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.model.parsed_file import WrittenFile
from iamglue.policy.parsed_policy import PolicyType, WrittenPolicy
from iamglue.policy.parsed_values import written_size

RULE = Rule(Severity.ERROR)

_LIMITS = {"role": ROLE_INLINE_SUM, "group": GROUP_INLINE_SUM, "user": USER_INLINE_SUM}


def check_file(file: WrittenFile) -> Iterator[Hit]:
    """Every role, user and group whose inline policies are too large together."""
    owners: dict[str, list[WrittenPolicy]] = {}
    for policy in file.policies:
        if policy.owner is not None and policy.type is PolicyType.IDENTITY:
            owners.setdefault(policy.owner, []).append(policy)
    for owner, policies in owners.items():
        kind = policies[0].owner_kind
        sizes = [written_size(each.node) for each in policies]
        limit = _LIMITS[kind]
        if sum(sizes) > limit:
            message = f"the {len(sizes)} inline policies of {owner} have {sum(sizes):,} characters together"
            yield Hit(policies[-1].node, message, help=f"a {kind} may have {limit:,}; use managed policies")


def _template(count: int) -> str:
    actions = ", ".join(f'"s3:Get{number:0200}"' for number in range(count))
    policy = f'{{"Statement": [{{"Effect": "Allow", "Action": [{actions}], "Resource": "*"}}]}}'
    named = ", ".join(f'{{"PolicyName": "p{number}", "PolicyDocument": {policy}}}' for number in range(2))
    return f'{{"Resources": {{"R": {{"Type": "AWS::IAM::Role", "Properties": {{"Policies": [{named}]}}}}}}}}'


GOOD = (Case('{"Version": "2012-10-17", "Statement": []}'), Case(_template(5)))
BAD = (Case(_template(25)), Case(_template(30)))
