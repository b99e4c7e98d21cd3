"""Requests on ARNs of another resource type than AWS's reference lists for the action.

The reference lacks resource types: for states:SendTaskSuccess it listed none, and AWS checks the state machine. So a
statement that names such an ARN proves nothing about the action, unless the reference of the service is known to be
complete.
"""

from __future__ import annotations

from iamglue.catalog.reference_gaps import describe_listed_types, lists_all_resources
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import Access, access_of_statement, union
from iamglue.engine.solve.action_bitsets import all_actions_bitset, arn_services, by_service
from iamglue.engine.solve.arn_classes import arn_pattern
from iamglue.engine.solve.proof import EmptinessProof, prove_empty
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
    statements = [_on_service(prefix) for prefix in prefixes]
    patterns = {text for statement in statements if statement.resources for text in statement.resources.values}
    return prove_empty(
        access & union(map(access_of_statement, statements)),
        parameters_are_names=parameters_are_names,
        resources_of_any_action=[arn_pattern(text, escapes=True) for text in sorted(patterns)],
    )


def describe_other_type(request: Request) -> str:
    """Why it is unknown whether AWS checks an action on a resource of another type than the reference lists."""
    return f"{describe_listed_types(request.action)}, but it may be incomplete"


def _on_service(prefix: str) -> Statement:
    """A statement about all actions of a service, on all ARNs of the services whose ARNs they use."""
    owners = sorted(name for name in {prefix, *arn_services(prefix)} if not name.startswith("${"))
    return allow_statement((f"{prefix}:*",), tuple(f"arn:*:{owner}:*:*:*" for owner in owners))
