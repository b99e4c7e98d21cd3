"""All calls that a function's spec declares, and that Lambda makes for it."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.generate.calls.call import Call, CallRequest
from iamglue.generate.calls.entry_calls import entry_calls
from iamglue.generate.calls.lambda_service_calls import setting_calls, trigger_calls
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import SpecFunction


def function_calls(function: SpecFunction, scope: DeploymentScope) -> Iterator[Call]:
    """Yield the calls of triggers, entries and settings. Parameters of the deployment have values already."""
    for trigger in function.triggers:
        yield from trigger_calls(trigger, scope)
    for entry in function.entries:
        yield from entry_calls(entry, scope, function.entries)
    yield from setting_calls(function, _log_group(function), scope)
    for raw in function.raw:
        requests = tuple(CallRequest(action, resource) for action in raw.actions for resource in raw.resources)
        yield Call("raw", f"raw, {raw.location}", requests, is_raw=True)


def _log_group(function: SpecFunction) -> str:
    """The name of the function's log group; Lambda adds a Region to that of a Lambda@Edge function."""
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-logs.html
    edge = any(trigger.name == "cloudfront" for trigger in function.triggers)
    return function.settings.logs.group or f"/aws/lambda/{'us-east-1.' if edge else ''}{function.name}"
