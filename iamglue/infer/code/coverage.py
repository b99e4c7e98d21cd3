"""Compares what a spec declares of a function with what its code calls."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from iamglue.errors import Location
from iamglue.generate.requirements.function_requirements import function_requirements
from iamglue.generate.requirements.grants import AtomicGrant
from iamglue.infer.code.calls import CodePlace
from iamglue.infer.code.passed_roles import PASS_ROLE
from iamglue.infer.code.spec import entry_groups, spec_accesses
from iamglue.infer.entries import EntryGroup
from iamglue.infer.entry_grants import entry_grants
from iamglue.infer.evidence import InferredAccess, InferredCode
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import AccessEntry, SpecFunction
from iamglue.policy.arns import resource_covers
from iamglue.policy.patterns.wildcards import covers_action, intersects

# A deployment parameter of the code's own names: its value may be any.
_PARAMETER = re.compile(r"\$\{(?!AWS::)[^{}]*\}")
_KMS = "kms"


@dataclass(frozen=True, slots=True)
class MissingEntry:
    """An entry that a spec lacks, and the accesses of the code that need it."""

    entry: AccessEntry
    accesses: tuple[InferredAccess, ...]

    @property
    def evidence(self) -> tuple[CodePlace, ...]:
        """The places in the code, in order."""
        return tuple(sorted({place for access in self.accesses for place in access.evidence}))


@dataclass(frozen=True, slots=True)
class UnusedEntry:
    """An entry of a spec with the actions that nothing in the code calls; `is_whole`: these are all of its actions."""

    entry: AccessEntry
    actions: tuple[str, ...]
    is_whole: bool


def missing_entries(inferred: InferredCode, function: SpecFunction, scope: DeploymentScope) -> tuple[MissingEntry, ...]:
    """The entries that the spec lacks for calls that the handler reaches.

    A resource that the code does not name is covered by any grant of its action.
    """
    granted = _spec_grants(function, scope)
    by_entry: dict[AccessEntry, list[InferredAccess]] = {}
    reached = (item for item in inferred.access if item.is_reached)
    for entry, access in spec_accesses(reached, function.name):
        needed = needed_grants(access, entry, scope)
        if not all(any(_covers(grant, need) for grant in granted) for need in needed):
            by_entry.setdefault(entry, []).append(access)
    return tuple(_missing(group, by_entry) for group in entry_groups(by_entry))


def unused_entries(inferred: InferredCode, function: SpecFunction, scope: DeploymentScope) -> tuple[UnusedEntry, ...]:
    """The entries of the spec, or actions of them, that the code does not call."""
    called = {item.action for item in inferred.access} | {item.action for item in inferred.conditional}
    return tuple(_find_unused(function.entries, called, scope))


def _find_unused(entries: Iterable[AccessEntry], called: set[str], scope: DeploymentScope) -> Iterator[UnusedEntry]:
    """Yield the entries with actions that nothing calls; a companion's action never makes an entry unused."""
    for entry in entries:
        actions = sorted({grant.action for grant in entry_grants(entry, scope) or ()})
        own = [action for action in actions if not is_companion(action, entry)]
        unused = tuple(action for action in own if action not in called)
        if unused:
            yield UnusedEntry(entry, unused, len(unused) == len(own))


def is_companion(action: str, entry: AccessEntry) -> bool:
    """Whether an entry grants the action for its key or its passed role, which no call in the code names."""
    return (action == PASS_ROLE and bool(entry.pass_role)) or (action.startswith(f"{_KMS}:") and entry.service != _KMS)


def _missing(group: EntryGroup, by_entry: dict[AccessEntry, list[InferredAccess]]) -> MissingEntry:
    return MissingEntry(group.entry, tuple(item for access in group.accesses for item in by_entry[access]))


def needed_grants(access: InferredAccess, entry: AccessEntry, scope: DeploymentScope) -> Sequence[AtomicGrant]:
    """What the access needs; `*` where its resource cannot be written in a spec."""
    grants = entry_grants(replace(entry, pass_role=(), location=Location("")), scope, check_names=False)
    own = [grant for grant in grants or () if grant.action == access.action]
    return own or [AtomicGrant(access.action, "*")]


def _covers(granted: AtomicGrant, needed: AtomicGrant) -> bool:
    """Whether a grant of the spec covers what the code needs; conditions are what its author decided."""
    if not covers_action(granted.action, needed.action):
        return False
    if "*" in needed.resource or _PARAMETER.search(needed.resource):
        return intersects(granted.resource, _PARAMETER.sub("*", needed.resource))
    return granted.resource == needed.resource or resource_covers(
        _PARAMETER.sub("*", granted.resource), needed.resource
    )


def _spec_grants(function: SpecFunction, scope: DeploymentScope) -> tuple[AtomicGrant, ...]:
    """What the spec grants, by its entries, raw statements, triggers and settings."""
    needs = (need for item in function_requirements(function, scope) for need in item.needs)
    return tuple(
        dict.fromkeys(
            AtomicGrant(action, resource) for need in needs for action in need.actions for resource in need.resources
        )
    )
