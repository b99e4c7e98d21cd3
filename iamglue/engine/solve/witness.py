"""The search of an access without variables, and its requests, confirmed by the statements."""

from __future__ import annotations

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import Access
from iamglue.engine.solve.arn_classes import ArnPattern
from iamglue.engine.solve.consistent_requests import consistent_request
from iamglue.engine.solve.search import CandidateRequest, RequestSearch
from iamglue.engine.solve.variables import AccessInstance


def search_instance(
    instance: AccessInstance, untyped_patterns: tuple[ArnPattern, ...] = (), *, any_context: bool = False
) -> RequestSearch:
    """The search for requests in an access whose variables are replaced. `any_context` is as in `prove_empty`."""
    values = dict(instance.values)
    return RequestSearch(
        instance.access, untyped_patterns=untyped_patterns, known_context=values, any_context=any_context
    )


def confirmed_request(
    access: Access, instance: AccessInstance, candidate: CandidateRequest, *, any_context: bool = False
) -> Request | None:
    """The request that a search proposes, if the statements confirm that it is in `access`; else None.

    Its principal and its condition keys are consistent: of the principals that the statements do not distinguish, it
    has the first one whose requests can have these keys. `any_context` is as in `prove_empty`.
    """
    request = Request(candidate.action, candidate.resource, instance.with_context(candidate.context))
    return consistent_request(access, request, candidate.principals, any_context=any_context)
