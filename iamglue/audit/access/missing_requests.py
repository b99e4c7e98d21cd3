"""Whether a role allows the requests for an action on a resource: all of them, or which it does not allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from iamglue.audit.access.fast_decisions import covers_all_resources, find_trivial_denial, is_trivially_allowed
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
from iamglue.policy.patterns.variables import has_named_parameters

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


def blocker_text(access: RoleAccess, missing: MissingRequests) -> str:
    """What blocks the requests, as text: a Deny, or the policies of which no statement allows them."""
    witness = missing.witness
    for layer in (access.identity_layer, *access.limits):
        for term in layer.denies:
            applies = term.prepared.applies(witness) or covers_all_resources(term, missing.statement)
            if applies and term.prepared.matches_action(witness.action.lower()):
                return f"{layer.statement_location(term)} denies {'this' if missing.all else 'part of this'}"
        if layer.access_to_action(witness.action).contains(witness) is False:
            named = (
                "the role's own policies"
                if layer is access.identity_layer
                else ", ".join(f"`{policy.name}`" for policy in layer.policies)
            )
            return f"no statement of {named} allows this" if missing.all else f"only part of this is allowed by {named}"
    return "the role does not allow this"


def lacks_only_allow(access: RoleAccess, missing: MissingRequests) -> bool:
    """Whether an Allow in the role's own policies would allow the example: no Deny, boundary or SCP is against it."""
    action = missing.witness.action
    denies = (term for term in access.identity_layer.denies if term.prepared.matches_action(action.lower()))
    if any(term.prepared.applies(missing.witness) is not False for term in denies):
        return False
    return all(layer.access_to_action(action).contains(missing.witness) for layer in access.limits)


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


def _other_unknown(wanted: Statement) -> str:
    """What a decision depends on if no condition key is known to decide it."""
    resources = wanted.resources.values if wanted.resources else ()
    if any(map(has_named_parameters, resources)):
        return "the values of deployment parameters (`${...}`)"
    return "the context of requests"


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
    on = ", ".join(f"`{key}`" for key in undetermined_keys(wanted, access)) or _other_unknown(wanted)
    return UndecidedRequests(f"it depends on {on}", NotEvaluatedKind.UNDECIDABLE)
