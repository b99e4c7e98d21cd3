"""`pass_role`: the right to pass exactly the named roles to the service that an entry's calls give them to.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.operations import operation_keys
from iamglue.catalog.passed_roles import passed_role
from iamglue.catalog.resource_formats import parse_arn_format
from iamglue.catalog.service_principals import service_principals
from iamglue.catalog.services import find_service
from iamglue.errors import IamglueError
from iamglue.generate.requirements.labels import entry_reason, resource_label
from iamglue.generate.requirements.requested_actions import RequestedAction, valid_requested_actions
from iamglue.generate.requirements.resource_arns import ResourceScopes, resource_arns_in_formats
from iamglue.model.required_access import DeploymentScope, RequiredAccess
from iamglue.model.spec import AccessEntry, SpecResource
from iamglue.policy.arns import parse_arn
from iamglue.policy.conditions import build_condition
from iamglue.policy.patterns.wildcards import has_wildcard
from iamglue.spelling import did_you_mean

_ACTION = "iam:PassRole"
_PASSED_TO = "iam:PassedToService"


def pass_role_needs(
    entry: AccessEntry, all_requested: tuple[RequestedAction, ...], scope: DeploymentScope
) -> tuple[RequiredAccess, ...]:
    """The need to pass the roles of `pass_role`; `scope` is the function's, as a role is passed in its account.

    Raises IamglueError for a pattern, for actions that pass no role, and for a service that is not known.
    """
    if not entry.pass_role:
        if entry.passed_to is not None:
            raise IamglueError("`passed_to` needs `pass_role`, the role that is passed", location=entry.location)
        return ()
    services = _receiving_services(entry, tuple(requested.action for requested in all_requested))
    if scope.partition == "aws-cn":
        # Some services have a name of their own in China:
        # https://docs.amazonaws.cn/en_us/aws/latest/userguide/iam.html
        services = tuple(name for service in services for name in (service, f"{service}.cn"))
    condition = build_condition("StringEquals", _PASSED_TO, *sorted(services))
    arns = tuple(sorted({_role_arn(entry, role, scope) for role in entry.pass_role}))
    label = resource_label(SpecResource(entry.pass_role[0]), ())
    return (RequiredAccess((_ACTION,), arns, label, entry_reason(entry, ", passing the role"), (condition,)),)


def _receiving_services(entry: AccessEntry, actions: tuple[str, ...]) -> tuple[str, ...]:
    """The services that receive the role of the entry's calls."""
    passing = [(action, role) for action in actions if (role := passed_role(action))]
    known = tuple(dict.fromkeys(service for _, role in passing for service in role.services))
    if entry.passed_to is not None:
        _check_service(entry, entry.passed_to)
        if known and entry.passed_to not in known:
            raise IamglueError(
                f"the calls pass the role to {' or '.join(known)}, not to {entry.passed_to}",
                hint="remove `passed_to`",
                location=entry.location,
            )
        return (entry.passed_to,)
    if known:
        return known
    listed = " and ".join(f"`{action}`" for action in actions)
    unknown = f"iamglue does not know which service receives the role of {listed}"
    raise IamglueError(
        unknown if passing else f"iamglue knows no role that calls of {listed} pass to a service",
        hint="name the service that receives it in `passed_to`, such as ecs-tasks.amazonaws.com",
        location=entry.location,
    )


def _check_service(entry: AccessEntry, service: str) -> None:
    """Raise IamglueError for a name that is not a service principal."""
    if not service.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        raise IamglueError(
            f"`{service}` is not a service principal; expected for example ecs-tasks.amazonaws.com",
            hint=did_you_mean(f"{service}.amazonaws.com", service_principals()),
            location=entry.location,
        )


def _role_arn(entry: AccessEntry, role: str, scope: DeploymentScope) -> str:
    """The ARN of a role in `pass_role`. Raises IamglueError for a pattern and for a role of another account."""
    if has_wildcard(role):
        raise IamglueError(
            f"`{role}` is a pattern; `pass_role` names the roles that are passed", location=entry.location
        )
    _check_account(entry, role, scope)
    service = find_service("iam")
    if service is None:
        raise ValueError(role)
    kind = service.resource_types["role"]
    formats = tuple(map(parse_arn_format, kind.arn_formats))
    scopes = ResourceScopes((scope,), is_explicit=False, location=entry.location)
    name = role if role.startswith("arn:") else role.removeprefix("role/").removeprefix("/")
    return resource_arns_in_formats(kind, formats, SpecResource(name), scopes)[0]


def _check_account(entry: AccessEntry, role: str, scope: DeploymentScope) -> None:
    """Raise IamglueError for a role of another account, which no one can pass."""
    arn = parse_arn(role)
    if arn and arn.account.isdecimal() and (scope.account or "").isdecimal() and arn.account != scope.account:
        raise IamglueError(
            f"a role of account {arn.account} cannot be passed to a service in account {scope.account}",
            hint="name a role of the function's account",
            location=entry.location,
        )


def pass_role_notes(entry: AccessEntry, entries: tuple[AccessEntry, ...]) -> Iterator[str]:
    """Yield a note for each action that passes a role, if neither the entry nor another one says which."""
    if entry.pass_role:
        return
    actions = dict.fromkeys(requested.action for requested in valid_requested_actions(entry))
    roles = [(action, role) for action in actions if (role := passed_role(action))]
    if not roles or any(map(_grants_pass_role, entries)):
        return
    for action, role in roles:
        services = " or ".join(role.services)
        receiver = f"to {services}" if services else "to a service"
        passes = "passes a role" if role.is_always else "passes the role that a call names, if it names one,"
        more = "" if services else ", and the service in `passed_to`"
        yield f"`{action}` {passes} {receiver}, which needs iam:PassRole: name the role in `pass_role`{more}"


def _grants_pass_role(entry: AccessEntry) -> bool:
    words = {key for word in entry.do for key in operation_keys(word.rpartition(":")[2])}
    return entry.service == "iam" and "passrole" in words
