"""Requests on ARNs of another resource type than AWS's reference lists for the action.

The reference lacks resource types: for states:SendTaskSuccess it listed none, and AWS checks the state machine. So a
statement that names such an ARN proves nothing about the action, unless the reference of the service is known to be
complete.
"""

from __future__ import annotations

from functools import cache

from iamglue.catalog.reference_gaps import describe_listed_types, lists_all_resources
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import Access, access_of_statement, deduplicate_terms
from iamglue.engine.solve.action_bitsets import all_actions_bitset, arn_services, by_service
from iamglue.engine.solve.arn_classes import arn_pattern
from iamglue.engine.solve.budget import OTHER_TYPES_STEPS, step_budget
from iamglue.engine.solve.decomposition import decompose_access, may_overlap_statement
from iamglue.engine.solve.parameters import is_parametrized, replace_parameters
from iamglue.engine.solve.proof import EmptinessProof, Verdict, prove_empty
from iamglue.policy.model import Statement, allow_statement


def prove_empty_on_other_types(
    access: Access, *, is_reliable: bool, parameters_are_names: bool = False
) -> EmptinessProof:
    """Decide whether an access contains no request for an action on an ARN of the action's service, of whatever type.

    Only for actions of the services whose reference is complete (`is_reliable`), or of the others.
    `parameters_are_names` is as in `prove_empty`.
    """
    possible = access.action_bounds[0]
    actions = possible & all_actions_bitset() if possible < 0 else possible
    prefixes = (prefix for prefix, _ in by_service(actions) if lists_all_resources(f"{prefix}:*") is is_reliable)
    undecided = None
    with step_budget(OTHER_TYPES_STEPS):
        parts = _decompose(access, parameters_are_names=parameters_are_names)
        # Service by service: together, the resource types of many services are too many for one proof.
        for prefix in prefixes:
            statement = _service_statement(prefix)
            # Of 300 services, most have nothing in common with a policy that names its resources.
            if not any(may_overlap_statement(part, statement) for part in parts):
                continue
            proof = _prove_empty_in_service(access, statement, parameters_are_names=parameters_are_names)
            if proof.verdict is Verdict.NON_EMPTY:
                return proof
            undecided = undecided or (proof if proof.verdict is Verdict.UNKNOWN else None)
    return undecided or EmptinessProof(Verdict.EMPTY)


def _decompose(access: Access, *, parameters_are_names: bool) -> list[Access]:
    """The parts of the access, also with values for its deployment parameters unless they are names."""
    access = deduplicate_terms(access)
    parts = decompose_access(access)
    if parameters_are_names or not is_parametrized(access):
        return parts
    return [*parts, *decompose_access(deduplicate_terms(replace_parameters(access)))]


@cache
def _service_statement(prefix: str) -> Statement:
    """All actions of one service, on all ARNs of the services whose ARNs they use."""
    owners = sorted(name for name in {prefix, *arn_services(prefix)} if not name.startswith("${"))
    return allow_statement((f"{prefix}:*",), tuple(f"arn:*:{owner}:*:*:*" for owner in owners))


def _prove_empty_in_service(access: Access, statement: Statement, *, parameters_are_names: bool) -> EmptinessProof:
    """The proof for the requests of a service's statement."""
    patterns = statement.resources.values if statement.resources else ()
    return prove_empty(
        access & access_of_statement(statement),
        parameters_are_names=parameters_are_names,
        resources_of_any_action=[arn_pattern(pattern, escapes=True) for pattern in patterns],
    )


def describe_other_type(request: Request) -> str:
    """Why it is unknown whether AWS checks an action on a resource of another type than the reference lists."""
    return f"{describe_listed_types(request.action)}, but it may be incomplete"
