"""What a Bedrock entry needs beside its own resource: models behind profiles, guardrails, models of answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.catalog.cross_region_profiles import profile_model
from iamglue.catalog.resource_formats import action_resource_types, parse_arn_format
from iamglue.catalog.services import ResourceType, find_service
from iamglue.errors import IamglueError
from iamglue.generate.requirements.arn_validation import arn_fields, arn_resource_type, whole_arn_parameter
from iamglue.generate.requirements.bedrock_models import (
    check_model_id,
    model_arns,
    routed_regions,
)
from iamglue.generate.requirements.labels import entry_reason, resource_label
from iamglue.generate.requirements.requested_actions import RequestedAction
from iamglue.generate.requirements.resource_arns import ResourceScopes, resource_arns_in_formats
from iamglue.model.required_access import DeploymentScope, RequiredAccess
from iamglue.model.spec import AccessEntry, SpecResource
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.patterns.wildcards import has_wildcard

_SERVICE = "bedrock"
_PROFILE, _APPLICATION_PROFILE, _MODEL = "inference-profile", "application-inference-profile", "foundation-model"
_GUARDRAIL, _GUARDRAIL_PROFILE = "guardrail", "guardrail-profile"
_INVOKE, _APPLY = "bedrock:InvokeModel", "bedrock:ApplyGuardrail"
# Its request names the model that writes the answer:
# botocore, modelArn of KnowledgeBaseRetrieveAndGenerateConfiguration.
_ANSWER = "bedrock:RetrieveAndGenerate"
_PROFILE_KEY = "bedrock:InferenceProfileArn"


def typed_bedrock_entry(entry: AccessEntry) -> AccessEntry:
    """The entry with the type of its ARN, or `inference-profile` for the ID of a cross-Region profile."""
    text = entry.resource.text
    if entry.service != _SERVICE or entry.resource_type is not None or not text:
        return entry
    if text.startswith("arn:"):
        return replace(entry, resource_type=arn_resource_type(_SERVICE, text) or _pattern_type(text))
    return replace(entry, resource_type=_PROFILE) if profile_model(text) else entry


def _pattern_type(arn: str) -> str | None:
    """The type that an ARN with wildcards begins with."""
    service, name = find_service(_SERVICE), arn_fields(arn)[5].partition("/")[0]
    return name if service and name in service.resource_types else None


def bedrock_needs(
    entry: AccessEntry, all_requested: tuple[RequestedAction, ...], target_scopes: ResourceScopes
) -> tuple[RequiredAccess, ...]:
    """The needs of a Bedrock entry beside those on its own resource; empty for other services.

    Raises IamglueError for a text that is not the ID of a model, for a profile whose model or Regions are not known,
    and for an option that no action of the entry uses.
    """
    if entry.service != _SERVICE:
        return ()
    _check_options(entry, all_requested)
    return tuple(
        need
        for scope in _call_scopes(entry, target_scopes)
        for need in (
            *_profile_model_needs(entry, all_requested, scope),
            *_answer_model_needs(entry, all_requested, scope),
            *_guardrail_needs(entry, scope),
            *_guardrail_profile_needs(entry, all_requested, scope),
        )
    )


def _call_scopes(entry: AccessEntry, target_scopes: ResourceScopes) -> tuple[DeploymentScope, ...]:
    """The scopes in which the entry's resource is called: an ARN is called in its own Region."""
    region = arn_fields(entry.resource.text or "")[3]
    return tuple(replace(scope, region=region or scope.region) for scope in target_scopes.scopes)


def _requested_types(all_requested: tuple[RequestedAction, ...]) -> set[str]:
    return {requested.resource_type.name for requested in all_requested if requested.resource_type}


def _check_options(entry: AccessEntry, all_requested: tuple[RequestedAction, ...]) -> None:
    """Raise IamglueError for an option that no action of the entry uses, and for a resource that is not a model."""
    kinds = _requested_types(all_requested)
    actions = {requested.action for requested in all_requested}
    if _MODEL in kinds:
        _check_named_model(entry)
    answers = _ANSWER in actions
    if entry.models and not (answers or kinds & {_PROFILE, _APPLICATION_PROFILE}):
        raise _unused_option_error(entry, "model", "inference profiles and RetrieveAndGenerate")
    if entry.destination_regions and not (answers or kinds & {_PROFILE, _APPLICATION_PROFILE, _GUARDRAIL_PROFILE}):
        raise _unused_option_error(entry, "regions", "cross-Region profiles")
    if entry.guardrail is not None and not (answers or any(map(_invokes_model, actions))):
        raise _unused_option_error(entry, "guardrail", "calls of models and RetrieveAndGenerate")


def _unused_option_error(entry: AccessEntry, option: str, users: str) -> IamglueError:
    return IamglueError(f"`{option}` is valid for {users} only", hint=f"remove `{option}`", location=entry.location)


def _invokes_model(action: str) -> bool:
    """Whether the action calls a model, by its ID or through an inference profile."""
    return action.startswith("bedrock:Invoke") and {_MODEL, _PROFILE} <= set(action_resource_types(action))


def _check_named_model(entry: AccessEntry) -> None:
    """Raise IamglueError when a resource of type foundation-model is not the ID of a model, or that of a profile."""
    name = _resource_name(entry)
    if name is None or name == "*":
        return
    if profile_model(name):
        raise IamglueError(
            f"`{name}` is the ID of a cross-Region inference profile, not of a model",
            hint=f"write `bedrock: {name}`: it grants the profile and its model in each Region",
            location=entry.location,
        )
    check_model_id(name, entry)


