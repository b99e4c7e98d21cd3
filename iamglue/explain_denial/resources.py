"""The Resource element of the statement that allows a denied request."""

from __future__ import annotations

import re

from iamglue.catalog.resource_formats import action_resource_types
from iamglue.catalog.services import Action, ResourceType, find_action, find_service
from iamglue.catalog.usual_resources import name_variables, placeholder_arn, usual_resource_types
from iamglue.explain_denial.principals import account_of
from iamglue.model.denial import AccessDenial
from iamglue.policy.arns import parse_arn
from iamglue.policy.phone_numbers import is_phone_number

# Logs mask accounts and names, and a mask of asterisks would be a wildcard in a policy.
_MASK = re.compile(r"\*{2,}")
_MASKED_ACCOUNT = re.compile(r"(?!aws$|cloudfront$|\*$|$)(?![0-9]{12}$).*")
_UNKNOWN_RESOURCE = "RESOURCE"
_MAX_TYPES = 6

ResourceAndNotes = tuple[tuple[str, ...], tuple[str, ...]]


def statement_resources(action: str, denial: AccessDenial) -> ResourceAndNotes:
    """The values of Resource for one action of the denial, and notes about what is uncertain."""
    known_action, resource = find_action(action), denial.resource
    if known_action and known_action.has_no_resource_types:
        return ("*",), ()
    if resource is not None and (resource == "*" or parse_arn(resource)):
        return _given_resource(resource)
    if resource is not None and is_phone_number(resource):
        note = "a policy can allow messages to phone numbers only with the resource `*`, which includes every topic"
        return ("*",), (note,)
    problem = f"the message calls the resource `{resource}`" if resource else "the message does not name the resource"
    advice = "write its ARN in the statement, or pass --resource"
    if known_action is None:
        return (_UNKNOWN_RESOURCE,), (f"{problem}: {advice}",)
    arns, alternatives = _usual_arns(known_action, denial)
    return arns, (f"{problem}: {advice}", *alternatives)


def is_masked(resource: str) -> bool:
    """Whether a log hid a part of an ARN: as a pattern, it would match other resources."""
    arn = parse_arn(resource)
    return arn is not None and bool(_MASKED_ACCOUNT.fullmatch(arn.account) or _MASK.search(arn.resource))


def _given_resource(resource: str) -> ResourceAndNotes:
    """The resource of the message, without what a log masked."""
    arn = parse_arn(resource)
    if arn is None or not is_masked(resource):
        return (resource,), ()
    account = "ACCOUNT" if _MASKED_ACCOUNT.fullmatch(arn.account) else arn.account
    name = _MASK.sub("MASKED", arn.resource)
    text = f"arn:{arn.partition}:{arn.service}:{arn.region}:{account}:{name}"
    return (text,), (f"`{resource}` in the message is masked: replace the words in capital letters in the statement",)


def _usual_arns(action: Action, denial: AccessDenial) -> ResourceAndNotes:
    """ARNs with placeholders of the resource that the action usually names, and a note if it may be another type."""
    typed = _typed_name(action, denial.resource)
    types = (typed[0],) if typed else usual_resource_types(str(action))
    if not types:
        return (_UNKNOWN_RESOURCE,), (f"{action} acts on one of: {_type_names(action)}",)
    arn = parse_arn(denial.principal or "")
    known = {"Partition": arn.partition if arn else "aws"}
    account = account_of(denial.principal)
    if account:
        known["Account"] = account
    arns = tuple(placeholder_arn(str(action), kind, {**known, **(typed[1] if typed else {})}) for kind in types)
    others = [] if typed else _other_types(action, types)
    return arns, (f"the resource may also be: {', '.join(others)}",) if others else ()


def _typed_name(action: Action, resource: str | None) -> tuple[ResourceType, dict[str, str]] | None:
    """The type and name in `role NAME`, as IAM's older messages write it."""
    words, _, name = (resource or "").rpartition(" ")
    service = find_service(action.service)
    kind = service.resource_types.get(words.lower().replace(" ", "-")) if service and words else None
    if kind is None:
        return None
    variables = name_variables(str(action), kind)
    return kind, {variables[0]: name} if len(variables) == 1 else {}


def _other_types(action: Action, types: tuple[ResourceType, ...]) -> list[str]:
    """Other types of the action, without the alternatives that every action of S3 has."""
    names = {kind.name for kind in types}
    return [
        kind.name
        for kind in action_resource_types(str(action)).values()
        if kind.name not in names and not kind.name.startswith("accesspoint")
    ][:_MAX_TYPES]


def _type_names(action: Action) -> str:
    names = [kind.name for kind in action_resource_types(str(action)).values()]
    return ", ".join(names[:_MAX_TYPES]) + (" and others" if len(names) > _MAX_TYPES else "")
