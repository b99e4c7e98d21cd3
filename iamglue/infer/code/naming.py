"""Which parameters of a call name the resource of one of its actions: by our table, else by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from iamglue.catalog.call_parameters import NamingParameter, naming_parameters
from iamglue.catalog.resource_formats import action_resource_types, resource_type_formats
from iamglue.catalog.services import ResourceType
from iamglue.catalog.usual_resources import usual_resource_types
from iamglue.catalog.verbs import verb_resource_type
from iamglue.infer.code.calls import SdkCall
from iamglue.infer.code.parameter_paths import values_at

_VARIABLE_ENDINGS = ("withpath", "withoutleadingslash", "instancename", "resourceid", "name", "id", "identifier")
_MEMBER_ENDINGS = ("", "name", "arn", "id", "url", "identifier", "names", "arns", "ids", "s")
_GENERAL_NAMES = ("resourcearn", "arn", "resourceid", "resource")
# Names that mean the resource only in an operation on that very kind of resource, such as GetParameter.
_OWN_NAMES = ("name", "names", "id", "ids", "identifier")
_LIST_ENDING = "s"
# Services whose ARNs have names where the reference has `ResourceId` or the like.
# https://docs.aws.amazon.com/databrew/latest/dg/API_Dataset.html and the references of the others beside it
_SERVICES_WITH_NAMES_AS_IDS = frozenset(
    {
        "databrew",
        "forecast",
        "gamelift",
        "imagebuilder",
        "iotfleetwise",
        "mediatailor",
        "personalize",
        "quicksight",
        "rekognition",
        "route53-recovery-readiness",
    }
)


def chosen_types(call: SdkCall, action: str) -> tuple[ResourceType, ...]:
    """The resource types of an action that this call is about, the likeliest first; () if the action has none."""
    kinds = action_resource_types(action)
    if not kinds:
        return ()
    rows = _applicable_rows(call, action)
    preferred = [row.resource_type.lower() for row in rows if row.resource_type.lower() in kinds]
    verb_type = (verb_resource_type(action) or "").lower()
    names = [
        *preferred,
        *([verb_type] if verb_type in kinds else ()),
        *(name for name in kinds if _normalize(name) == _noun(call.operation).rstrip(_LIST_ENDING)),
        *(kind.name.lower() for kind in usual_resource_types(action)),
        *kinds,
    ]
    return tuple(kinds[name] for name in dict.fromkeys(names))


def _applicable_rows(call: SdkCall, action: str) -> list[NamingParameter]:
    """The rows of our table for a call; one with several variables only if the call gives all of them."""
    return [
        row
        for row in naming_parameters(call.client, call.operation, action)
        if all(values_at(call.parameters, path) for _, path in row.variables)
    ]


def naming_paths(call: SdkCall, action: str, kind: ResourceType) -> dict[str, tuple[str, ...]]:
    """For each variable of the type's ARN, the paths of the parameters of this call that give it.

    The key "" has parameters that name the whole resource, by a row of our table.
    """
    rows = [row for row in _applicable_rows(call, action) if row.resource_type.lower() == kind.name.lower()]
    if rows and rows[0].variables:
        return {name: (path,) for name, path in rows[0].variables}
    if rows:
        return {"": tuple(row.path for row in rows if row.path)}
    variables = resource_type_formats(action, kind)[0].variables
    given = {_normalize(name): name for name in call.parameters}
    chosen: dict[str, tuple[str, ...]] = {}
    # A name gives one variable, that which is called so: `StackName` is not the stack's Id as well. An ARN gives all.
    for is_called_so in (True, False):
        for variable in sorted(variables, key=lambda name: not name.endswith("Name")):
            possible = _possible_members(variable, kind.name, call.operation)
            names = [name for name in possible if name in given and not _is_name_of_id(variable, name, kind)]
            if variable in chosen or not names or (is_called_so and not _is_called(names[0], variable)):
                continue
            chosen[variable] = tuple(given[name] for name in names)
            if not names[0].endswith("arn"):
                del given[names[0]]
    return {variable: chosen.get(variable, ()) for variable in variables}


def has_name_of_id(call: SdkCall, action: str, kind: ResourceType) -> bool:
    """Whether a call names a resource of the type by a name that its ARN does not have: a workgroup."""
    given = set(map(_normalize, call.parameters))
    return any(
        name in given and _is_name_of_id(variable, name, kind)
        for variable in resource_type_formats(action, kind)[0].variables
        for name in _possible_members(variable, kind.name, call.operation)
    )


def _is_name_of_id(variable: str, name: str, kind: ResourceType) -> bool:
    """Whether a parameter is a name where the ARN has an ID that AWS assigns, as of a bot or a rule of Config."""
    return variable.endswith("Id") and name.endswith("name") and kind.service not in _SERVICES_WITH_NAMES_AS_IDS


def _is_called(name: str, variable: str) -> bool:
    """Whether a parameter is called like a variable of an ARN: `cluster` for ClusterName."""
    names = [stem + ending for stem in _stems(_normalize(variable)) if stem for ending in _MEMBER_ENDINGS]
    return name == _normalize(variable) or name in names


@lru_cache(maxsize=4096)
def _possible_members(variable: str, type_name: str, operation: str) -> tuple[str, ...]:
    """The lower-case names that a member which gives a variable may have, the likeliest first."""
    return tuple(dict.fromkeys(_member_names(variable, type_name, operation)))


def _member_names(variable: str, type_name: str, operation: str) -> Iterator[str]:
    """Names of members that may give a variable, the likeliest first: its own, its stem's, general ones."""
    stems = _stems(_normalize(variable))
    stem, own = stems[0], _stems(_normalize(type_name))[0]
    yield _normalize(variable)
    for base in dict.fromkeys((*stems, own)):
        if base:
            yield from (base + ending for ending in _MEMBER_ENDINGS)
            yield from (f"source{base}{ending}" for ending in _MEMBER_ENDINGS)
    yield from _GENERAL_NAMES
    noun = _noun(operation)
    if noun.rstrip(_LIST_ENDING) in (stem, own) or noun.startswith((own, stem or own)):
        yield from _OWN_NAMES


def _noun(operation: str) -> str:
    """What an operation is about, in lower case: `table` for GetTable."""
    return _normalize(re.sub(r"^[A-Z][a-z]+", "", operation))


def _stems(name: str) -> tuple[str, ...]:
    """A name without the ending that says what kind of name it is: `db` and `dbinstance` for DbInstanceName."""
    return tuple(name.removesuffix(ending) for ending in _VARIABLE_ENDINGS if name.endswith(ending)) or (name,)


def _normalize(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
