"""A policy lets its user delete KMS keys without a second factor.

What a deleted key encrypted is lost. Whether a policy allows it is decided as `iamglue diff` and `iamglue can` do it:
with wildcards, NotAction, Deny statements and conditions.

https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.rules import (
    AuditedRole,
    ParsedPolicy,
    PolicyType,
    RoleProblem,
    Rule,
    RuleExample,
    RuleViolation,
    Severity,
    UndecidedRole,
    UndecidedRule,
    build_condition,
    describe_request,
    find_allowed_requests,
)

RULE = Rule(Severity.ERROR, types=frozenset({PolicyType.IDENTITY}))
_WITH_MFA = build_condition("Bool", "aws:MultiFactorAuthPresent", "true")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation | UndecidedRule]:
    """Report statements that allow the deletion of a key, and those of which it is not known."""
    for allowed in find_allowed_requests(policy, ["kms:ScheduleKeyDeletion"], unless=[_WITH_MFA]):
        if allowed.request is None:
            yield UndecidedRule(allowed.node, allowed.reason, allowed.kind)
        else:
            text = f"the statement allows {describe_request(allowed.request)}"
            yield RuleViolation(allowed.node, text, help="require aws:MultiFactorAuthPresent, or leave the action out")


def check_role(role: AuditedRole) -> Iterator[RoleProblem | UndecidedRole]:
    """Report, with `iamglue audit`, the roles that may delete a key by all their policies together."""
    for allowed in role.find_allowed_requests(["kms:ScheduleKeyDeletion"], unless=[_WITH_MFA]):
        if allowed.request is None:
            yield UndecidedRole(allowed.reason, allowed)
        else:
            yield RoleProblem(f"{allowed.place} allows {describe_request(allowed.request)}", allowed)


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}'),
    RuleExample("""\
Effect: Allow
Action: kms:*
Resource: "*"
Condition: {Bool: {aws:MultiFactorAuthPresent: true}}
"""),
)
BAD = (
    RuleExample('{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}'),
    RuleExample('{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}'),
)
