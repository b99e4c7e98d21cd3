"""Proof lines about calls: each is allowed, and nothing is granted that no call requires."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from iamglue.engine.evaluate.identity_evaluation import EvaluationDecision, PreparedPolicies, evaluate
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import access_of_statement
from iamglue.engine.solve.proof import prove_empty
from iamglue.generate.calls.call import Call, CallRequest
from iamglue.model.proof_table import ProofLine, ProofSection
from iamglue.policy.arns import resource_covers
from iamglue.policy.model import Policy, Statement, allow_statement
from iamglue.policy.patterns.wildcards import matches
from iamglue.policy.phone_numbers import is_phone_number


def call_lines(calls: Sequence[Call], prepared: PreparedPolicies) -> Iterator[ProofLine]:
    """Yield a line for each request of each call: whether the policies allow it."""
    for call in calls:
        if call.unknown:
            yield ProofLine(ProofSection.CALLS, call.name, None, f"{call.reason}; {call.unknown}")
        for request in call.requests if not call.is_raw else ():
            holds, detail = _is_allowed(request, prepared)
            claim = f"{call.name}: {request.action} on {request.resource}"
            yield ProofLine(ProofSection.CALLS, claim, holds, f"{call.reason}; {detail}" if detail else call.reason)


def grant_lines(calls: Sequence[Call], policies: Iterable[Policy]) -> Iterator[ProofLine]:
    """Yield a line for each statement: whether some call requires each of its actions on each of its resources."""
    requests = [request for call in calls for request in call.requests]
    # A call that is not known may require anything, such as another service's key or secret.
    is_known = not any(call.unknown for call in calls)
    for policy in policies:
        for statement in policy.statements:
            unrequested = list(_unrequested_grants(statement, requests))
            yield ProofLine(
                ProofSection.CALLS,
                f"{statement.sid or 'a statement'}: a call asks for every action on every resource",
                True if not unrequested else False if is_known else None,
                f"no call asks for {unrequested[0][0]} on {unrequested[0][1]}" if unrequested else "",
            )


def _unrequested_grants(statement: Statement, requests: Sequence[CallRequest]) -> Iterator[tuple[str, str]]:
    """Yield each action and resource of a statement that no request needs."""
    for action in statement.actions.values:
        for resource in statement.resources.values if statement.resources else ():
            if not any(
                matches(action.lower(), request.action.lower()) and resource_covers(resource, request.resource)
                for request in requests
            ):
                yield action, resource


def _is_allowed(call_request: CallRequest, prepared: PreparedPolicies) -> tuple[bool | None, str]:
    """Whether the policies allow a request; None with the reason if that is not known."""
    request: Request | None
    if is_phone_number(call_request.resource):
        request, reason = Request(call_request.action, call_request.resource), ""
    else:
        statement = allow_statement(
            (call_request.action,), (call_request.resource,), conditions=call_request.conditions
        )
        proof = prove_empty(access_of_statement(statement))
        request, reason = proof.witness, proof.reason
    if request is None:
        return None, f"no request for it was found: {reason or 'its conditions contradict each other'}"
    decision = evaluate(prepared, request)
    if decision.decision is EvaluationDecision.UNKNOWN:
        return None, "the decision is not known"
    return decision.allowed, "" if decision.allowed else "the policy does not allow it"
