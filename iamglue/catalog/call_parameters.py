"""What the parameters of SDK operations say of the access that a call needs: its resources and further actions.

`data/call_resources.tsv` and `data/call_parameters.tsv`, each row with its source, and `data/dependent_actions.tsv`
for tags of what a call creates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from iamglue.catalog.dependent_actions import dependent_actions
from iamglue.catalog.operations import client_operation_actions
from iamglue.catalog.resource_formats import action_resource_types
from iamglue.catalog.tables import table_rows

_ANY = "*"
_TAGGING = "(Tag|AddTags|CreateTags)"
_TAG_PARAMETERS = ("Tags", "tags", "TagSpecifications", "TagList")


class ParameterEffect(StrEnum):
    """What a parameter does to the actions that its call needs."""

    ADDS = "adds"
    REPLACES = "replaces"
    CONDITIONAL = "conditional"


@dataclass(frozen=True, slots=True)
class ParameterRule:
    """The effect of parameters. `present` and `absent` are paths; `values` has the value that a path must have.

    `resource` is `SERVICE/TYPE@PATH` of the added actions' resource, "" for that of the call.
    """

    present: tuple[str, ...]
    absent: tuple[str, ...]
    values: tuple[tuple[str, str], ...]
    effect: ParameterEffect
    actions: tuple[str, ...]
    resource: str


@dataclass(frozen=True, slots=True)
class NamingParameter:
    """A parameter whose value names the resource of an action, and the type of that resource.

    For a type whose ARN has several variables, `variables` has the path of the parameter for each, and `path` is "".
    """

    path: str
    resource_type: str
    variables: tuple[tuple[str, str], ...] = ()


@cache
def parameter_rules(client: str, operation: str) -> tuple[ParameterRule, ...]:
    """The rules for the parameters of one operation of a boto3 client."""
    rows = table_rows("call_parameters")
    own = tuple(_parse_rule(row) for row in rows if row["client"] == client and _lists(row["operations"], operation))
    added = {action for rule in own for action in rule.actions}
    return (*own, *(rule for rule in _tag_rules(client, operation) if added.isdisjoint(rule.actions)))


def _tag_rules(client: str, operation: str) -> Iterator[ParameterRule]:
    """The rules for tags of what a call creates, where AWS documents the action that tags as dependent."""
    for action in client_operation_actions(client, operation) or ():
        prefix, _, name = action.partition(":")
        tagging = [item for item in dependent_actions(action) if re.match(rf"{prefix}:{_TAGGING}", item)]
        for tag in tagging if not re.match(_TAGGING, name) else ():
            # With several types to tag, what the call names may be another resource than what it creates.
            resource = "" if len(action_resource_types(tag)) == 1 else f"{prefix}/{_ANY}"
            for parameter in _TAG_PARAMETERS:
                yield ParameterRule((parameter,), (), (), ParameterEffect.ADDS, (tag,), resource)


@cache
def naming_parameters(client: str, operation: str, action: str) -> tuple[NamingParameter, ...]:
    """The parameters of an operation that name the resource of `action`, where our table has any."""
    return tuple(_naming_parameters(client, operation, action))


def _naming_parameters(client: str, operation: str, action: str) -> Iterator[NamingParameter]:
    """A row with one path names the resource by it; a row with `VARIABLE=PATH ...` names each variable of its ARN."""
    service = f"{action.partition(':')[0]}:{_ANY}"
    for row in table_rows("call_resources"):
        is_about = _lists(row["actions"], action) or service in row["actions"].split()
        if row["client"] == client and _lists(row["operations"], operation) and is_about:
            pairs = tuple((name, path) for name, _, path in (part.partition("=") for part in row["parameter"].split()))
            is_one = not pairs[0][1]
            yield NamingParameter(row["parameter"] if is_one else "", row["resource_type"], () if is_one else pairs)


def _lists(names: str, name: str) -> bool:
    return names == _ANY or name in names.split()


def _parse_rule(row: dict[str, str]) -> ParameterRule:
    """Parse a row, whose parameters are paths: `PATH`, `!PATH` for an absent one, and `PATH=VALUE`."""
    words = row["parameter"].split()
    present = [word for word in words if not word.startswith("!")]
    return ParameterRule(
        tuple(word.partition("=")[0] for word in present),
        tuple(word[1:] for word in words if word.startswith("!")),
        tuple((word.partition("=")[0], word.partition("=")[2]) for word in present if "=" in word),
        ParameterEffect(row["effect"]),
        tuple(row["actions"].split()),
        row["resource"],
    )
