"""The functions of the Python API that decide whether requests are allowed by the policies of every layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypedDict, Unpack

from iamglue.api.arguments import check_arguments
from iamglue.can import PolicySet, build_layers, evaluate_pattern_question, evaluate_question
from iamglue.engine.evaluate.layers import Layers
from iamglue.engine.evaluate.request_evaluation import EvaluationResult
from iamglue.engine.solve.request_patterns import PatternResult
from iamglue.errors import IamglueError
from iamglue.model.policy_file import PolicyFile
from iamglue.model.question import Question, build_pattern_question, build_question
from iamglue.policy.model import Policy

_Context = Mapping[str, str | Sequence[str]]


class RequestOptions(TypedDict, total=False):
    """What `evaluate_request` and `evaluate_pattern` take by keyword.

    `scps` and `rcps` have one policy for each level of the organization; they do not bind the `management_account` of
    the organization. Values of `context` are texts, or lists for multivalued keys. `endpoint_policy` belongs to the VPC
    endpoint that the request goes through; with `block_public_access`, S3 Block Public Access is on for the bucket.
    """

    context: _Context | None
    principal: str | None
    boundary: Policy | None
    session: Policy | None
    scps: Sequence[Policy]
    rcps: Sequence[Policy]
    resource_policy: Policy | None
    resource_account: str | None
    endpoint_policy: Policy | None
    block_public_access: bool
    management_account: str | None


@check_arguments
def evaluate_request(
    action: str, resource: str, policies: Policy | Sequence[Policy] = (), **options: Unpack[RequestOptions]
) -> EvaluationResult:
    """Whether a request is allowed, and which statements decide.

    `policies` are the identity-based policies; the keywords are those of `RequestOptions`. A policy type that is not
    given is taken to be absent.
    """
    layers, question = _layers_and_question(build_question, action, resource, policies, **options)
    return evaluate_question(layers, question).effective


@check_arguments
def evaluate_pattern(
    action: str, resource: str, policies: Policy | Sequence[Policy] = (), **options: Unpack[RequestOptions]
) -> PatternResult:
    """Whether all, none or some requests of a pattern are allowed, with an example of each.

    `*` and `?` in the action, or in the resource's ARN, are wildcards. The other parameters are those of
    `evaluate_request`. `answer` is "all", "none", "some", or "unknown" with `reasons`. Raises IamglueError if neither
    the action nor the resource is a pattern.
    """
    layers, question = _layers_and_question(build_pattern_question, action, resource, policies, **options)
    if not question.is_pattern:
        raise IamglueError(f"{action} on {resource} is one request, not a pattern", hint="use evaluate_request")
    result, notes = evaluate_pattern_question(layers, question)
    return replace(result, notes=(*notes, *result.notes))


def _layers_and_question(  # noqa: PLR0913 - a keyword for each kind of policy; an unknown one is an error
    build: Callable[..., Question],
    action: str,
    resource: str,
    policies: Policy | Sequence[Policy],
    *,
    context: _Context | None = None,
    principal: str | None = None,
    boundary: Policy | None = None,
    session: Policy | None = None,
    scps: Sequence[Policy] = (),
    rcps: Sequence[Policy] = (),
    resource_policy: Policy | None = None,
    resource_account: str | None = None,
    endpoint_policy: Policy | None = None,
    block_public_access: bool = False,
    management_account: str | None = None,
) -> tuple[Layers, Question]:
    """The layers of all policies, each with a name for citations, and the question that `build` builds."""
    policy_set = PolicySet(
        identity=_files("identity policy", (policies,) if isinstance(policies, Policy) else policies),
        boundary=_optional_file("permissions boundary", boundary),
        session=_optional_file("session policy", session),
        scp_levels=[_files(f"SCP {level}", (policy,)) for level, policy in enumerate(scps, start=1)],
        rcp_levels=[_files(f"RCP {level}", (policy,)) for level, policy in enumerate(rcps, start=1)],
        resource=_optional_file("resource policy", resource_policy),
        endpoint=_optional_file("VPC endpoint policy", endpoint_policy),
        management_account=management_account,
        block_public_access=block_public_access,
    )
    values = {key: (value,) if isinstance(value, str) else tuple(value) for key, value in (context or {}).items()}
    return build_layers(policy_set), build(action, resource, values, principal, resource_account)


def _optional_file(name: str, policy: Policy | None) -> tuple[PolicyFile, ...]:
    return () if policy is None else (PolicyFile(name, policy),)


def _files(name: str, policies: Sequence[Policy]) -> tuple[PolicyFile, ...]:
    return tuple(PolicyFile(name, policy) for policy in policies)
