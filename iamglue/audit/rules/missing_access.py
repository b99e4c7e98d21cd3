"""A function needs access that its role does not allow: it will fail at run time.

The access that the spec declares, and that the function's configuration requires of its role (event sources, network
interfaces in a VPC, traces, dead-letter queues and destinations, a mounted file system), is compared with the access of
the role by all its policies. A Deny, the permissions boundary or an SCP may block access that a policy allows; the
message names the cause. Access that a resource's own policy gives the role counts, if that policy was read.

Known properties of the requests count: they use TLS, come from this role and function, and go to its Region. If the
result depends on other properties, such as the network of the caller, it is reported as not evaluated.

A function without a spec is compared with its configuration only. A mapping or destination whose service is not known
is reported as not evaluated. Missing access is a warning if it is access to write logs, if AWS's page names the
permission but functions are known to run without it, or if only some sources require it: a broker in a VPC, and a
cluster with IAM authentication, unless the template says how its cluster authenticates. It is a suggestion if another
permission of the role replaces it; the message says so. Missing access to create the log group is not reported, as the
group may exist. The KMS key of environment variables requires nothing of the role: Lambda has a grant. Lambda refuses
to create a function with active tracing whose role does not allow `xray:PutTraceSegments`
(https://github.com/serverless/serverless/issues/6931).

https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from iamglue.audit.access.missing_requests import (
    MissingRequests,
    UndecidedRequests,
    action_resource_pairs,
    blocker_text,
    find_missing,
    unread_policies,
)
from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation, UndecidedCheck
from iamglue.catalog.uncertain_permissions import UncertainPermission, find_uncertain_permission
from iamglue.engine.solve.proof import Verdict, prove_empty
from iamglue.findings import Severity
from iamglue.model.required_access import NeedOrigin, Reason
from iamglue.policy.model import MatchList, Statement

if TYPE_CHECKING:  # startup: only what is read of specs needs them
    from iamglue.model.permission_set import ExplainedStatement

RULE = RoleRule(Severity.ERROR, risk=10)

_LISTED = 4
_CREATE = "logs:CreateLogGroup"


@dataclass(frozen=True, slots=True)
class _Need:
    """Actions on resources that a function needs, with the line of its spec or configuration."""

    function: str
    statement: Statement
    reasons: tuple[Reason, ...]
    declared: bool

    @property
    def reason(self) -> str:
        """The lines as text."""
        return "; ".join(map(str, self.reasons))

    @property
    def is_for_logs(self) -> bool:
        """Whether the function needs it to write its logs."""
        return self.reasons[0].origin is NeedOrigin.LOGS


def check(context: RoleContext, audit: AuditContext) -> Iterator[RoleViolation | UndecidedCheck]:
    """Yield a violation for each required statement that the role does not allow."""
    access = audit.role_access(context)
    uncertain: dict[tuple[str, UncertainPermission], tuple[_Need, list[MissingRequests]]] = {}
    for need in _all_needs(context):
        missing: list[MissingRequests] = []
        undecided: dict[UndecidedRequests, None] = {}
        for pair in action_resource_pairs(need.statement):
            result = find_missing(pair, need.reasons, need.function, access, context)
            if isinstance(result, UndecidedRequests):
                undecided[result] = None
            elif result is not None:
                missing.append(result)
        certain = []
        for item in missing:
            row = _uncertain_report(need, item, access)
            if row is None:
                certain.append(item)
            else:
                uncertain.setdefault((need.function, replace(row, action="")), (need, []))[1].append(item)
        yield from _reports(context, access, need, missing, certain, undecided)
    if not unread_policies(context):
        for (_, row), (need, items) in uncertain.items():
            violation = _violation(access, need, items)
            yield replace(violation, message=f"{violation.message}; {row.note}", severity=Severity(row.severity))


def _uncertain_report(need: _Need, missing: MissingRequests, access: RoleAccess) -> UncertainPermission | None:
    """How missing access that not every function requires is reported; None if the function certainly requires it."""
    (action, *others) = missing.statement.actions.values
    row = None
    for reason in () if others else need.reasons:
        row = find_uncertain_permission(action, reason.name or reason.origin.value)
        if row is None or (row.spec_decides and (need.declared or reason.names_authentication)):
            return None
    if row is None or not row.if_allowed:
        return row
    return None if prove_empty(access.access_to_action(row.if_allowed)).verdict is Verdict.EMPTY else row


def _all_needs(context: RoleContext) -> Iterator[_Need]:
    """The access that specs declare, then the additional access that the configuration requires."""
    specs = () if context.is_spec_inferred else context.required_by_spec
    declared = [(name, bundle.explained_statements) for name, bundle in specs]
    declared_names = {name for name, _ in declared}
    seen: set[tuple[str, Statement]] = set()
    for required, by_spec in ((declared, True), (context.required_by_configuration, False)):
        for name, statements in required:
            for explained in statements:
                statement = (
                    explained.statement if by_spec else _required_statement(explained, declared=name in declared_names)
                )
                key = (name, replace(statement, sid=None)) if statement else None
                if statement is not None and key is not None and key not in seen:
                    seen.add(key)
                    yield _Need(name, statement, explained.reasons, by_spec)


def _required_statement(explained: ExplainedStatement, *, declared: bool) -> Statement | None:
    """The part of a statement that the configuration certainly requires; a spec declares logs itself."""
    statement, reasons = explained.statement, explained.reasons
    # A grant, or the key's own policy, may allow the use of the key.
    if all(reason.origin in (NeedOrigin.ENVIRONMENT_KEY, NeedOrigin.DURABLE_KEY) for reason in reasons):
        return None
    if all(reason.origin is NeedOrigin.LOGS for reason in reasons):
        if declared:
            return None
        actions = tuple(action for action in statement.actions.values if action != _CREATE)
        return replace(statement, actions=MatchList(actions))
    return statement


def _reports(
    context: RoleContext,
    access: RoleAccess,
    need: _Need,
    missing: list[MissingRequests],
    certain: list[MissingRequests],
    undecided: Iterable[UndecidedRequests],
) -> Iterator[RoleViolation | UndecidedCheck]:
    """Yield the violation of a need, and what is not known; nothing is missing for certain if a policy was not read."""
    what = f"whether the role allows the access that `{need.function}` needs ({need.reason})"
    unread = unread_policies(context) if missing else ""
    if unread:
        yield UndecidedCheck(what, unread, need.function)
    elif certain:
        yield _violation(access, need, certain)
    for item in undecided:
        yield UndecidedCheck(what, item.reason, need.function, item.kind)


def _violation(access: RoleAccess, need: _Need, missing: list[MissingRequests]) -> RoleViolation:
    """The violation for actions of one need that the role does not allow."""
    actions = list(dict.fromkeys(value for item in missing for value in item.statement.actions.values))
    shown = ", ".join(f"`{item}`" for item in actions[:_LISTED])
    more = f" and {len(actions) - _LISTED} more" if len(actions) > _LISTED else ""
    targets = list(dict.fromkeys(item.statement.resources.values[0] for item in missing if item.statement.resources))
    on = f"`{targets[0] if targets else '*'}`" + (f" and {len(targets) - 1} more resources" if len(targets) > 1 else "")
    message = f"the function needs {shown}{more} on {on} ({need.reason}), but {blocker_text(access, missing[0])}"
    logs = not need.declared and need.is_for_logs
    return RoleViolation(
        message + ("; its logs are lost" if logs else ""),
        "allow it in a policy of the role, or remove it from the spec"
        if need.declared
        else "allow it in a policy of the role, or change the configuration",
        need.function,
        severity=Severity.WARNING if logs else RULE.severity,
        about=tuple(sorted(_pair_text(item.statement) for item in missing)),
    )


def _pair_text(pair: Statement) -> str:
    """The actions and resources of a statement, as text."""
    return " ".join((*pair.actions.values, *(pair.resources.values if pair.resources else ())))
