"""Access that several calls need, as one entry for each action and resource, with all places that need it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce

from iamglue.infer.code.call_resource import spec_text
from iamglue.infer.code.calls import CallBasis, CodePlace, SdkCall
from iamglue.infer.evidence import ConditionalAccess, InferredAccess, OtherRoleAccess
from iamglue.model.spec import AccessEntry

_ANY = "*"


def merged_access(accesses: Iterable[InferredAccess]) -> tuple[InferredAccess, ...]:
    """Each action and resource once: reached if one of its calls is, with the surest basis, and all evidence."""
    groups: dict[tuple[str, AccessEntry], list[InferredAccess]] = {}
    for access in accesses:
        groups.setdefault((access.action, replace(access.entry, pass_role=())), []).append(access)
    merged = [replace(reduce(_join_access, group), evidence=_evidence(group)) for group in groups.values()]
    return tuple(sorted(merged, key=lambda item: (item.action, item.resource, item.evidence)))


def _evidence(items: Iterable[InferredAccess | ConditionalAccess]) -> tuple[CodePlace, ...]:
    return tuple(sorted({place for item in items for place in item.evidence}))


def _join_access(first: InferredAccess, second: InferredAccess) -> InferredAccess:
    """One access for two calls: a reached one is kept, and both calls' roles are passed."""
    roles = tuple(dict.fromkeys((*first.entry.pass_role, *second.entry.pass_role)))
    return replace(
        first if first.is_reached or not second.is_reached else second,
        entry=replace(first.entry, pass_role=roles),
        basis=CallBasis.TYPE if CallBasis.TYPE in (first.basis, second.basis) else CallBasis.NAME,
        is_reached=first.is_reached or second.is_reached,
    )


def merged_conditional(items: Iterable[ConditionalAccess]) -> tuple[ConditionalAccess, ...]:
    """Each action and resource once for each condition, with all places that need it."""
    groups: dict[tuple[str, str, str], list[ConditionalAccess]] = {}
    for item in items:
        groups.setdefault((item.action, item.resource, item.when), []).append(item)
    return tuple(replace(group[0], evidence=_evidence(group)) for _, group in sorted(groups.items()))


def other_roles(calls: Iterable[SdkCall]) -> tuple[OtherRoleAccess, ...]:
    """Each operation once for each role that it is called with; the role `*` if its ARN is not known."""
    places: dict[tuple[str, str], set[CodePlace]] = {}
    for call in calls:
        texts = sorted(map(spec_text, call.role.texts)) if call.role is not None else []
        for role in texts or [_ANY]:
            places.setdefault((f"{call.client}.{call.operation}", role), set()).add(call.place)
    return tuple(OtherRoleAccess(*key, tuple(sorted(places[key]))) for key in sorted(places))
