"""What AWS checks for a call of Bedrock: model or profile, the models behind a profile, guardrail, knowledge base.

A profile is checked where it is called, its model there and wherever a request may go; a global profile's model also
without a Region: https://docs.aws.amazon.com/bedrock/latest/userguide/cross-region-inference.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.catalog.call_tables import CheckedAction
from iamglue.catalog.cross_region_profiles import is_global_profile, profile_destinations, profile_model
from iamglue.generate.calls.call import CallRequest, UnknownCallError
from iamglue.generate.calls.call_resources import concrete_text
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import AccessEntry
from iamglue.policy.conditions import build_condition

_ROUTED = ("inference-profile", "application-inference-profile")
_CALLS_A_MODEL = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")


def bedrock_type(entry: AccessEntry) -> str:
    """The resource type of a Bedrock entry: named, that of its ARN, or a model or profile by its id."""
    text = entry.resource.text or ""
    if entry.resource_type:
        return entry.resource_type
    if text.startswith("arn:"):
        return text.split(":", 5)[5].partition("/")[0]
    return "inference-profile" if profile_model(text) else "foundation-model"


def bedrock_requests(
    entry: AccessEntry, checked: CheckedAction, scope: DeploymentScope
) -> Iterator[CallRequest] | None:
    """The requests of a Bedrock call with one action; None if AWS checks it on the entry's resource only."""
    kind, text = bedrock_type(entry), concrete_text(entry.resource.text or entry.resource.get("ResourceId") or "")
    name = text
    if text.startswith("arn:"):
        scope, name = replace(scope, region=text.split(":", 5)[3]), text.split(":", 5)[5].partition("/")[2]
    if checked.action == "bedrock:RetrieveAndGenerate":
        return _answer_requests(entry, name, scope)
    if checked.action == "bedrock:Rerank":
        return iter(
            (
                CallRequest(checked.action, "*"),
                *(CallRequest("bedrock:InvokeModel", arn) for arn in _reranker(kind, name, scope)),
            )
        )
    if checked.action in _CALLS_A_MODEL and kind in _ROUTED:
        profile = text if text.startswith("arn:") else _own_arn(scope, f"{kind}/{name}")
        return _profile_requests(checked.action, profile, name, entry, scope)
    if kind == "guardrail-profile" and checked.action == "bedrock:ApplyGuardrail":
        regions = (scope.region, *_regions(name, entry, scope))
        return (
            CallRequest(checked.action, _own_arn(replace(scope, region=region), f"{kind}/{name}")) for region in regions
        )
    return None


def guardrail_requests(entry: AccessEntry, scope: DeploymentScope) -> Iterator[CallRequest]:
    """Yield the request for the guardrail that the entry's calls name."""
    if entry.guardrail is not None:
        guardrail, text = concrete_text(entry.guardrail), entry.resource.text or ""
        scope = replace(scope, region=text.split(":", 5)[3]) if text.startswith("arn:") else scope
        arn = guardrail if guardrail.startswith("arn:") else _own_arn(scope, f"guardrail/{guardrail}")
        yield CallRequest("bedrock:ApplyGuardrail", arn)


def _answer_requests(entry: AccessEntry, name: str, scope: DeploymentScope) -> Iterator[CallRequest]:
    """Yield the requests of RetrieveAndGenerate: its own, for the knowledge base, and for the models of the answer."""
    yield CallRequest("bedrock:RetrieveAndGenerate", "*")
    yield CallRequest("bedrock:Retrieve", _own_arn(scope, f"knowledge-base/{name}"))
    for model in entry.models:
        yield from _invocation("bedrock:InvokeModel", concrete_text(model), entry, scope)


def _reranker(kind: str, name: str, scope: DeploymentScope) -> tuple[str, ...]:
    return (_model_arn(scope, scope.region, name),) if kind == "foundation-model" else ()


def _profile_requests(
    action: str, profile_arn: str, name: str, entry: AccessEntry, scope: DeploymentScope
) -> Iterator[CallRequest]:
    """Yield the requests of a call through a profile: on the profile itself, and on each model that it routes to."""
    yield CallRequest(action, profile_arn)
    for model in map(concrete_text, entry.models or (name,)):
        yield from _routed_requests(action, model, profile_arn, entry, scope)


def _invocation(action: str, reference: str, entry: AccessEntry, scope: DeploymentScope) -> Iterator[CallRequest]:
    """Yield the requests of a call of a model, by its ID or that of a profile."""
    if profile_model(reference) is None:
        yield CallRequest(action, _model_arn(scope, scope.region, reference))
        return
    profile = _own_arn(scope, f"inference-profile/{reference}")
    yield CallRequest(action, profile)
    yield from _routed_requests(action, reference, profile, entry, scope)


def _routed_requests(
    action: str, reference: str, profile_arn: str, entry: AccessEntry, scope: DeploymentScope
) -> Iterator[CallRequest]:
    """Yield the requests on the model to which a profile routes a call."""
    context = (build_condition("ArnEquals", "bedrock:InferenceProfileArn", profile_arn),)
    model = profile_model(reference)
    regions = entry.destination_regions if model is None else _regions(reference, entry, scope)
    for region in dict.fromkeys((scope.region, *regions)):
        yield CallRequest(action, _model_arn(scope, region, model or reference), context)


def _regions(profile: str, entry: AccessEntry, scope: DeploymentScope) -> tuple[str, ...]:
    """The Regions of the requests that a profile causes; "" for the model of a global profile."""
    if is_global_profile(profile):
        return ("",)
    regions = entry.destination_regions or profile_destinations(profile, scope.region)
    if regions is None:
        raise UnknownCallError(f"the Regions of `{profile}` are not known for calls from {scope.region}")
    return regions


def _model_arn(scope: DeploymentScope, region: str, model: str) -> str:
    return f"arn:{scope.partition}:bedrock:{region}::foundation-model/{model}"


def _own_arn(scope: DeploymentScope, resource: str) -> str:
    return f"arn:{scope.partition}:bedrock:{scope.region}:{scope.account}:{resource}"
