"""`can`: is this request allowed, and which statement decides?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from iamglue.catalog import services
from iamglue.catalog.resource_formats import untyped_arn_formats
from iamglue.catalog.spelling import did_you_mean
from iamglue.engine.evaluate.layers import Layer, Layers, build_layer
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.engine.evaluate.request_evaluation import EvaluationResult, evaluate_request
from iamglue.model.policy_file import PolicyFile
from iamglue.model.question import Question

PolicyFiles = Sequence[PolicyFile]


@dataclass(frozen=True, slots=True)
class CanResult:
    """The answer to a question; `notes` are what the asker should know besides."""

    effective: EvaluationResult
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicySet:
    """The policies of each kind, as files. SCPs and RCPs come in levels, from the organization's root down."""

    identity: PolicyFiles = ()
    boundary: PolicyFiles = ()
    session: PolicyFiles = ()
    scp_levels: Sequence[PolicyFiles] = ()
    rcp_levels: Sequence[PolicyFiles] = ()
    resource: PolicyFiles = ()


def build_layers(given: PolicySet) -> Layers:
    """The layers that the files make.

    Raises IamglueError for a statement that cannot stand in a policy of its kind.
    """
    return Layers(
        _layer(PolicyKind.IDENTITY, given.identity),
        _layer(PolicyKind.BOUNDARY, given.boundary),
        _layer(PolicyKind.SESSION, given.session),
        _levels(PolicyKind.SCP, given.scp_levels),
        _levels(PolicyKind.RCP, given.rcp_levels),
        _layer(PolicyKind.RESOURCE, given.resource),
    )


def evaluate_question(layers: Layers, question: Question) -> CanResult:
    """Whether the request of a question is allowed.

    Raises IamglueError for an account that contradicts the resource's ARN.
    """
    request = question.request
    arn = _arn_of_nothing(request.action) if request.resource == "*" else None
    notes = _notes(request.action, request.resource == "*")
    if arn is not None:
        request = replace(request, resource=arn)
        notes = (*notes, f"AWS checks {request.action} on `{arn}`")
    return CanResult(evaluate_request(layers, request, question.resource_account), notes)


def _arn_of_nothing(action: str) -> str | None:
    """The ARN that stands for no resource in particular where AWS checks an action on one: `arn:aws:s3:::*`."""
    prefix, _, name = action.lower().partition(":")
    found = dict(untyped_arn_formats(prefix)).get(name)
    return found and found.replace("${Partition}", "aws").replace("${*}", "*")


@lru_cache(maxsize=8192)
def _notes(action: str, on_nothing: bool) -> tuple[str, ...]:
    found = services.find_action(action)
    if found is None:
        return (_unknown(action),)
    if _arn_of_nothing(action) is not None:
        return ()
    if found.has_no_resource_types and not on_nothing:
        return (f"{found} takes no resource: AWS checks it on `*`",)
    if not found.has_no_resource_types and on_nothing and all(each.required for each in found.resource_types):
        return (f"{found} takes a resource: AWS checks it on its ARN, not on `*`",)
    return ()


def _unknown(action: str) -> str:
    prefix, _, name = action.partition(":")
    service = services.find_service(prefix)
    choices = [each.name for each in service.actions.values()] if service else services.service_prefixes()
    hint = did_you_mean(name if service else prefix, choices)
    return f"AWS's reference knows no action {action}{f'; {hint}' if hint else ''}"


def _layer(kind: PolicyKind, files: PolicyFiles, level: int = 1) -> Layer | None:
    return build_layer(kind, [file.policy for file in files], [file.path for file in files], level) if files else None


def _levels(kind: PolicyKind, levels: Sequence[PolicyFiles]) -> tuple[Layer, ...]:
    made = (_layer(kind, files, at) for at, files in enumerate(levels, start=1))
    return tuple(each for each in made if each)
