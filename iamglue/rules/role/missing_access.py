"""A function needs what its role does not allow: it will fail at run time.

What the spec declares, and what the function's own configuration asks of its role (reading its event sources, network
interfaces in a VPC, traces, dead-letter queues and destinations, a mounted file system), is held against what the role
may do by all of its policies. A Deny, the permissions boundary or an SCP may stand in the way although a policy allows
it; the message says which it is. What a resource's own policy lets the role do counts, where that policy was read.

A function without a spec is held against its configuration alone. That its logs are lost is a warning; that it may not
make its log group is nothing, as the group may be there already. The key of environment variables asks nothing of the
role: Lambda has a grant.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from iamglue.access.proof import Proof, Verdict, prove_empty
from iamglue.access.request import Request
from iamglue.access.sets import Access, access_of
from iamglue.findings import Severity
from iamglue.iam.policies import Patterns, Policy, Statement
from iamglue.rules.role.granted import Granted, granted
from iamglue.rules.role.own_policies import let_in
from iamglue.rules.role.rule import Case, RoleDoubt, RoleHit, RoleRule
from iamglue.rules.role.surely import surely_allowed
from iamglue.subjects.bundle import Explained

RULE = RoleRule(Severity.ERROR, risk=10)

_LISTED = 4
_NOT_ASKED = ("settings environment_key",)
_LOGS = "settings logs"
_CREATE = "logs:CreateLogGroup"


@dataclass(frozen=True, slots=True)
class _Need:
    """Some actions on some resources that a function needs, and the line of its spec or configuration."""

    function: str
    statement: Statement
    reason: str
    declared: bool


def check(case: Case) -> Iterator[RoleHit | RoleDoubt]:
    """Every statement that a function needs and the role does not allow."""
    access = granted(case)
    for need in _needs(case):
        lacking = [each for each in _pairs(need.statement) if not surely_allowed(access, each)]
        proofs = [(each, prove_empty(_access(each) - access.access)) for each in lacking]
        yield from _told(case, access, need, proofs)


def _needs(case: Case) -> Iterator[_Need]:
    """What is declared, then what the configuration asks for besides."""
    declared = {} if case.inferred else dict(case.needed)
    told: set[tuple[str, Statement]] = set()
    for bundles, by_spec in (((), False) if case.inferred else (case.needed, True), (case.configured, False)):
        for name, bundle in bundles:
            for each in bundle.explained:
                statement = each.statement if by_spec else _asked(each, declared=name in declared)
                key = (name, replace(statement, sid=None)) if statement else None
                if statement is not None and key is not None and key not in told:
                    told.add(key)
                    yield _Need(name, statement, "; ".join(each.reasons), by_spec)


def _asked(explained: Explained, *, declared: bool) -> Statement | None:
    """What of a statement the configuration surely asks for; a spec says itself whether the function logs."""
    statement, reasons = explained.statement, explained.reasons
    if all(reason.startswith(_NOT_ASKED) for reason in reasons):
        return None
    if all(reason.startswith(_LOGS) for reason in reasons):
        if declared:
            return None
        kept = tuple(action for action in statement.actions.values if action != _CREATE)
        return replace(statement, actions=Patterns(kept))
    return statement


def _pairs(statement: Statement) -> Iterator[Statement]:
    """The statement an action and a resource at a time: some may be allowed and others not."""
    resources = statement.resources.values if statement.resources else ()
    if statement.actions.negated or (statement.resources and statement.resources.negated):
        yield statement
        return
    for action in statement.actions.values:
        for resource in resources:
            yield replace(statement, actions=Patterns((action,)), resources=Patterns((resource,)))


def _access(statement: Statement) -> Access:
    return access_of([Policy((statement,))])


def _told(
    case: Case, access: Granted, need: _Need, proofs: list[tuple[Statement, Proof]]
) -> Iterator[RoleHit | RoleDoubt]:
    missing = [(each, proof.witness) for each, proof in proofs if proof.witness is not None and not proof.future_only]
    missing = [(each, witness) for each, witness in missing if not let_in(case, access, witness)]
    unread = ", ".join(f"`{each.name}`" for each in case.role.policies if each.policy is None)
    what = f"whether the role allows what `{need.function}` needs ({need.reason})"
    if missing and unread:
        yield RoleDoubt(what, f"{unread} could not be read", need.function)
    elif missing:
        yield _hit(access, need, missing)
    unknown = dict.fromkeys(proof.reason for _, proof in proofs if proof.verdict is Verdict.UNKNOWN)
    if unknown:
        yield RoleDoubt(what, "; ".join(unknown), need.function)


def _hit(access: Granted, need: _Need, missing: list[tuple[Statement, Request]]) -> RoleHit:
    actions = list(dict.fromkeys(value for each, _ in missing for value in each.actions.values))
    shown = ", ".join(f"`{each}`" for each in actions[:_LISTED])
    more = f" and {len(actions) - _LISTED} more" if len(actions) > _LISTED else ""
    statement, witness = missing[0]
    on = statement.resources.values[0] if statement.resources else "*"
    why = _why(access, _access(statement), witness)
    message = f"the function needs {shown}{more} on `{on}` ({need.reason}), and {why}"
    logs = not need.declared and need.reason.startswith(_LOGS)
    return RoleHit(
        message + ("; what it logs is lost" if logs else ""),
        "allow it, or take it out of the spec" if need.declared else "allow it, or change the configuration",
        need.function,
        severity=Severity.WARNING if logs else RULE.severity,
    )


def _why(access: Granted, wanted: Access, witness: Request) -> str:
    """What stands in the way of a request."""
    for part in (access.own, *access.limits):
        named = "its policies" if part is access.own else ", ".join(f"`{each.name}`" for each in part.policies)
        for leaf in part.denies:
            if leaf.prepared.matches_action(witness.action.lower()) and leaf.prepared.applies(witness):
                return f"{part.allowing(leaf)} denies it"
        if not part.access.contains(witness):
            some = prove_empty(wanted & part.access).witness is not None
            return f"not all of that is allowed by {named}" if some else f"no statement of {named} allows it"
    return "the role does not allow it"
