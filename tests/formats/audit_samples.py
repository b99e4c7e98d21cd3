"""Audits made for tests of what they are written as: names of any kind, and as many roles as are asked for."""

from __future__ import annotations

from support import deployed

from iamglue.findings import Finding, NotEvaluated, NotEvaluatedKind, Report, Severity, SourceSpan, Subject
from iamglue.model.account import Account, AttachedPolicy, Role
from iamglue.model.role_context import AuditResult, RoleContext, RoleReplacement, RoleResult
from iamglue.model.usage import Usage
from iamglue.policy.document import read_policy

HOSTILE = '</script><script>document.body.dataset.owned=1</script><img src=x onerror="document.body.dataset.owned=1">'
TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
    '"Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
)
NEW = read_policy(TRUST.replace("sts", "s3"), "new")
RULES = ("one-click-policy", "excess-access", "privilege-escalation", "broad-access", "data-exposure", "shared-role")


def allowing(name: str, actions: list[str]) -> AttachedPolicy:
    return deployed.attached(name, [{"Effect": "Allow", "Action": actions, "Resource": "*"}])


def finding(number: int, role: Role, at: int, message: str | None = None) -> Finding:
    severity = list(Severity)[(number + at) % 4]
    place = SourceSpan(role.policies[0].name, pointer="/Statement/0/Action/0 /Statement/0/Resource")
    return Finding(
        RULES[(number + at) % len(RULES)],
        severity,
        message or f"`s3:*` of function-{number} is allowed on every bucket, number {at}",
        place,
        Subject("role", role.name, role.arn),
        help="name the resources",
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    )


def judged(number: int, account: Account, name: str | None = None, findings: int = 3) -> RoleResult:
    name = name or f"role-{number:05}"
    actions = [f"s3:Get{number}", "s3:*", *(f"dynamodb:Action{n}" for n in range(number % 20))]
    role = deployed.role(allowing(f"inline-{number}", actions), name=name)
    title = name.replace("role", "function", 1)
    function = deployed.function(title, name)
    found = tuple(finding(number, role, at) for at in range(findings))
    replacement = RoleReplacement(
        (("new", NEW),),
        actions_before=72,
        actions_after=5,
        proved=("it is enough",),
    )
    suggested = replacement if number % 10 == 0 else None
    return RoleResult(
        RoleContext(role, (function,), account, Usage()), found, number * 7 % 101, 72 + number, 5, suggested
    )


def audit(count: int, hostile: bool = False, findings: int = 3) -> AuditResult:
    gaps = (
        NotEvaluated(
            NotEvaluatedKind.FAILED, Subject("function", "gone"), "lambda:GetPolicy", "lambda:GetPolicy is denied"
        ),
    )
    account = Account(deployed.ACCOUNT, gaps=gaps, collected="2026-11-25T12:00:00Z")
    roles = [judged(number, account, findings=findings) for number in range(count)]
    if hostile:
        roles.append(judged(count, account, HOSTILE))
    report = Report(tuple(each for one in roles for each in one.findings), gaps, count, count)
    return AuditResult(tuple(roles), report, (account,))
