"""The roles that an SDK call passes to a service.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from iamglue.catalog.passed_roles import passed_role
from iamglue.catalog.resource_formats import action_resource_types
from iamglue.infer.code.call_resource import CallResource
from iamglue.infer.code.call_resources import resources_at
from iamglue.infer.code.calls import SdkCall
from iamglue.infer.code.values import CodeValue

PASS_ROLE = "iam:PassRole"  # noqa: S105 - an action
_REPLACED = "overrides."
_ROLE_MEMBER = re.compile(r"(.*role(_?arn|_?name)?|iamrolearn)", re.IGNORECASE)
# Levels of nested parameters; the deepest role of AWS's models is at the sixth.
_MAX_DEPTH = 8


def passed_role_resources(call: SdkCall, action: str) -> tuple[CallResource, ...]:
    """The roles that the parameters of a call name and that it passes with `action`; () if there are none."""
    if passed_role(action) is None:
        return ()
    kind = action_resource_types(PASS_ROLE)["role"]
    paths = tuple(_role_paths(call.parameters, "", 0))
    return tuple(dict.fromkeys(resource for path in paths for resource in resources_at(call, path, PASS_ROLE, kind)))


def passes_unnamed_role(call: SdkCall, action: str) -> bool:
    """Whether a call may pass a role that its parameters do not name: that of a task definition.

    A task has two roles, one of which the call may replace:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html
    """
    passed = passed_role(action)
    named = [path for path in _role_paths(call.parameters, "", 0) if not path.startswith(_REPLACED)]
    return passed is not None and passed.is_always and not named


def is_role_member(name: str) -> bool:
    """Whether a member of an operation's input is called like a role or its ARN."""
    return _ROLE_MEMBER.fullmatch(name) is not None


def _role_paths(members: Mapping[str, CodeValue], start: str, depth: int) -> Iterator[str]:
    """The paths of the parameters that hold a role, in the order of the call."""
    for name, value in members.items() if depth < _MAX_DEPTH else ():
        path = f"{start}{name}"
        if is_role_member(name) and (value.texts or not value.is_complete):
            yield path
        yield from _role_paths(dict(value.members), f"{path}.", depth + 1)
        if value.items is not None:
            yield from _role_paths(dict(value.items.members), f"{path}[].", depth + 1)
