"""The models behind a Bedrock model ID or cross-Region inference profile: their ARNs in each Region that AWS checks.

A call through a profile is checked on the profile in the Region of the call, and on the model there and in every Region
that the profile may route to. A global profile's model is checked in the Region of the call and on an ARN without
Region:
https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html
https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
"""

from __future__ import annotations

from collections.abc import Iterable

from iamglue.catalog.cross_region_profiles import (
    is_global_profile,
    profile_destinations,
    profile_model,
    source_regions,
)
from iamglue.errors import DeploymentValueError, IamglueError
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import AccessEntry
from iamglue.policy.patterns.variables import has_named_parameters
from iamglue.policy.patterns.wildcards import has_wildcard


def check_model_id(text: str, entry: AccessEntry) -> None:
    """Raise IamglueError when `text` is not the ID of a foundation model: its provider, a dot, its name."""
    if has_wildcard(text) or has_named_parameters(text):
        return
    if text.startswith("arn:") or "/" in text or "." not in text.strip("."):
        raise IamglueError(
            f"`{text}` is not the ID of a Bedrock model; expected PROVIDER.MODEL",
            hint="write for example anthropic.claude-3-haiku-20240307-v1:0, or the resource's type: "
            "`bedrock/provisioned-model`, `bedrock/imported-model`",
            location=entry.location,
        )


def model_arns(reference: str, entry: AccessEntry, scope: DeploymentScope) -> tuple[str, ...]:
    """The ARNs of the model that `reference` names: a model's ID, or a cross-Region inference profile's.

    Raises IamglueError when the Regions that a profile routes to are not known, and DeploymentValueError when they
    depend on a Region that is not known yet.
    """
    model = profile_model(reference)
    if model is None:
        check_model_id(reference, entry)
        return _foundation_model_arns(reference, (scope.region, *entry.destination_regions), scope)
    if is_global_profile(reference):
        return _foundation_model_arns(model, (scope.region, ""), scope)
    return _foundation_model_arns(model, (scope.region, *routed_regions(reference, entry, scope)), scope)


def routed_regions(profile: str, entry: AccessEntry, scope: DeploymentScope) -> tuple[str, ...]:
    """The Regions that a cross-Region profile routes to: the entry's `regions`, else those of our table."""
    if entry.destination_regions:
        return entry.destination_regions
    if has_named_parameters(scope.region):
        raise DeploymentValueError(
            f"`{profile}` routes to Regions that depend on the function's Region, which is not known",
            hint="write `region:` in the spec, or give `--region`; or list the Regions in the entry's `regions`",
            location=entry.location,
        )
    if has_wildcard(scope.region):
        raise IamglueError(
            f"`{profile}` routes to Regions that depend on the Region of the call, which is a pattern",
            hint="write a separate entry for each Region",
            location=entry.location,
        )
    destinations = profile_destinations(profile, scope.region)
    if destinations is None:
        raise _unknown_destinations_error(profile, entry, scope.region)
    return destinations


def _unknown_destinations_error(profile: str, entry: AccessEntry, region: str) -> IamglueError:
    """The error for a profile or Region that the table does not have, with the command that prints the Regions."""
    kind = "guardrail" if ".guardrail." in profile else "inference"
    known = source_regions(profile)
    callable_from = f"; it is known for calls from {', '.join(known)}" if known else ""
    command = f"aws bedrock get-inference-profile --region {region} --inference-profile-identifier {profile}"
    hint = "list them in `regions`"
    return IamglueError(
        f"the Regions that `{profile}` routes to from {region} are not known to iamglue{callable_from}",
        hint=f"{hint}; `{command}` prints the models' ARNs" if kind == "inference" else hint,
        location=entry.location,
    )


def _foundation_model_arns(model: str, regions: Iterable[str], scope: DeploymentScope) -> tuple[str, ...]:
    """The ARNs of a model in these Regions; "" is the ARN without Region of a global profile's model."""
    return tuple(
        dict.fromkeys(f"arn:{scope.partition}:bedrock:{region}::foundation-model/{model}" for region in regions)
    )