def _resource_name(entry: AccessEntry) -> str | None:
    """The ID in the entry's resource; None if only the deployment knows it."""
    if whole_arn_parameter(entry.resource):
        return None
    text = entry.resource.text or entry.resource.get("ResourceId") or ""
    return arn_fields(text)[5].partition("/")[2] if text.startswith("arn:") else text


def _profile_model_needs(
    entry: AccessEntry, all_requested: tuple[RequestedAction, ...], scope: DeploymentScope
) -> Iterator[RequiredAccess]:
    """Yield the needs on the models that the entry's profile routes to, for calls through that profile only."""
    invoking = [
        requested
        for requested in all_requested
        if _invokes_model(requested.action)
        and requested.resource_type
        and requested.resource_type.name in (_PROFILE, _APPLICATION_PROFILE)
    ]
    if not invoking or invoking[0].resource_type is None:
        return
    arn = _single_arn(entry, invoking[0].resource_type, entry.resource, scope)
    actions = tuple(sorted(requested.action for requested in invoking))
    for reference in _models_behind(entry, invoking[0].resource_type.name):
        yield _model_need(entry, actions, model_arns(reference, entry, scope), arn)


def _models_behind(entry: AccessEntry, kind: str) -> tuple[str, ...]:
    """The models that the entry's profile routes to: those of `model`, or the model in the profile's ID."""
    name = _resource_name(entry)
    if entry.models:
        return entry.models
    if kind == _PROFILE and name and profile_model(name):
        return (name,)
    what = "an application inference profile's ID" if kind == _APPLICATION_PROFILE else "this inference profile"
    raise IamglueError(
        f"{what} does not say which model it calls, and AWS also checks that model",
        hint="write the model's ID in `model`, or the cross-Region inference profile's that it copies",
        location=entry.location,
    )


def _answer_model_needs(
    entry: AccessEntry, all_requested: tuple[RequestedAction, ...], scope: DeploymentScope
) -> Iterator[RequiredAccess]:
    """Yield the needs on the models that RetrieveAndGenerate calls with the caller's rights."""
    if not any(requested.action == _ANSWER for requested in all_requested):
        return
    if not entry.models:
        raise IamglueError(
            "RetrieveAndGenerate calls a model with the function's permissions, and the entry does not name it",
            hint="write its ID in `model`",
            location=entry.location,
        )
    for reference in entry.models:
        arn = None
        if profile_model(reference):
            arn = _single_arn(entry, _resource_type(_PROFILE), SpecResource(reference), scope)
            yield RequiredAccess((_INVOKE,), (arn,), resource_label(SpecResource(reference), ()), entry_reason(entry))
        yield _model_need(entry, (_INVOKE,), model_arns(reference, entry, scope), arn)


def _model_need(
    entry: AccessEntry, actions: tuple[str, ...], arns: tuple[str, ...], profile_arn: str | None
) -> RequiredAccess:
    """The need on a model's ARNs, restricted to calls through the profile if there is one.

    Only the checks of the models carry the condition key, not that of the profile:
    https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html
    """
    label = f"{resource_label(entry.resource, ())}Model"
    conditions: tuple[Condition, ...] = ()
    if profile_arn:
        operator = "ArnLike" if has_wildcard(profile_arn) else "ArnEquals"
        conditions = (build_condition(operator, _PROFILE_KEY, profile_arn),)
    return RequiredAccess(actions, arns, label, entry_reason(entry, ", the model that it calls"), conditions)


def _guardrail_needs(entry: AccessEntry, scope: DeploymentScope) -> Iterator[RequiredAccess]:
    """Yield the need on the guardrail that the entry's calls name.

    https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions.html
    """
    if entry.guardrail is None:
        return
    if ":" in entry.guardrail.rpartition("/")[2]:
        raise IamglueError(
            f"`{entry.guardrail}` names a version; permissions are on the guardrail",
            hint="remove the colon and the version",
            location=entry.location,
        )
    resource = SpecResource(entry.guardrail)
    arn = _single_arn(entry, _resource_type(_GUARDRAIL), resource, scope)
    yield RequiredAccess((_APPLY,), (arn,), resource_label(resource, ()), entry_reason(entry, ", with its guardrail"))


def _guardrail_profile_needs(
    entry: AccessEntry, all_requested: tuple[RequestedAction, ...], scope: DeploymentScope
) -> Iterator[RequiredAccess]:
    """Yield the need on a guardrail profile in each Region that it routes to.

    https://docs.aws.amazon.com/bedrock/latest/userguide/guardrail-profiles-permissions.html
    """
    name = _resource_name(entry)
    actions = tuple(
        requested.action
        for requested in all_requested
        if requested.resource_type and requested.resource_type.name == _GUARDRAIL_PROFILE
    )
    if not actions or (name == "*" and not entry.destination_regions):
        return
    resource = SpecResource(name)
    arns = tuple(
        _single_arn(entry, _resource_type(_GUARDRAIL_PROFILE), resource, replace(scope, region=region))
        for region in routed_regions(name or "", entry, scope)
    )
    yield RequiredAccess(actions, arns, resource_label(resource, ()), entry_reason(entry))


def _single_arn(entry: AccessEntry, kind: ResourceType, resource: SpecResource, scope: DeploymentScope) -> str:
    """The ARN of a resource in one scope, without the entry's own account and Regions."""
    formats = tuple(map(parse_arn_format, kind.arn_formats))
    single_scope = ResourceScopes((scope,), is_explicit=False, location=entry.location)
    return resource_arns_in_formats(kind, formats, resource, single_scope)[0]


def _resource_type(name: str) -> ResourceType:
    """A resource type of Bedrock by its name in the reference."""
    service = find_service(_SERVICE)
    if service is None:
        raise ValueError(_SERVICE)
    return service.resource_types[name]
