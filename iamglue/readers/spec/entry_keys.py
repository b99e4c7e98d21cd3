"""Checks the keys of entries and triggers: exactly one key names a service or trigger; the others are its options."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from iamglue.catalog.aliases import NameUse, name_choices
from iamglue.catalog.services import find_service, service_prefixes
from iamglue.catalog.triggers import trigger_names
from iamglue.errors import IamglueError
from iamglue.generate.requirements.wildcard_hints import DESTINATION_HINT, trigger_wildcard_hint
from iamglue.policy.patterns.variables import TokenKind, tokenize
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.spec.guessed_entries import guessed_mapping_error
from iamglue.readers.spec.name_errors import unknown_option_error, unknown_service_error, unknown_trigger_error
from iamglue.readers.spec.schedules import find_schedule_problems, is_expression, suggested_schedule
from iamglue.readers.spec.spec_schemas import DESTINATION_OPTIONS, ENTRY_OPTIONS, TRIGGER_OPTIONS
from iamglue.spelling import did_you_mean

ENTRY_LISTS = ("reads", "writes", "calls")
SPEC_LISTS = (*ENTRY_LISTS, "triggers", "raw")
DESTINATION_SETTINGS = ("dead_letter", "on_success", "on_failure")
# Options that are valid in the entries of one service only.
SERVICE_OPTIONS = {
    "prefix": "s3",
    "missing_ok": "s3",
    "index": "dynamodb",
    "leading_keys": "dynamodb",
    "attributes": "dynamodb",
    "model": "bedrock",
    "regions": "bedrock",
    "guardrail": "bedrock",
    "access_point": "s3",
    "secret": "rds-data",
    "consumer": "kinesis",
}


@dataclass(frozen=True, slots=True)
class KeyProblem:
    """An error in the keys of an entry or trigger, and the node to remove so that the rest can be read.

    `has_unknown_type`: nothing is known about the value of that node, so its type is not an error of its own.
    """

    error: IamglueError
    invalid_node: Node
    has_unknown_type: bool = False


def find_key_problems(body: Node) -> Iterator[KeyProblem]:
    """Yield the errors in the keys of entries and triggers of one body (the file's own, or one under `functions`)."""
    for name in ENTRY_LISTS:
        for item in _mapping_items(body, name):
            yield from _entry_problems(item, ENTRY_OPTIONS, item)
    for item in _mapping_items(body, "triggers"):
        yield from _trigger_problems(item)
    settings = body.get("settings")
    for name in DESTINATION_SETTINGS:
        key, value = (settings.key(name), settings.get(name)) if settings else (None, None)
        if key and value and value.kind is NodeKind.MAP:
            yield from _destination_problems(value, key)


def find_main_key(item: Node, options: Collection[str]) -> Node:
    """Return the key of a checked entry or trigger that names its service or trigger."""
    return next(key for key, _ in item.pairs if key.text not in options)


def _mapping_items(body: Node, name: str) -> tuple[Node, ...]:
    """Return the mappings in a list of the body; other items are reported by the validation of types."""
    entries = body.get(name)
    return tuple(item for item in entries.items if item.kind is NodeKind.MAP) if entries else ()


def _entry_problems(item: Node, options: Collection[str], invalid_node: Node) -> Iterator[KeyProblem]:
    """Yield the errors of one entry.

    An invalid option is removed alone; an entry without exactly one service is removed as a whole.
    """
    candidates = _main_key_candidates(item, options)
    known = [key for key in candidates if _service_exists(key.text)]
    guessed = None if known else guessed_mapping_error(item, NameUse.SERVICE)
    if guessed is not None:
        yield KeyProblem(guessed, invalid_node, has_unknown_type=True)
        return
    if not candidates:
        account = "`account` is an option here; the Account service is written `account/TYPE`"
        hint = account if item.key("account") else "write for example `s3: BUCKET`"
        yield KeyProblem(_error("an entry must name a service: `SERVICE: RESOURCE`", item, hint), invalid_node)
    for key in candidates:
        if key not in known:
            error = _unknown_entry_key_error(key, options, is_only_candidate=not known)
            yield KeyProblem(error, key if known else invalid_node, has_unknown_type=True)
    for key in known[1:]:
        problem = _error(f"an entry names one service; `{key.text}` is a second one", key, "write a separate entry")
        yield KeyProblem(problem, invalid_node)
    if len(known) == 1:
        yield from (KeyProblem(error, invalid_node) for error in _type_problems(known[0]))
        yield from (KeyProblem(error, invalid_node) for error in _list_problems(item, known[0]))
        yield from _option_problems(item, known[0].text)


def _destination_problems(item: Node, invalid_node: Node) -> Iterator[KeyProblem]:
    """Yield the errors of a destination: an entry with fewer options and without wildcards."""
    yield from _entry_problems(item, DESTINATION_OPTIONS, invalid_node)
    for key in _main_key_candidates(item, DESTINATION_OPTIONS):
        errors = _wildcard_problems(item, key, "a destination", DESTINATION_HINT)
        yield from (KeyProblem(error, invalid_node) for error in errors)


def _main_key_candidates(item: Node, options: Collection[str]) -> list[Node]:
    """Return the keys of an item that are not options."""
    return [key for key, _ in item.pairs if key.kind is NodeKind.SCALAR and key.text not in options]


def _service_exists(text: str) -> bool:
    return text.partition("/")[0] in service_prefixes()


def _unknown_entry_key_error(key: Node, options: Collection[str], *, is_only_candidate: bool) -> IamglueError:
    """Build the error for an unknown key of an entry; `is_only_candidate`: the entry has no known service."""
    if is_only_candidate and (name_choices(key.text, NameUse.SERVICE) or not did_you_mean(key.text, options)):
        return unknown_service_error(key)
    if key.text in ENTRY_OPTIONS:
        message = f"`{key.text}` is not a valid option of a destination"
        return _error(message, key, f"the valid options are {', '.join(options)}")
    return unknown_option_error(key, options, NameUse.OPTION)


def _type_problems(key: Node) -> Iterator[IamglueError]:
    """Yield an error if the service of `SERVICE/TYPE` has no such resource type."""
    prefix, slash, name = key.text.partition("/")
    service = find_service(prefix)
    # Some types of the reference have spaces in their names, which may be written as `-`.
    names = {name.lower(), name.lower().replace("-", " ")}
    if not slash or service is None or names & set(service.resource_types):
        return
    types = [kind.name for kind in service.resource_types.values()]
    listed = f"the types of `{prefix}` are {', '.join(sorted(types))}" if types else f"`{prefix}` has no resource types"
    yield _error(f"`{prefix}` has no resource type `{name}`", key, did_you_mean(name, types) or listed)


def _list_problems(item: Node, key: Node) -> Iterator[IamglueError]:
    """Yield an error for every list in the mapping of a resource; only an Athena query has lists."""
    value = item.get(key.text)
    if value is None or key.text == "athena" or value.kind is not NodeKind.MAP:
        return
    for name, part in value.pairs:
        if part.kind is NodeKind.LIST:
            yield _error("expected a string, found a list", part, f"write a separate entry for each `{name.text}`")


def _option_problems(item: Node, main_key: str) -> Iterator[KeyProblem]:
    """Yield an error for every option that belongs to another service."""
    for key, _ in item.pairs:
        owner = SERVICE_OPTIONS.get(key.text)
        if owner and owner != main_key.partition("/")[0]:
            yield KeyProblem(_error(f"`{key.text}` is a valid option of `{owner}` entries only", key), key)


def _trigger_problems(item: Node) -> Iterator[KeyProblem]:
    """Yield the problems with the keys of a trigger item."""
    candidates = _main_key_candidates(item, TRIGGER_OPTIONS)
    known = [key for key in candidates if key.text in trigger_names()]
    guessed = None if known else guessed_mapping_error(item, NameUse.TRIGGER)
    if guessed is not None:
        yield KeyProblem(guessed, item, has_unknown_type=True)
        return
    if not candidates:
        missing = "a trigger must name what invokes the function: `TRIGGER: SOURCE`"
        yield KeyProblem(_error(missing, item, "write for example `s3: BUCKET`"), item)
    for key in candidates:
        if key not in known:
            error = _unknown_trigger_key_error(key, is_only_candidate=not known)
            yield KeyProblem(error, key if known else item, has_unknown_type=True)
    for key in known[1:]:
        second = _error(f"`{key.text}` is a second trigger in one item", key, "write a separate item")
        yield KeyProblem(second, item)
    for key in known:
        yield from (KeyProblem(error, item) for error in find_schedule_problems(item, key))
        yield from (KeyProblem(error, item) for error in _trigger_wildcard_problems(item, key))
    failure = item.get("on_failure")
    if failure and failure.kind is NodeKind.MAP:
        yield from _destination_problems(failure, item)


def _unknown_trigger_key_error(key: Node, *, is_only_candidate: bool) -> IamglueError:
    """Build the error for an unknown key of a trigger; `is_only_candidate`: the item has no known trigger."""
    if is_only_candidate or name_choices(key.text, NameUse.TRIGGER):
        return unknown_trigger_error(key)
    return unknown_option_error(key, TRIGGER_OPTIONS, NameUse.TRIGGER_OPTION)


def _trigger_wildcard_problems(item: Node, key: Node) -> Iterator[IamglueError]:
    """Yield an error for every wildcard in the source of a trigger; those of a schedule expression are none."""
    value = item.get(key.text)
    if value is not None and not is_expression(key.text, value) and not suggested_schedule(key.text, value.text):
        yield from _wildcard_problems(item, key, "a trigger", trigger_wildcard_hint(key.text))


def _wildcard_problems(item: Node, key: Node, noun: str, hint: str) -> Iterator[IamglueError]:
    """Yield an error for every wildcard in the value of `key`; `noun` names the item in messages."""
    value = item.get(key.text)
    for node in value.walk() if value else ():
        if node.kind is NodeKind.SCALAR and _has_wildcard(node.text):
            yield _error(f"wildcards are not allowed in {noun}: `{node.text}`", node, hint)


def _has_wildcard(text: str) -> bool:
    return any(set(token.text) & {"*", "?"} for token in tokenize(text) if token.kind is TokenKind.LITERAL)


def _error(message: str, node: Node, hint: str | None = None) -> IamglueError:
    return IamglueError(message, hint=hint, location=node.location)
