"""What IAM checks for a call that passes a role to a service."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.passed_roles import passed_role
from iamglue.generate.calls.call import CallRequest, UnknownCallError
from iamglue.generate.calls.call_resources import concrete_text
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import AccessEntry
from iamglue.policy.conditions import build_condition


def passed_role_requests(
    entry: AccessEntry, actions: tuple[str, ...], scope: DeploymentScope, entries: tuple[AccessEntry, ...]
) -> Iterator[CallRequest]:
    """Yield a request for each role that the calls pass, and each service that may receive it.

    Raises UnknownCallError if every call passes a role, and no entry says which.
    """
    passing = {action: role for action in actions if (role := passed_role(action))}
    if not entry.pass_role:
        always = next((action for action, role in passing.items() if role.is_always), None)
        if always and not any(other.service == "iam" for other in entries):
            raise UnknownCallError(f"{always} passes a role, and no entry names it")
        return
    services = {entry.passed_to} if entry.passed_to else {name for role in passing.values() for name in role.services}
    for named in map(concrete_text, entry.pass_role):
        name = named.removeprefix("role/").removeprefix("/")
        arn = named if named.startswith("arn:") else f"arn:{scope.partition}:iam::{scope.account}:role/{name}"
        for service in sorted(services):
            yield CallRequest("iam:PassRole", arn, (build_condition("StringEquals", "iam:PassedToService", service),))
