"""Requests close to a given one: what a policy that is a little too wide would allow."""

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
    """Every other action of the service on the same resource, those first that take it and have short names."""
    prefix = request.action.partition(":")[0]
    known, own = find_service(prefix), find_action(request.action)
    if known is None or own is None:
        return ()
    kinds = {taken.name for taken in own.resource_types}
    others = [each for each in known.actions.values() if each.name != own.name]
    others.sort(key=lambda each: (not kinds & {taken.name for taken in each.resource_types}, len(each.name), each.name))
    return tuple(replace(request, action=str(each)) for each in others)


def neighbouring_resources(request: Request) -> Iterator[tuple[str, Request]]:
    """The same in another Region, in another account, on resources whose names differ by a letter: in words."""
    arn = parse_arn(request.resource)
    if arn is None:
        return
    if arn.region:
        yield f"Region {_OTHER_REGION}", replace(request, resource=str(replace(arn, region=_OTHER_REGION)))
    if arn.account:
        yield f"account {_OTHER_ACCOUNT}", replace(request, resource=str(replace(arn, account=_OTHER_ACCOUNT)))
    # The last name first: what stands before it is often the resource's type.
    for name in reversed(tuple(_NAME.finditer(arn.resource))):
        for changed in (f"{name[0]}x", name[0][:-1]):
            if changed:
                text = f"{arn.resource[: name.start()]}{changed}{arn.resource[name.end() :]}"
                yield text, replace(request, resource=str(replace(arn, resource=text)))


def other_contexts(request: Request) -> Iterator[tuple[str, Request]]:
    """The same with a condition key left out, or with another value: in words."""
    for key, values in request.context.items():
        others = {name: value for name, value in request.context.items() if name != key}
        yield f"without {key}", replace(request, context=others)
        changed = tuple(f"{value}x" for value in values)
        yield f"{key} = {' and '.join(changed)}", replace(request, context={**others, key: changed})
