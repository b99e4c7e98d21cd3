"""The error for an entry without `do` whose list has no default verb: what to write instead."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.aliases import NameUse, name_choices
from iamglue.catalog.services import Action, find_service
from iamglue.catalog.verbs import Verb, default_verb, verbs
from iamglue.errors import IamglueError
from iamglue.model.spec import AccessEntry, AccessList

_READING = ("Read", "List")
_OPERATIONS_SHOWN = 5
# Entries that say what they do without `do`, by the keys of a mapping.
_FORMS = {
    "athena": "a query: `athena: {workgroup: primary, database: sales, tables: [orders], results: s3://BUCKET/}`",
}


def missing_do_error(entry: AccessEntry) -> IamglueError:
    """The error: the verbs of the list with what each allows, and the lists to which the entry may belong."""
    own_verbs = [f"`do: {verb.name}` allows {_actions_text(verb)}" for verb in verbs(entry.service, entry.access)]
    moves = list(_other_list_choices(entry))
    if own_verbs:
        hint = "choose what the function does" if moves else "choose one"
        return _error(entry, f"`{entry.service}` in `{entry.access}` needs `do`", hint, [*own_verbs, *moves])
    if moves:
        lists = " or ".join(f"`{access}`" for access, _ in _other_defaults(entry))
        message = f"`{entry.service}` belongs in {lists}, not in `{entry.access}`"
        hint = f"move the entry; for another action, name it with `do` in `{entry.access}`"
        return _error(entry, message, hint, moves)
    choices = [str(choice) for choice in name_choices(entry.service, NameUse.SERVICE)]
    choices += [_FORMS[entry.service]] if entry.service in _FORMS else []
    hint = f"name an SDK operation or IAM action; `iamglue services {entry.service}` lists them"
    hint = f"{hint}; or write the service that you mean" if choices else hint
    return _error(
        entry, f"`{entry.service}` in `{entry.access}` needs `do`", hint, [*_operation_examples(entry), *choices]
    )


def _error(entry: AccessEntry, message: str, hint: str, choices: list[str]) -> IamglueError:
    return IamglueError(message, hint=hint, location=entry.location, choices=choices)


def _other_list_choices(entry: AccessEntry) -> Iterator[str]:
    for access, verb in _other_defaults(entry):
        yield f"in `{access}`: `{verb.name}`, which allows {_actions_text(verb)}"


def _other_defaults(entry: AccessEntry) -> Iterator[tuple[AccessList, Verb]]:
    """Yield the other lists that have a default verb for the service."""
    for access in AccessList:
        verb = default_verb(entry.service, access)
        if access is not entry.access and verb:
            yield access, verb


def _operation_examples(entry: AccessEntry) -> Iterator[str]:
    """Yield some actions that may be in the list, each with its description."""
    service = find_service(entry.service)
    actions = [action for action in service.actions.values() if _may_be_in_list(action, entry)] if service else []
    for action in actions[:_OPERATIONS_SHOWN]:
        yield f"`do: {action.name}`: {action.description.rstrip('.')}"


def _may_be_in_list(action: Action, entry: AccessEntry) -> bool:
    is_reading = action.access_level in _READING
    return entry.access is AccessList.CALLS or is_reading == (entry.access is AccessList.READS)


def _actions_text(verb: Verb) -> str:
    return ", ".join(verb.actions)
