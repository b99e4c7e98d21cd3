"""Adds SAM functions with their events, URLs and destinations to an account draft.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
"""

from __future__ import annotations

from dataclasses import replace

from iamglue.readers.templates.account_draft import AccountDraft
from iamglue.readers.templates.sam_event_sources import sam_destination
from iamglue.readers.templates.sam_events import add_event, add_function_url
from iamglue.readers.templates.template_functions import FunctionIndex, add_function
from iamglue.readers.templates.template_properties import ResourceProperties


def add_sam_function(properties: ResourceProperties, draft: AccountDraft, functions: FunctionIndex) -> None:
    """Add a function with its events, URL and destinations."""
    add_function(properties, draft.sam_role_keys.get(properties.id), draft, functions)
    function_draft = draft.functions.get(properties.id)
    if function_draft is None:
        return
    for name, event in properties.map_items("Events"):
        if not add_event(name, event, function_draft):
            what = f"the event `{name}` of `{function_draft.function.name}`"
            draft.record_not_evaluated(
                function_draft.function.name,
                what,
                f"the resources that SAM creates for its type ({event.text('Type')}) are not known",
            )
    if properties.has("FunctionUrlConfig"):
        add_function_url(properties, function_draft)
    success, failure = (sam_destination(properties, when) or None for when in ("OnSuccess", "OnFailure"))
    function_draft.function = replace(function_draft.function, on_success=success, on_failure=failure)
