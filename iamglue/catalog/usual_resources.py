"""The resource that a request for an action usually names, as ARNs with placeholders (`arn:aws:s3:::BUCKET/KEY`)."""

from __future__ import annotations

import re
from functools import cache

from iamglue.catalog.required_types import marked_types, required_types
from iamglue.catalog.resource_formats import ArnFormat, action_resource_types, resource_type_formats
from iamglue.catalog.services import ResourceType, find_action
from iamglue.catalog.tables import table_rows

_VARIABLE = re.compile(r"\$\{([^{}]+)\}")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_ENDINGS = ("WITH_PATH", "NAME", "ID")
# What AWS's guides call it.
_OTHER_NAMES = {"OBJECT": "KEY"}
# Requests to a bucket name it directly, or through an access point as well:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
_ACCESS_POINTS = "accesspoint"


def usual_resource_types(action: str) -> tuple[ResourceType, ...]:
    """The types that every call of an action names, in order; () if the call names one of several types.

    `action` must be in AWS's reference.
    """
    types = action_resource_types(str(find_action(action)))
    direct = {name: kind for name, kind in types.items() if not name.startswith(_ACCESS_POINTS)}
    for names in (tuple(direct), _verb_types(action), _required_together(action), marked_types(action)):
        if len(names) == 1 or (names and names == _required_together(action)):
            return tuple(types[name] for name in names if name in types)
    return ()


def placeholder_arn(action: str, resource_type: ResourceType, known: dict[str, str]) -> str:
    """An ARN of the type, with the values of `known` and names in capital letters for the other variables."""
    arn_format = resource_type_formats(action, resource_type)[0]
    return _VARIABLE.sub(lambda match: known.get(match[1]) or placeholder(match[1]), arn_format.text)


def name_variables(action: str, resource_type: ResourceType) -> tuple[str, ...]:
    """The variables of a type's ARN that its name fills, which are those of the resource part."""
    arn_format: ArnFormat = resource_type_formats(action, resource_type)[0]
    return tuple(_VARIABLE.findall(arn_format.resource))


def placeholder(variable: str) -> str:
    """The placeholder for a variable of an ARN format: `BUCKET` for `BucketName`, `LOG_GROUP` for `LogGroupName`."""
    name = "_".join(_WORDS.findall(variable)).upper()
    for ending in _ENDINGS:
        name = name.removesuffix(f"_{ending}")
    return _OTHER_NAMES.get(name, name)


@cache
def _verb_types(action: str) -> tuple[str, ...]:
    """The resource types of an action in our table of verbs."""
    prefix, _, name = action.lower().partition(":")
    return tuple(
        dict.fromkeys(
            row["resource_type"].lower()
            for row in table_rows("verbs")
            if row["service"] == prefix and name in row["actions"].lower().split() and row["resource_type"]
        )
    )


def _required_together(action: str) -> tuple[str, ...]:
    """The types on each of which a call is checked, if our table says so and no group has alternatives."""
    facts = required_types(action)
    if facts is None or any(len(group) > 1 for group in facts.groups):
        return ()
    return tuple(group[0] for group in facts.groups)
