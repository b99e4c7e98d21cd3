"""What a spec's text generates: the shortest way from a spec to its policy, for tests."""

from __future__ import annotations

from typing import Any

from iamglue.errors import IamglueError, MultipleErrors
from iamglue.generate.deployment_target import DeploymentTarget
from iamglue.generate.generate import generate
from iamglue.model.permission_set import PermissionSet
from iamglue.policy.document import policy_data
from iamglue.readers.spec.reader import parse_spec

HEAD = 'iamglue: 1\nfunction: f\nregion: eu-west-1\naccount: "111122223333"\n'


def bundle_of(body: str, *, head: str = HEAD, choice: DeploymentTarget | None = None) -> PermissionSet:
    """The bundle of a spec of one function, `head` before `body`."""
    function = parse_spec(head + body, "spec.yaml").functions[0]
    return generate(function, choice or DeploymentTarget(function.region, function.account, function.partition))


def statements_of(body: str, *, logs: bool = False, **kwargs: Any) -> list[dict[str, Any]]:
    """The statements of the identity policy; the logs statement only if asked for."""
    text = body if logs else f"{body}\nsettings: {{logs: false}}\n"
    policies = bundle_of(text, **kwargs).policies
    return [statement for each in policies for statement in policy_data(each.policy)["Statement"]]


def grants(body: str, **kwargs: Any) -> set[tuple[str, str]]:
    """Every (action, resource) pair of the identity policy."""
    return {
        (action, resource)
        for statement in statements_of(body, **kwargs)
        for action in statement["Action"]
        for resource in statement["Resource"]
    }


def problems_of(body: str, *, head: str = HEAD) -> list[IamglueError]:
    """The errors of a spec, [] when it has none."""
    try:
        bundle_of(body, head=head)
    except MultipleErrors as several:
        return list(several.problems)
    except IamglueError as error:
        return [error]
    return []
