"""A statement that lets everyone in: any account of AWS, and for many services callers without an account.

`"Principal": "*"` and `{"AWS": "*"}` mean everyone. Where that is not what is meant, name accounts or roles, or hold
the caller to fixed values: `aws:PrincipalOrgID`, `aws:PrincipalArn`, `aws:SourceVpce`, `aws:SourceIp` and the like. A
condition whose value is a wildcard, that holds for requests without the key (`...IfExists`, `ForAllValues`), or that
says nothing of the caller (`aws:SecureTransport`) does not confine. A trust policy that lets everyone in makes the role
anybody's.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.source_condition_keys import Confines
from iamglue.findings import Severity
from iamglue.lint.analysis.confinement import conditions_known, confining, turned_away
from iamglue.lint.rule import RESOURCE_BASED, Case, Hit, Rule
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import PolicyType, WrittenPolicy, WrittenStatement
from iamglue.policy.parsed_values import WrittenPrincipal
from iamglue.policy.patterns.wildcards import covers_action

RULE = Rule(Severity.SECURITY_WARNING, types=RESOURCE_BASED)

# The policy of an endpoint says what may pass, and lets nobody in.
# https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
_NO_GRANT = "AWS::EC2::VPCEndpoint"


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every principal that is everyone, where no condition confines it."""
    if policy.resource_type == _NO_GRANT:
        return
    for statement in policy.statements:
        everyone = _everyone(statement, policy)
        if everyone is not None and not _is_confined(statement, policy):
            yield _hit(everyone, policy)


def _everyone(statement: WrittenStatement, policy: WrittenPolicy) -> WrittenPrincipal | None:
    element = statement.principal
    if element is None or element.negated or statement.effect is not Effect.ALLOW:
        return None
    # That a trust policy does not take a bare `*` is another rule's; it lets nobody in.
    kinds = ("AWS",) if policy.type is PolicyType.TRUST else ("AWS", "*")
    return next((each for each in element.values if each.kind in kinds and each.value.text == "*"), None)


def _is_confined(statement: WrittenStatement, policy: WrittenPolicy) -> bool:
    if not conditions_known(statement):
        return True
    if any(kind is not Confines.REFERER for kind, _ in confining(statement)):
        return True
    return any(_shuts_out(other, statement) for other in policy.statements)


def _shuts_out(other: WrittenStatement, statement: WrittenStatement) -> bool:
    """Whether another statement denies the actions to everyone but those it names, as AWS's guides write it."""
    if not turned_away(other) or statement.action is None or other.action is None or other.action.negated:
        return False
    if statement.action.negated:
        return any(node.text == "*" for node in other.action.values)
    denied = [node.text for node in other.action.values]
    return all(any(covers_action(one, node.text) for one in denied) for node in statement.action.values)


def _hit(principal: WrittenPrincipal, policy: WrittenPolicy) -> Hit:
    if policy.type is PolicyType.TRUST:
        told = "name who is to assume the role, or add a condition on `aws:PrincipalOrgID` or `aws:PrincipalArn`"
        return Hit(principal.value, "anyone with an AWS account may assume the role", help=told)
    told = "name who is to have access, or add a condition on `aws:PrincipalOrgID`, `aws:SourceVpce` or the like"
    return Hit(principal.value, "everyone has this access: no condition confines the caller", help=told)


_READ = '"Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"'


def _case(condition: str, principal: str = '"*"') -> str:
    end = f', "Condition": {{{condition}}}' if condition else ""
    return f'{{"Effect": "Allow", "Principal": {principal}, {_READ}{end}}}'


_ASSUME = '{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"'
GOOD = (
    Case(_case('"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}'), PolicyType.RESOURCE),
    Case(_case('"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}', '{"AWS": "*"}'), PolicyType.RESOURCE),
    Case(
        '{"Version": "2012-10-17", "Statement": ['
        f"{_case('')},"
        ' {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition":'
        ' {"StringNotEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}}]}',
        PolicyType.RESOURCE,
    ),
    Case(f'{_ASSUME}, "Condition": {{"StringEquals": {{"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}}}}', PolicyType.TRUST),
)
BAD = (
    Case(_case(""), PolicyType.RESOURCE, codes=("",)),
    Case(_case('"Bool": {"aws:SecureTransport": "true"}', '{"AWS": "*"}'), PolicyType.RESOURCE, codes=("",)),
    Case(_case('"StringLike": {"aws:PrincipalOrgID": "*"}'), PolicyType.RESOURCE, codes=("",)),
    Case(f"{_ASSUME}}}", PolicyType.TRUST, codes=("",)),
)
