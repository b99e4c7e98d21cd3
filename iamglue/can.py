"""`can`: decides whether a request is allowed, and which statement decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from iamglue.catalog import services
from iamglue.catalog.action_resources import may_act_on
from iamglue.catalog.aws_owned_resources import refused_change
from iamglue.catalog.reference_gaps import describe_listed_types
from iamglue.catalog.resource_formats import untyped_arn_formats
from iamglue.catalog.service_arn_formats import matching_formats
from iamglue.engine.evaluate.layers import Layer, Layers, build_layer
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.request_evaluation import EvaluationResult, evaluate_request
from iamglue.engine.solve.action_bitsets import pattern_bitset
from iamglue.model.policy_file import PolicyFile
from iamglue.model.question import Question, check_account_id
from iamglue.policy.patterns.wildcards import has_wildcard
from iamglue.spelling import did_you_mean

if TYPE_CHECKING:
    from iamglue.engine.solve.request_patterns import PatternResult

PolicyFiles = Sequence[PolicyFile]


@dataclass(frozen=True, slots=True)
class CanResult:
    """The answer to a question; `notes` has additional remarks for the user.

    `aws_owned` says that AWS refuses the request whatever policies allow, because it changes what only AWS can change.
    """

    effective: EvaluationResult
    notes: tuple[str, ...] = ()
    aws_owned: str | None = None


@dataclass(frozen=True, slots=True)
class PolicySet:
    """The policies of each type, as files. SCPs and RCPs have one entry per organization level, root first.

    `management_account` is the account that SCPs and RCPs do not bind. With `block_public_access`, S3 Block Public
    Access is on for the bucket.
    """

    identity: PolicyFiles = ()
    boundary: PolicyFiles = ()
    session: PolicyFiles = ()
    scp_levels: Sequence[PolicyFiles] = ()
    rcp_levels: Sequence[PolicyFiles] = ()
    resource: PolicyFiles = ()
    endpoint: PolicyFiles = ()
    management_account: str | None = None
    block_public_access: bool = False

    @property
    def files(self) -> tuple[PolicyFile, ...]:
        """All files."""
        single = (self.identity, self.boundary, self.session, self.resource, self.endpoint)
        return tuple(chain.from_iterable((*single, *self.scp_levels, *self.rcp_levels)))


def build_layers(policies: PolicySet) -> Layers:
    """Build the policy layers from files.

    Raises IamglueError for a statement that is not valid in its policy type, and for an invalid account ID.
    """
    if policies.management_account is not None:
        check_account_id(policies.management_account)
    return Layers(
        _layer(PolicyKind.IDENTITY, policies.identity),
        _layer(PolicyKind.BOUNDARY, policies.boundary),
        _layer(PolicyKind.SESSION, policies.session),
        _level_layers(PolicyKind.SCP, policies.scp_levels),
        _level_layers(PolicyKind.RCP, policies.rcp_levels),
        _layer(PolicyKind.RESOURCE, policies.resource),
        _layer(PolicyKind.ENDPOINT, policies.endpoint),
        policies.management_account,
        policies.block_public_access,
    )


def evaluate_question(layers: Layers, question: Question) -> CanResult:
    """Evaluate whether the request is allowed.

    Raises IamglueError if the account contradicts the resource's ARN.
    """
    request = question.request
    arn = _resourceless_arn(request.action) if request.resource == "*" else None
    notes = _notes(request.action, is_resourceless=request.resource == "*")
    if not notes and not may_act_on(request.action, request.resource) and matching_formats(request.resource):
        notes = (describe_listed_types(request.action),)
    if arn is not None:
        request = replace(request, resource=arn)
        notes = (*notes, f"AWS checks {request.action} on `{arn}`")
    return CanResult(evaluate_request(layers, request, question.resource_account), notes, _aws_owned(request))


def _aws_owned(request: Request) -> str | None:
    """A sentence about a request that AWS refuses because it changes what only AWS can change, else None."""
    owned = refused_change(request.action, request.resource, lambda: request.key_aliases)
    return owned and f"AWS refuses this request whatever policies allow: only AWS can change {owned}"


def evaluate_pattern_question(layers: Layers, question: Question) -> tuple[PatternResult, tuple[str, ...]]:
    """Evaluate which requests of a pattern are allowed, with notes about its action.

    Raises IamglueError like `evaluate_question`.
    """
    from iamglue.engine.solve.request_patterns import evaluate_pattern  # noqa: PLC0415 - startup: proofs load slowly

    pattern = question.request
    if not has_wildcard(pattern.action):
        notes = _notes(pattern.action, is_resourceless=False)
    else:
        is_known = pattern_bitset(pattern.action) != 0
        notes = () if is_known else (f"{pattern.action} matches no action of AWS's reference",)
    result = evaluate_pattern(layers, pattern, question.resource_account)
    aws_owned = _aws_owned(result.allowed.request) if result.allowed else None
    return result, (*notes, f"of the request that is allowed: {aws_owned}") if aws_owned else notes


@lru_cache(maxsize=8192)
def _resourceless_arn(action: str) -> str | None:
    """The ARN with which AWS checks an action without a particular resource (`arn:aws:s3:::*`); None if it uses `*`."""
    texts = (text.replace("${Partition}", "aws").replace("${*}", "*") for text in _untyped_formats(action))
    return next((text for text in texts if "${" not in text), None)


@lru_cache(maxsize=8192)
def _untyped_formats(action: str) -> tuple[str, ...]:
    """The formats of ARNs that AWS checks an action on although its reference lists no such resource type."""
    prefix, _, action_name = action.lower().partition(":")
    return tuple(text for name, text in untyped_arn_formats(prefix) if name == action_name)


@lru_cache(maxsize=8192)
def _notes(action: str, *, is_resourceless: bool) -> tuple[str, ...]:
    """Remarks about an unknown action, or a resource that does not fit the action."""
    known_action = services.find_action(action)
    if known_action is None:
        return (unknown_action_note(action),)
    if _untyped_formats(action):
        return ()
    if known_action.has_no_resource_types and not is_resourceless:
        return (f"{known_action} has no resource types: AWS checks it on `*`",)
    if (
        not known_action.has_no_resource_types
        and is_resourceless
        and all(resource_type.required for resource_type in known_action.resource_types)
    ):
        return (f"{known_action} requires a resource: AWS checks it on the resource's ARN, not on `*`",)
    return ()


def unknown_action_note(action: str) -> str:
    """A note with a suggestion for an action that is not in the reference."""
    prefix, _, name = action.partition(":")
    service = services.find_service(prefix)
    choices = (
        [known_action.name for known_action in service.actions.values()] if service else services.service_prefixes()
    )
    hint = did_you_mean(name if service else prefix, choices)
    return f"{action} is not in AWS's reference{f'; {hint}' if hint else ''}"


def _layer(kind: PolicyKind, files: PolicyFiles, level: int = 1) -> Layer | None:
    return build_layer(kind, [file.policy for file in files], [file.path for file in files], level) if files else None


def _level_layers(kind: PolicyKind, levels: Sequence[PolicyFiles]) -> tuple[Layer, ...]:
    """One layer for each organization level that has policies."""
    layers = (_layer(kind, files, level) for level, files in enumerate(levels, start=1))
    return tuple(layer for layer in layers if layer)
