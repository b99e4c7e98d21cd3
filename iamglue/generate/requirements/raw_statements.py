"""Validates the `raw` statements of a spec, which are otherwise used unchanged."""

from __future__ import annotations

from iamglue.catalog.condition_keys import supports_key
from iamglue.catalog.services import find_service, service_prefixes
from iamglue.errors import IamglueError
from iamglue.generate.requirements.arn_validation import check_arn_fields
from iamglue.generate.requirements.labels import reason_suffix
from iamglue.model.required_access import NeedOrigin, Reason
from iamglue.model.spec import RawStatement
from iamglue.policy.patterns.variables import TokenKind, tokenize
from iamglue.policy.patterns.wildcards import has_wildcard, matches_action
from iamglue.spelling import did_you_mean


def raw_statement_reason(raw: RawStatement) -> Reason:
    """The reason of a raw statement: its location and its `why`."""
    return Reason(f"raw, {raw.location}{reason_suffix(raw.why)}", NeedOrigin.RAW)


def find_raw_statement_problems(raw: RawStatement) -> list[IamglueError]:
    """The errors of a raw statement: unknown actions, resources that are not ARNs, invalid condition keys."""
    problems = [error for name in raw.actions if (error := _action_problem(raw, name))]
    for resource in raw.resources:
        try:
            _check_resource(raw, resource)
        except IamglueError as error:
            problems.append(error)
    literal = [name for name in raw.actions if not has_wildcard(name)]
    for condition in raw.conditions if len(literal) == len(raw.actions) and not problems else ():
        if not any(supports_key(name, None, condition.key) for name in literal):
            message = f"no request for {', '.join(literal)} carries the condition key `{condition.key}`"
            problems.append(IamglueError(message, location=raw.location))
    return problems


def _action_problem(raw: RawStatement, name: str) -> IamglueError | None:
    """The error for an action that does not exist, or a pattern that matches none or those of all services."""
    prefix, colon, action = name.partition(":")
    if name == "*" or (colon and has_wildcard(prefix)):
        return IamglueError(
            f"`{name}` matches actions of every service",
            hint="name the service, for example `s3:Get*`",
            location=raw.location,
        )
    if not colon:
        return IamglueError(f"`{name}` is not a valid action; expected `service:Action`", location=raw.location)
    service = find_service(prefix)
    if service is None:
        hint = did_you_mean(prefix, service_prefixes())
        return IamglueError(f"unknown service `{prefix}`", hint=hint, location=raw.location)
    if any(matches_action(action, known) for known in service.actions):
        return None
    names = [known.name for known in service.actions.values()]
    message = f"`{name}` matches no action" if has_wildcard(action) else f"unknown action `{name}`"
    return IamglueError(message, hint=did_you_mean(action, names), location=raw.location)


def _check_resource(raw: RawStatement, resource: str) -> None:
    """Raise IamglueError unless the resource is "*", an ARN, or begins with a parameter that may be one."""
    is_reference = resource.startswith("${") and resource.endswith("}")
    if resource == "*" or is_reference or _begins_with_parameter(resource):
        return
    if not resource.startswith("arn:"):
        raise IamglueError(f'`{resource}` is neither an ARN nor "*"', location=raw.location)
    check_arn_fields(resource, raw.location)


def _begins_with_parameter(resource: str) -> bool:
    """Whether the resource is below a parameter that is a whole ARN: `${TableArn}/index/*`."""
    tokens = tokenize(resource)
    is_parameter = len(tokens) > 1 and tokens[0].kind is TokenKind.PARAMETER
    return is_parameter and tokens[1].text.startswith(("/", ":"))
