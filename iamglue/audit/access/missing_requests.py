"""Whether a role allows the requests for an action on a resource: all of them, or which it does not allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from iamglue.audit.access.fast_decisions import find_trivial_denial, is_trivially_allowed
from iamglue.audit.access.request_facts import add_known_conditions, undetermined_keys
from iamglue.audit.access.resource_policy_access import is_allowed_by_resource_policy
from iamglue.audit.access.role_access import RoleAccess
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import access_of_statement
from iamglue.engine.solve.proof import Verdict, prove_empty
from iamglue.findings import NotEvaluatedKind
from iamglue.model.required_access import NeedOrigin, Reason
from iamglue.model.role_context import RoleContext
from iamglue.policy.model import MatchList, Statement

_STREAM_ACTIONS = frozenset({"logs:CreateLogStream", "logs:PutLogEvents"})


@dataclass(frozen=True, slots=True)
class MissingRequests:
    """An action on a resource that is not allowed: an example request, and whether all such requests are denied."""

    statement: Statement
    witness: Request
    all: bool


@dataclass(frozen=True, slots=True)
class UndecidedRequests:
    """Why it could not be decided whether an action on a resource is allowed."""

    reason: str
    kind: NotEvaluatedKind


def find_missing(
    pair: Statement, reasons: tuple[Reason, ...], function: str, access: RoleAccess, context: RoleContext
) -> MissingRequests | UndecidedRequests | None:
    """What the role does not allow of an action on a resource, or why that is undecided; None if it allows all of it.

    `pair` is one of `action_resource_pairs`; `reasons` say why `function` requires it, and so who makes the requests.
    """
    requested = _requested_streams(pair) if reasons and reasons[0].origin is NeedOrigin.LOGS else pair
    if is_trivially_allowed(access, requested):
        return None
    result = _fast_missing(requested, access, context) or _proved_missing(
        add_known_conditions(requested, reasons, function, access, context), access, context
    )
    return replace(result, statement=pair) if isinstance(result, MissingRequests) and requested is not pair else result


def action_resource_pairs(statement: Statement) -> Iterator[Statement]:
    """The statement split into pairs of one action and one resource, as only some may be allowed."""
    resources = statement.resources.values if statement.resources else ()
    if statement.actions.negated or (statement.resources and statement.resources.negated):
        yield statement
        return
    for action in statement.actions.values:
        for resource in resources:
            yield replace(statement, actions=MatchList((action,)), resources=MatchList((resource,)))


def unread_policies(context: RoleContext) -> str:
    """Which policies of the role were not read, any of which may allow more; empty if all were."""
    unread = ", ".join(f"`{item.name}`" for item in context.role.policies if item.policy is None)
    if unread:
        return f"{unread} could not be read"
    return "; ".join(
        f"not all policies of the role are known: {gap.what}: {gap.reason}" for gap in context.unknown_policies
    )


def _requested_streams(pair: Statement) -> Statement:
    """The requests for writing logs: on log streams of the group, which policies name as `log-group:NAME:*`.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html, and AWS's message
    on a denied request: https://github.com/aws-solutions/aws-crr-monitor/issues/8
    """
    resources = pair.resources
    if resources is None or not _STREAM_ACTIONS.issuperset(pair.actions.values):
        return pair
    streams = tuple(f"{value[:-1]}log-stream:*" if value.endswith(":*") else value for value in resources.values)
    return replace(pair, resources=MatchList(streams, resources.negated))


def _fast_missing(pair: Statement, access: RoleAccess, context: RoleContext) -> MissingRequests | None:
    """The missing access if denied for a simple reason and if no resource policy was read; None: it must be proved."""
    denied = None if context.account.resource_policies else find_trivial_denial(access, pair)
    return None if denied is None else MissingRequests(pair, denied, all=True)


def _proved_missing(
    wanted: Statement, access: RoleAccess, context: RoleContext
) -> MissingRequests | UndecidedRequests | None:
    """The missing access to an action on a resource, or why it is undecided; None if it is allowed."""
    required = access_of_statement(wanted)
    actions = wanted.actions.values
    granted = access.access if wanted.actions.negated or len(actions) != 1 else access.access_to_action(actions[0])
    proof = prove_empty(required - granted)
    witness = proof.witness
    if witness is None:
        kind = NotEvaluatedKind.UNDECIDABLE if proof.depends_on_variables else NotEvaluatedKind.FAILED
        return UndecidedRequests(proof.reason, kind) if proof.verdict is Verdict.UNKNOWN else None
    if proof.future_only or is_allowed_by_resource_policy(context, access, witness):
        return None
    if prove_empty(required & granted).verdict is Verdict.EMPTY:
        return MissingRequests(wanted, witness, all=True)
    on_resource = access_of_statement(replace(wanted, resources=MatchList((witness.resource,))))
    if witness.resource != "*" and prove_empty(on_resource & granted).verdict is Verdict.EMPTY:
        return MissingRequests(wanted, witness, all=False)
    on = ", ".join(f"`{key}`" for key in undetermined_keys(wanted, access)) or "the context of requests"
    return UndecidedRequests(f"it depends on {on}", NotEvaluatedKind.UNDECIDABLE)
