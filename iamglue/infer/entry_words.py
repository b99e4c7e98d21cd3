"""The list and the words of `do` for actions: the verbs that mean exactly them, else the names of the actions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from iamglue.catalog.services import find_action
from iamglue.catalog.verbs import Verb, default_verb, find_verb, verbs
from iamglue.model.spec import AccessList

_READING = ("Read", "List")
# Actions that use a function, a workflow, a role or a key, and are neither reading nor writing of data.
_CALLING = re.compile(
    r"(Assume|Invoke|Start|Encrypt|Decrypt|ReEncrypt|Sign|Verify|GenerateDataKey|GenerateMac)(?![a-z])"
)


@dataclass(frozen=True, slots=True)
class Wording:
    """Actions of one service that stand in one entry; `words` are those of `do`, empty for the default verb."""

    access: AccessList
    words: tuple[str, ...]
    actions: frozenset[str]


def action_list(action: str) -> AccessList:
    """The list in which an entry for one action (`prefix:Name`) stands: that of its verb, else by its access level."""
    service = action.partition(":")[0]
    by_level = _list_of_level(action)
    lists = {AccessList(verb.access) for verb in verbs(service) if verb.actions == (action,)}
    if not lists or by_level in lists:
        return by_level
    return next(access for access in AccessList if access in lists)


def shortest_wordings(service: str, actions: Iterable[str]) -> tuple[Wording, ...]:
    """The actions of a service in the lists of a spec, in their order, each list with the fewest words.

    A verb of several actions is used only where all of them are required.
    """
    remaining = set(actions)
    chosen: dict[AccessList, list[Verb]] = {}
    for verb in sorted(verbs(service), key=_preference):
        if len(verb.actions) > 1 and remaining.issuperset(verb.actions):
            chosen.setdefault(AccessList(verb.access), []).append(verb)
            remaining.difference_update(verb.actions)
    by_list = {access: {action for action in remaining if action_list(action) is access} for access in AccessList}
    return tuple(
        _wording(service, access, chosen.get(access, []), by_list[access])
        for access in AccessList
        if access in chosen or by_list[access]
    )


def single_wordings(action: str) -> tuple[Wording, ...]:
    """The ways to write one action, the shortest first; the last is the name of the action in `calls`."""
    service, _, name = action.partition(":")
    access = action_list(action)
    short = _wording(service, access, [], {action})
    return (
        short,
        *(Wording(place, (word,), short.actions) for place in (access, AccessList.CALLS) for word in (name, action)),
    )


def named_wording(wording: Wording) -> Wording:
    """The same actions by their names alone."""
    return Wording(
        wording.access, tuple(sorted(action.partition(":")[2] for action in wording.actions)), wording.actions
    )


def _preference(verb: Verb) -> tuple[int, bool, bool]:
    """Verbs of many actions come first, then those of the list to which the actions belong."""
    fits = all(_list_of_level(action) == verb.access for action in verb.actions)
    return -len(verb.actions), not verb.default, not fits


def _wording(service: str, access: AccessList, larger: list[Verb], others: set[str]) -> Wording:
    """The words for verbs of several actions and for other actions, in the order of the verbs, then by name."""
    words = [verb.name for verb in larger]
    names = []
    for action in sorted(others):
        verb = _single_verb(service, access, action)
        if verb:
            words.append(verb.name)
        else:
            names.append(_action_word(service, access, action))
    order = {verb.name: number for number, verb in enumerate(verbs(service, access))}
    words = [*sorted(words, key=order.__getitem__), *names]
    default = default_verb(service, access)
    actions = others.union(*(verb.actions for verb in larger))
    return Wording(access, () if default and words == [default.name] else tuple(words), frozenset(actions))


def _single_verb(service: str, access: AccessList, action: str) -> Verb | None:
    candidates = [verb for verb in verbs(service, access) if verb.actions == (action,)]
    return next((verb for verb in candidates if verb.default), candidates[0] if candidates else None)


def _action_word(service: str, access: AccessList, action: str) -> str:
    """The name of an action, with its prefix if a verb has the same name and means something else."""
    name = action.partition(":")[2]
    verb = find_verb(service, access, name)
    return name if verb is None or verb.actions == (action,) else action


def _list_of_level(action: str) -> AccessList:
    """The list that the access level of an action says: Read and List are reads, using is `calls`."""
    facts = find_action(action)
    if facts is not None and facts.access_level in _READING:
        return AccessList.READS
    return AccessList.CALLS if _CALLING.match(action.partition(":")[2]) else AccessList.WRITES
