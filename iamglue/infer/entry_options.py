"""Entries about a KMS key or a passed role as options of the entries that need them: `key` and `pass_role`.

An option is used only if one entry alone can need it; else the key or role keeps an entry of its own, which allows the
same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from iamglue.generate.requirements.grants import AtomicGrant
from iamglue.infer.entries import EntryGroup, group_entries
from iamglue.infer.entry_grants import entry_grants
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import AccessEntry, AccessList

_VIA, _PASSED_TO = "kms:viaservice", "iam:passedtoservice"


@dataclass(frozen=True, slots=True)
class _Option:
    """An entry with an option, and the grants that the option adds."""

    group: EntryGroup
    entry: AccessEntry
    added: frozenset[AtomicGrant]


def with_options(groups: Sequence[EntryGroup], scope: DeploymentScope) -> tuple[EntryGroup, ...]:
    """The groups with keys and passed roles as options where that generates the same."""
    companions = [group for group in groups if _value(group.entry) is not None]
    others = [group for group in groups if group not in companions]
    available = frozenset[AtomicGrant]().union(*(entry_grants(group.entry, scope) or () for group in companions))
    options = [option for group in others for option in _options(group, companions, available, scope)]
    chosen = [option for option in options if _is_only_one(option, options)]
    by_group: dict[int, _Option] = {}
    for option in chosen:
        by_group.setdefault(id(option.group), option)
    consumed = frozenset[AtomicGrant]().union(*(option.added for option in by_group.values()))
    remaining = [
        access
        for group in companions
        for access in group.accesses
        if not (grants := _access_grants(access, scope)) or not grants <= consumed
    ]
    entries = [
        EntryGroup(by_group[id(group)].entry, group.accesses) if id(group) in by_group else group for group in others
    ]
    order = list(AccessList)
    return tuple(
        sorted((*entries, *group_entries(remaining, scope)), key=lambda group: order.index(group.entry.access))
    )


def _access_grants(access: AccessEntry, scope: DeploymentScope) -> frozenset[AtomicGrant]:
    """What an access generates by itself; empty if no entry can say it."""
    return frozenset[AtomicGrant]().union(
        *(entry_grants(group.entry, scope) or () for group in group_entries([access], scope))
    )


def _value(entry: AccessEntry) -> str | None:
    """The key or the role that an entry is about, if a service uses it; None for other entries."""
    keys = [condition.key.lower() for condition in entry.when]
    if entry.account or entry.regions or entry.resource.text in (None, "*"):
        return None
    if entry.service == "kms" and keys == [_VIA]:
        return entry.resource.text
    return entry.resource.text if entry.do == ("PassRole",) and keys == [_PASSED_TO] else None


def _options(
    group: EntryGroup, companions: Sequence[EntryGroup], available: frozenset[AtomicGrant], scope: DeploymentScope
) -> Iterator[_Option]:
    """The options that an entry may have, of which the companions have all that they add."""
    own = entry_grants(group.entry, scope)
    if own is None or group.entry.key or group.entry.pass_role:
        return
    keys = {value: None for item in companions if item.entry.service == "kms" and (value := _value(item.entry))}
    roles = tuple(value for item in companions if item.entry.service == "iam" and (value := _value(item.entry)))
    candidates = [replace(group.entry, key=key) for key in keys]
    candidates += [
        replace(group.entry, pass_role=names) for names in dict.fromkeys((roles, *((role,) for role in roles)))
    ]
    for candidate in candidates if roles or keys else ():
        grants = entry_grants(candidate, scope) or frozenset()
        added = grants - own
        if added and added <= available and own <= grants:
            yield _Option(group, candidate, added)


def _is_only_one(option: _Option, options: Sequence[_Option]) -> bool:
    """Whether no other entry may need what an option adds."""
    return not any(other.added & option.added for other in options if other.group is not option.group)
