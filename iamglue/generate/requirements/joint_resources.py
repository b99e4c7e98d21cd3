"""Further resources on which AWS checks an action: those that follow from the named one, and notes on the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from iamglue.catalog.required_types import marked_types, required_types
from iamglue.catalog.resource_formats import ArnFormat, additional_resource_types, parse_arn_format
from iamglue.catalog.services import ResourceType, find_service
from iamglue.generate.requirements.requested_actions import valid_requested_actions
from iamglue.generate.requirements.resource_arns import ResourceScopes, fill_arn_format
from iamglue.model.spec import AccessEntry

# Services give all their types this variable, so it does not say that two types have the same name.
_COMMON_VARIABLE = "ResourceId"


def following_arns(
    action: str, kind: ResourceType, values: Mapping[str, str], target_scopes: ResourceScopes
) -> tuple[str, ...]:
    """The ARNs of the other types that `action` requires, if they follow from the values of the named one.

    A parent's name is part of its child's; a resource that the call creates has an ID of AWS, so it is `*`.
    """
    return tuple(
        arn
        for group in _other_groups(action, kind)
        if (filled := _filled_format(action, kind.service, group, values))
        for arn in fill_arn_format(*filled, target_scopes)
    )


def joint_notes(entry: AccessEntry, entries: tuple[AccessEntry, ...]) -> Iterator[str]:
    """Yield a note for each action that AWS also checks, or may check, on a type that no entry of the function has."""
    incomplete = [
        item
        for item in valid_requested_actions(entry)
        if item.resource_type is not None and _may_need_more(item.action)
    ]
    if not incomplete:
        return
    named = _named_types(entries)
    for requested in incomplete:
        if requested.resource_type is not None:
            yield from _action_notes(entry, requested.action, requested.resource_type, named)


def _may_need_more(action: str) -> bool:
    """Whether AWS checks, or may check, the action on several types."""
    return required_types(action) is not None or len(marked_types(action)) > 1


@lru_cache(maxsize=8)
def _named_types(entries: tuple[AccessEntry, ...]) -> set[tuple[str, str]]:
    """The actions of all entries, each with the lower-case resource type that its entry names."""
    return {
        (requested.action, requested.resource_type.name.lower())
        for other in entries
        for requested in valid_requested_actions(other)
        if requested.resource_type
    }


def _action_notes(entry: AccessEntry, action: str, kind: ResourceType, named: set[tuple[str, str]]) -> Iterator[str]:
    """Yield a note for each further resource type that the action may be checked on, and no entry names."""
    service = kind.service
    if required_types(action):
        values = dict.fromkeys(_variables(kind), "")
        for group in _other_groups(action, kind):
            if not _filled_format(action, service, group, values) and not any(
                (action, name) in named for name in group
            ):
                types = " or ".join(f"`{service}/{name}`" for name in group)
                example = f"`{entry.access}: - {service}/{group[0].replace(' ', '-')}: NAME`"
                word = f"`do: {_name(action)}`"
                yield f"`{action}` is also checked on {types}: add an entry for it, {example} with {word}"
        return
    marked = set(marked_types(action))
    together = {extra.resource_type for extra in additional_resource_types(action, kind.name)}
    rest = marked - {kind.name.lower()} - together - {name for other, name in named if other == action}
    if rest and kind.name.lower() in marked:
        listed = " and ".join(f"`{service}/{name}`" for name in sorted(marked))
        yield (
            f"AWS's reference marks {listed} as required together for `{action}`; iamglue does not know whether a call "
            "needs all of them: if it is denied, add an entry for the other resource"
        )


def _name(action: str) -> str:
    return action.partition(":")[2]


def _other_groups(action: str, kind: ResourceType) -> tuple[tuple[str, ...], ...]:
    """The groups of types that a call needs beside the named type; empty if it is one of alternatives."""
    facts = required_types(action)
    return (
        tuple(group for group in facts.groups if kind.name.lower() not in group)
        if facts and len(facts.groups) > 1
        else ()
    )


def _filled_format(
    action: str, service: str, group: tuple[str, ...], values: Mapping[str, str]
) -> tuple[ArnFormat, dict[str, str]] | None:
    """The ARN format of a group's only type with the values of its variables; None if they do not follow."""
    facts, service_facts = required_types(action), find_service(service)
    if facts is None or service_facts is None or len(group) != 1:
        return None
    form = parse_arn_format(service_facts.resource_types[group[0]].arn_formats[0])
    shared = values if facts.derivable else {}
    filled = {name: shared[name] for name in form.variables if name in shared and name != _COMMON_VARIABLE}
    if group[0] in facts.created:
        filled = dict.fromkeys(form.variables, "*") | filled
    return (form, filled) if set(form.variables) == set(filled) else None


def _variables(kind: ResourceType) -> set[str]:
    return {name for text in kind.arn_formats for name in parse_arn_format(text).variables}
