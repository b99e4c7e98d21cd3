"""Requests similar to a given one, which a slightly too broad policy would allow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from iamglue.catalog.services import find_action, find_service
from iamglue.engine.evaluate.request import Request
from iamglue.policy.arns import parse_arn

_OTHER_REGION, _OTHER_ACCOUNT = "ap-south-1", "999999999999"
_NAME = re.compile(r"[^/:]+")


def sibling_actions(request: Request) -> tuple[Request, ...]:
    """All other actions of the service on the same resource.

    Those with the same resource type come first, and shorter names before longer ones.
    """
    prefix = request.action.partition(":")[0]
    service, action = find_service(prefix), find_action(request.action)
    if service is None or action is None:
        return ()
    resource_types = {resource_type.name for resource_type in action.resource_types}
    others = [sibling for sibling in service.actions.values() if sibling.name != action.name]
    others.sort(
        key=lambda sibling: (
            not resource_types & {resource_type.name for resource_type in sibling.resource_types},
            len(sibling.name),
            sibling.name,
        )
    )
    return tuple(replace(request, action=str(sibling)) for sibling in others)


def neighbouring_resources(request: Request) -> Iterator[tuple[str, Request]]:
    """The same request in another Region, in another account, and on resources with similar names.

    Each comes with a description.
    """
    arn = parse_arn(request.resource)
    if arn is None:
        return
    if arn.region:
        yield f"Region {_OTHER_REGION}", replace(request, resource=str(replace(arn, region=_OTHER_REGION)))
    if arn.account:
        yield f"account {_OTHER_ACCOUNT}", replace(request, resource=str(replace(arn, account=_OTHER_ACCOUNT)))
    # The last name first, because the names before it are often the resource type.
    for name in reversed(tuple(_NAME.finditer(arn.resource))):
        for changed_name in (f"{name[0]}x", name[0][:-1]):
            if changed_name:
                text = f"{arn.resource[: name.start()]}{changed_name}{arn.resource[name.end() :]}"
                yield text, replace(request, resource=str(replace(arn, resource=text)))


def other_contexts(request: Request) -> Iterator[tuple[str, Request]]:
    """The same request without a condition key, or with another value of it; with a description."""
    for key, values in request.context.items():
        others = {name: value for name, value in request.context.items() if name != key}
        yield f"without {key}", replace(request, context=others)
        changed_values = tuple(f"{value}x" for value in values)
        yield f"{key} = {' and '.join(changed_values)}", replace(request, context={**others, key: changed_values})
