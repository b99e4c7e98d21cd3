"""`raw` statements of a spec: taken as they stand once they are valid."""

from __future__ import annotations

from iamglue.catalog.condition_keys import supports_key
from iamglue.catalog.services import find_service, service_prefixes
from iamglue.catalog.spelling import did_you_mean
from iamglue.errors import IamglueError
from iamglue.generate.requirements.arn_validation import check_arn_fields
from iamglue.generate.requirements.labels import reason_suffix
from iamglue.model.required_access import NeedOrigin, Reason
from iamglue.model.spec import RawStatement
from iamglue.policy.patterns.wildcards import has_wildcard, matches_action


def raw_statement_reason(raw: RawStatement) -> Reason:
    """Why a raw statement is there, as the spec says it."""
    return Reason(f"raw, {raw.location}{reason_suffix(raw.why)}", NeedOrigin.RAW)


def find_raw_statement_problems(raw: RawStatement) -> list[IamglueError]:
    """What is wrong with a raw statement: actions that do not exist, resources that are no ARNs, keys never carried."""
    found = [error for name in raw.actions if (error := _action_problem(raw, name))]
    for resource in raw.resources:
        try:
            _check_resource(raw, resource)
        except IamglueError as error:
            found.append(error)
    literal = [name for name in raw.actions if not has_wildcard(name)]
    for condition in raw.conditions if len(literal) == len(raw.actions) and not found else ():
        if not any(supports_key(name, None, condition.key) for name in literal):
            text = f"no request for {', '.join(literal)} carries the condition key `{condition.key}`"
            found.append(IamglueError(text, location=raw.location))
    return found


def _action_problem(raw: RawStatement, name: str) -> IamglueError | None:
    prefix, colon, action = name.partition(":")
    if name == "*" or (colon and has_wildcard(prefix)):
        return IamglueError(
            f"`{name}` is an action of every service", hint="name the service: `s3:Get*`", location=raw.location
        )
    if not colon:
        return IamglueError(f"`{name}` is not an action; expected `service:Action`", location=raw.location)
    found = find_service(prefix)
    if found is None:
        hint = did_you_mean(prefix, service_prefixes())
        return IamglueError(f"there is no service `{prefix}`", hint=hint, location=raw.location)
    if any(matches_action(action, known) for known in found.actions):
        return None
    names = [known.name for known in found.actions.values()]
    what = "no action matches" if has_wildcard(action) else "there is no action"
    return IamglueError(f"{what} `{name}`", hint=did_you_mean(action, names), location=raw.location)


def _check_resource(raw: RawStatement, resource: str) -> None:
    if resource == "*" or (resource.startswith("${") and resource.endswith("}")):
        return
    if not resource.startswith("arn:"):
        raise IamglueError(f'`{resource}` is not an ARN or "*"', location=raw.location)
    check_arn_fields(resource, raw.location)
