"""The shortest entries of a spec for accesses, each of one action: grouped by resource and list, said by verbs.

An entry is used only if it generates exactly what the accesses generate, each for itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from iamglue.catalog.resource_formats import action_resource_types
from iamglue.catalog.services import find_action
from iamglue.catalog.verbs import Verb, find_verb
from iamglue.errors import Location
from iamglue.generate.requirements.grants import AtomicGrant
from iamglue.infer.entry_grants import ANY_SCOPE, TYPED_SERVICES, entry_grants
from iamglue.infer.entry_words import Wording, action_list, named_wording, shortest_wordings, single_wordings
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import AccessEntry, AccessList

_NOWHERE = Location("")


@dataclass(frozen=True, slots=True)
class EntryGroup:
    """An entry of a spec and the accesses that it stands for."""

    entry: AccessEntry
    accesses: tuple[AccessEntry, ...]


@dataclass(frozen=True, slots=True)
class _EntryAccess:
    """An access with its action as `prefix:Name`, and what the shortest valid entry of its own generates.

    `access` is `source` with the resource type that a spec must write.
    """

    source: AccessEntry
    access: AccessEntry
    action: str
    single: AccessEntry
    grants: frozenset[AtomicGrant]


def shortest_entries(accesses: Iterable[AccessEntry], scope: DeploymentScope = ANY_SCOPE) -> tuple[AccessEntry, ...]:
    """The shortest entries that generate exactly what the accesses generate; see `group_entries`."""
    return tuple(group.entry for group in group_entries(accesses, scope))


def group_entries(accesses: Iterable[AccessEntry], scope: DeploymentScope = ANY_SCOPE) -> tuple[EntryGroup, ...]:
    """The shortest entries of a spec for accesses, in the order of the lists and then of the accesses.

    An access is an entry with exactly one word in `do`, and its list is not used. The word is an action, by its name or
    as `prefix:Name`; or a verb of one action, where only the verb means the resource: `put` of a namespace. An
    access that no entry can say (of an unknown action, on a resource that the action does not take) is returned as it
    is, so that `generate` reports what is wrong with it.
    """
    groups: dict[AccessEntry, list[_EntryAccess]] = {}
    result: list[EntryGroup] = []
    for access in dict.fromkeys(accesses):
        valid = _valid_access(access, scope)
        if valid is None:
            result.append(EntryGroup(access, (access,)))
        else:
            groups.setdefault(_group_key(access), []).append(valid)
    for members in groups.values():
        result += _groups(members, scope)
    order = list(AccessList)
    return tuple(sorted(_with_joined_regions(result, scope), key=lambda group: order.index(group.entry.access)))


def access_action(access: AccessEntry) -> str:
    """The action of an access, as `prefix:Name`."""
    (word,) = access.do
    verb = _verb_of(access)
    return verb.actions[0] if verb else word if ":" in word else f"{access.service}:{word}"


def _verb_of(access: AccessEntry) -> Verb | None:
    """The verb of one action that the word of an access is; None if the word is the name of an action."""
    if find_action(access.do[0] if ":" in access.do[0] else f"{access.service}:{access.do[0]}"):
        return None
    named = (find_verb(access.service, place, access.do[0]) for place in AccessList)
    return next((verb for verb in named if verb and len(verb.actions) == 1), None)


def _group_key(access: AccessEntry) -> AccessEntry:
    """What accesses have in common that may stand in one entry: all but action, type and places."""
    return replace(
        access,
        access=AccessList.READS,
        do=(),
        resource_type=None,
        location=_NOWHERE,
        do_locations=(),
        resource_location=None,
    )


def _valid_access(access: AccessEntry, scope: DeploymentScope) -> _EntryAccess | None:
    """The access with what it generates; None if no entry of a spec can say it."""
    facts = find_action(access_action(access))
    if facts is None or facts.service != access.service:
        return None
    action = str(facts)
    typed = _with_type(access, action)
    required = _required_grants(typed, action, scope)
    single = _shortest_single(typed, action, required, scope)
    return None if required is None or single is None else _EntryAccess(access, typed, action, single, required)


def _with_type(access: AccessEntry, action: str) -> AccessEntry:
    """The access with the only resource type of its action, if its service is always written with one."""
    kinds = [kind.name for kind in action_resource_types(action).values()]
    is_untyped = access.service in TYPED_SERVICES and access.resource_type is None and len(kinds) == 1
    return replace(access, resource_type=kinds[0]) if is_untyped else access


def _required_grants(access: AccessEntry, action: str, scope: DeploymentScope) -> frozenset[AtomicGrant] | None:
    """What an access requires: what its word generates; None if no entry can say it."""
    verb = _verb_of(access)
    if verb:
        return entry_grants(replace(access, access=AccessList(verb.access), do_locations=()), scope)
    entries = (
        replace(access, access=place, do=(action,), do_locations=())
        for place in (action_list(action), AccessList.CALLS)
    )
    return next((grants for entry in entries if (grants := entry_grants(entry, scope)) is not None), None)


def _shortest_single(
    access: AccessEntry, action: str, required: frozenset[AtomicGrant] | None, scope: DeploymentScope
) -> AccessEntry | None:
    """The shortest entry for one action; None if it cannot be written."""
    candidates = (
        replace(access, access=wording.access, do=wording.words, resource_type=kind)
        for kind in _type_choices([access.resource_type])
        for wording in single_wordings(action)
    )
    return next((entry for entry in candidates if entry_grants(entry, scope) == required), None)


def _type_choices(types: Collection[str | None]) -> tuple[str | None, ...]:
    """The resource types with which an entry may be written, the shortest first: none, or the only one of `types`."""
    return tuple(dict.fromkeys((None, *types))) if len(types) == 1 else (None,)


def _groups(members: Sequence[_EntryAccess], scope: DeploymentScope) -> Iterator[EntryGroup]:
    """The entries for accesses to one resource with the same options."""
    service = members[0].access.service
    for wording in shortest_wordings(service, {member.action for member in members}):
        worded = [member for member in members if member.action in wording.actions]
        yield from _entries_of_wording(worded, wording, scope)


def _entries_of_wording(
    members: Sequence[_EntryAccess], wording: Wording, scope: DeploymentScope
) -> Iterator[EntryGroup]:
    """Yield one entry for all members if it grants exactly theirs, else one for each type or each member."""
    required = frozenset[AtomicGrant]().union(*(member.grants for member in members))
    types = dict.fromkeys(member.access.resource_type for member in members)
    for kind in _type_choices(types):
        for spelling in (wording, named_wording(wording)):
            entry = replace(
                members[0].access,
                access=spelling.access,
                do=spelling.words,
                do_locations=(),
                resource_type=kind,
            )
            if entry_grants(entry, scope) == required:
                yield EntryGroup(entry, tuple(member.source for member in members))
                return
    if len(types) > 1:
        for kind in types:
            yield from _groups([member for member in members if member.access.resource_type == kind], scope)
    else:
        yield from (EntryGroup(member.single, (member.source,)) for member in members)


def _with_joined_regions(groups: Sequence[EntryGroup], scope: DeploymentScope) -> Iterator[EntryGroup]:
    """Entries that differ in the Region alone become one entry with a list of Regions."""
    by_rest: dict[AccessEntry, list[EntryGroup]] = {}
    for group in groups:
        key = replace(group.entry, location=_NOWHERE, resource_location=None)
        by_rest.setdefault(replace(key, regions=()) if key.regions else key, []).append(group)
    for members in by_rest.values():
        regions = tuple(dict.fromkeys(region for member in members for region in member.entry.regions))
        joined = replace(members[0].entry, regions=regions)
        grants = [entry_grants(member.entry, scope) or frozenset() for member in members]
        if len(members) > 1 and all(grants) and entry_grants(joined, scope) == frozenset[AtomicGrant]().union(*grants):
            yield EntryGroup(joined, tuple(access for member in members for access in member.accesses))
        else:
            yield from members
