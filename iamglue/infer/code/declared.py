"""The spec of the function that runs the code, as its template declares it: triggers, settings and the name."""

from __future__ import annotations

from dataclasses import replace

from iamglue.errors import Location
from iamglue.infer.function import infer_spec
from iamglue.infer.spec_parameters import with_spec_parameters
from iamglue.model.account import DeployedFunction
from iamglue.model.spec import SpecFunction, SpecResource, Trigger

_S3 = "s3"


def declared_function(function: DeployedFunction) -> SpecFunction:
    """What a template declares of a function, with the parameters that a spec can have."""
    inferred = infer_spec(function, planned=True).function
    reference = function.arn.partition(":function:")[2]
    settings = inferred.settings
    if settings.logs.group == f"/aws/lambda/{reference}":
        settings = replace(settings, logs=replace(settings.logs, group=None))
    triggers = (*inferred.triggers, *_bucket_triggers(function, inferred.triggers))
    name = reference or inferred.name
    return with_spec_parameters(replace(inferred, name=name, triggers=triggers, settings=settings))


def _bucket_triggers(function: DeployedFunction, triggers: tuple[Trigger, ...]) -> tuple[Trigger, ...]:
    """The triggers of S3 events whose buckets are in the template but not in the function's permissions."""
    named = {trigger.resource.text for trigger in triggers if trigger.name == _S3}
    buckets = function.code.buckets if function.code else ()
    return tuple(Trigger(_S3, SpecResource(bucket), Location("")) for bucket in buckets if bucket not in named)
