"""What AWS checks for a call on the resources beside the one that an entry names."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.operations import normalized_name, operation_keys
from iamglue.catalog.required_types import marked_types, required_types
from iamglue.catalog.resource_formats import additional_resource_types, parse_arn_format
from iamglue.catalog.services import ResourceType
from iamglue.generate.calls.call import UnknownCallError
from iamglue.generate.calls.call_resources import SAMPLE, concrete_text, resource_type
from iamglue.model.spec import AccessEntry, SpecResource

# Variables that mean another thing in each type.
_AMBIGUOUS = ("ResourceId",)


def resource_values(entry: AccessEntry, kind: ResourceType) -> dict[str, str]:
    """The variables of the ARN that the entry names, as a resource of `kind`."""
    if entry.resource.variables:
        return {name: concrete_text(value) for name, value in entry.resource.variables}
    text = concrete_text(entry.resource.text or "")
    for form in map(parse_arn_format, kind.arn_formats):
        part = text.split(":", 5)[5] if text.startswith("arn:") else form.resource.partition("${")[0] + text
        values = form.parse_resource(part)
        if values is not None:
            return values
    return {}


def joint_resources(
    entry: AccessEntry, action: str, chosen: str, entries: tuple[AccessEntry, ...]
) -> Iterator[tuple[str, SpecResource]]:
    """Yield the further types of a call of `action` on type `chosen`, each with the resource it is checked on.

    Raises UnknownCallError if a further resource neither follows from the named one, nor is named by another entry.
    """
    kind = resource_type(entry.service, chosen)
    values = resource_values(entry, kind)
    for extra in additional_resource_types(action, chosen):
        yield extra.resource_type, SpecResource(variables=tuple(values.items()))
    facts = required_types(action)
    if facts is None:
        _check_marks(entry, action, chosen)
        return
    for group in facts.groups if len(facts.groups) > 1 else ():
        if chosen in group:
            continue
        names = set(parse_arn_format(resource_type(entry.service, group[0]).arn_formats[0]).variables)
        known = {name: value for name, value in values.items() if name in names and name not in _AMBIGUOUS}
        if len(group) == 1 and group[0] in facts.created:
            yield group[0], SpecResource(variables=tuple((dict.fromkeys(names, SAMPLE) | known).items()))
        elif len(group) == 1 and facts.derivable and set(known) == names:
            yield group[0], SpecResource(variables=tuple(known.items()))
        elif not _is_named(group, action, entry, entries):
            raise UnknownCallError(f"{action} is also checked on {' or '.join(group)}, which no entry names")


def _check_marks(entry: AccessEntry, action: str, chosen: str) -> None:
    """Raise UnknownCallError where AWS's reference marks several types, and our tables do not say what that means."""
    marked = set(marked_types(action))
    rest = marked - {chosen} - {extra.resource_type for extra in additional_resource_types(action, chosen)}
    if rest and chosen in marked and entry.resource.text != "*":
        raise UnknownCallError(
            f"AWS's reference marks several resource types of {action}, and does not say whether a call needs all of "
            f"them: {', '.join(sorted({chosen, *rest}))}"
        )


def _is_named(group: tuple[str, ...], action: str, entry: AccessEntry, entries: tuple[AccessEntry, ...]) -> bool:
    """Whether another entry of the service names a type of the group for the same action."""
    name = normalized_name(action.partition(":")[2])
    return any(
        (other.resource_type or "").lower().replace("-", " ") in {member.replace("-", " ") for member in group}
        and name in {key for word in other.do for key in operation_keys(word.rpartition(":")[2])}
        for other in entries
        if other.service == entry.service
    )
