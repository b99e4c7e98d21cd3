"""The resource type on which an action of an entry acts: named, or meant by the resource and the other actions."""

from __future__ import annotations

from collections.abc import Mapping

from iamglue.catalog.required_types import marked_types, required_types
from iamglue.catalog.resource_formats import action_resource_types, additional_resource_types, parse_arn_format
from iamglue.catalog.services import ResourceType, find_action, find_service
from iamglue.catalog.verbs import Verb, verb_resource_type, verb_resource_types
from iamglue.errors import IamglueError
from iamglue.generate.requirements.arn_validation import arn_resource_type
from iamglue.model.spec import AccessEntry
from iamglue.spelling import did_you_mean


def is_without_resource(entry: AccessEntry, name: str, verb: Verb | None) -> bool:
    """Whether "*" means a request without a resource: the action's resource is optional and has no usual type.

    AWS checks such a request on "*". An example is `cloudwatch:GetMetricData`, which accepts a dataset or none. S3
    actions on objects are excluded, though none of their types (object, access point object) is marked as required:
    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """
    action = find_action(name)
    if entry.resource_type or entry.resource.text != "*" or verb or action is None:
        return False
    optional = not any(resource_type.required for resource_type in action.resource_types)
    kinds = action_resource_types(name)
    has_usual_type = verb_resource_type(name) or (len(kinds) > 1 and set(kinds) & verb_resource_types(action.service))
    return optional and not has_usual_type


def select_resource_type(
    entry: AccessEntry, name: str, verb: Verb | None, all_actions: tuple[str, ...]
) -> ResourceType:
    """The resource type of an action for this entry. Raises IamglueError if it is ambiguous."""
    kinds = action_resource_types(name)
    if entry.resource_type:
        return _named_resource_type(entry, name, kinds)
    text = entry.resource.text or ""
    by_arn = (arn_resource_type(entry.service, text) or "").lower() if text.startswith("arn:") else ""
    if by_arn in kinds:
        return kinds[by_arn]
    preferred = (verb.resource_type if verb else verb_resource_type(name) or "").lower()
    if preferred in kinds:
        return kinds[preferred]
    matching = _types_with_variables(kinds, {variable for variable, _ in entry.resource.variables})
    usual = set(kinds) & verb_resource_types(name.partition(":")[0])
    shared = set(kinds).intersection(
        *(action_resource_types(action) for action in all_actions if action_resource_types(action))
    )
    joint = required_types(name)
    marked = set() if joint and len(joint.groups) > 1 else set(marked_types(name)) & set(kinds)
    for choice in (matching, usual, set(kinds), shared, _types_with_parents(name, kinds), marked):
        if len(choice) == 1:
            return kinds[choice.pop()]
    message = f"`{name}` acts on several resource types"
    raise IamglueError(message, hint=_types_hint(entry.service, name, kinds), location=entry.location)


def _types_hint(service: str, name: str, kinds: Mapping[str, ResourceType]) -> str:
    """Which types to write: one of them, or one of each group on which AWS checks the action."""
    facts = required_types(name)
    groups = facts.groups if facts and len(facts.groups) > 1 else ()
    if groups:
        listed = " and ".join(" or ".join(f"`{service}/{kind}`" for kind in group) for group in groups)
        return f"AWS checks it on {listed}: write an entry for each that does not follow from the other"
    required = [kind for kind in kinds if kind in marked_types(name)]
    optional = [kind for kind in kinds if kind not in required] if required else []
    listed = ", ".join(f"`{service}/{kinds[kind].name}`" for kind in (required or kinds))
    also = ", ".join(f"`{service}/{kinds[kind].name}`" for kind in optional)
    one_of = "write one of" if len(required or kinds) > 1 else "write"
    return f"{one_of} {listed}" + (f"; AWS also lists {also}, which a call may also name" if also else "")


def _types_with_parents(name: str, kinds: Mapping[str, ResourceType]) -> set[str]:
    """The resource type that brings most others with it: a table brings its database and its catalog."""
    counts = {kind: len(additional_resource_types(name, kind)) for kind in kinds}
    most = max(counts.values())
    return {kind for kind, count in counts.items() if count == most} if most else set()


def _types_with_variables(kinds: Mapping[str, ResourceType], variables: set[str]) -> set[str]:
    """The resource types whose ARN format has all variables of a mapping."""
    return {
        name
        for name, kind in kinds.items()
        if variables and any(variables <= set(parse_arn_format(text).variables) for text in kind.arn_formats)
    }


def _named_resource_type(entry: AccessEntry, name: str, kinds: Mapping[str, ResourceType]) -> ResourceType:
    """The resource type that the entry names. Raises IamglueError if the action does not support it."""
    type_name = (entry.resource_type or "").lower()
    resource_type = kinds.get(type_name) or kinds.get(type_name.replace("-", " "))
    if resource_type:
        return resource_type
    service = find_service(entry.service)
    exists = service is not None and type_name in service.resource_types
    valid_types = ", ".join(f"`{kind.service}/{kind.name}`" for kind in kinds.values())
    problem = f"`{name}` does not act on" if exists else "unknown resource type"
    hint = did_you_mean(type_name, (kind.name for kind in kinds.values()))
    raise IamglueError(
        f"{problem} `{entry.service}/{entry.resource_type}`; `{name}` acts on {valid_types}",
        hint=hint,
        location=entry.location,
    )
