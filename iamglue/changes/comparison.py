"""Compares two versions of files: what each role and each policy gains and loses, proved or said to be unknown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from iamglue.diff import DiffSide, compare_policies
from iamglue.engine.solve.comparison import ComparisonAnswer
from iamglue.model.access_change import (
    AccessUnit,
    ChangeStatus,
    HolderChange,
    NotCompared,
    PolicyHolder,
    UnitChange,
)
from iamglue.model.difference import OneWayDiff
from iamglue.model.policy_file import PolicyFile
from iamglue.policy.model import Effect, Policy

_PARAMETERS_NOTE = "values that are known only at deployment are assumed to be the same in both versions"
_CONDITIONS_NOTE = "conditions of the template are assumed to be as true or false as before"


def compare_units(
    path: str, status: ChangeStatus, old: AccessUnit, new: AccessUnit, *, reads_change: bool = True
) -> UnitChange:
    """What the new version of a unit adds and removes, for each of its holders that may have changed.

    Without `reads_change`, nothing shows that the unit reads a changed file: what was not known of it before, and is
    not known for the same reason now, is no answer to a change.
    """
    names = list(dict.fromkeys((*old.holders, *new.holders)))
    changes = [change for name in names if not (change := _compare_holder(name, old, new)).is_unchanged]
    if not reads_change:
        changes = [change for change in changes if not _has_same_texts(change.name, old, new)]
    changes += (change for change in _function_changes(old, new) if not change.is_unchanged)
    unknown = () if not reads_change and old.unknown == new.unknown else _unknown_texts(old.unknown, new.unknown)
    unknown = (*unknown, *_other_changes(old, new))
    holders = [unit.holders[name] for name in names for unit in (old, new) if name in unit.holders]
    notes = [
        *([_PARAMETERS_NOTE] if any(holder.parameters for holder in holders) else ()),
        *([_CONDITIONS_NOTE] if len(old.cases) > 1 or len(new.cases) > 1 else ()),
    ]
    return UnitChange(path, status, tuple(changes), unknown, old.failed or new.failed, notes=tuple(notes))


def _has_same_texts(name: str, old: AccessUnit, new: AccessUnit) -> bool:
    """Whether both versions have the holder, with the same policies and the same reasons for what is not known."""
    before, after = old.holders.get(name), new.holders.get(name)
    return before is not None and _without_locations(before) == _without_locations(after)


def _without_locations(holder: PolicyHolder | None) -> tuple[object, ...] | None:
    """What is compared of a holder, without where its statements are in the file; None without a holder."""
    return (
        None
        if holder is None
        else (_policies(holder), holder.unknown, holder.conditional, holder.boundary, holder.outside)
    )


def _unknown_texts(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """What is not known of the new version, and what was not known of the old one only."""
    return (*(f"before: {text}" for text in before if text not in after), *after)


def _other_changes(old: AccessUnit, new: AccessUnit) -> Iterator[str]:
    """What changed that is not a policy."""
    for name in dict.fromkeys((*old.not_compared, *new.not_compared)):
        before, after = old.not_compared.get(name), new.not_compared.get(name)
        if _counts(before, after):
            what = "is new" if before is None else "is removed" if after is None else "changed"
            yield f"{name}: it {what}, and its effect on access is not compared"


def _counts(before: NotCompared | None, after: NotCompared | None) -> bool:
    """Whether a change may give access: what only takes access away may be new."""
    if before == after:
        return False
    if before is None:
        return after is not None and not (
            after.only_if_changed or after.is_limit or (after.is_grant and not after.text)
        )
    if after is None:
        return not (before.only_if_changed or before.is_grant)
    return not before.is_limit or before.text != ""


def _compare_holder(name: str, old: AccessUnit, new: AccessUnit, old_name: str | None = None) -> HolderChange:
    """The change of one holder in all cases; the reasons of unknown answers include cases that do not fit.

    `old_name` is the name of the holder in the old version with which it is compared, if it is another one.
    """
    old_name = name if old_name is None else old_name
    before = old.holders.get(old_name, PolicyHolder(old_name))
    after = new.holders.get(name, PolicyHolder(name))
    change = _holder_change(before, after)
    if change.answer is ComparisonAnswer.NEW_ACCESS:
        return change
    return replace(change, unknown=(*change.unknown, *_unproved_cases(name, old, new, old_name)))


def _function_changes(old: AccessUnit, new: AccessUnit) -> Iterator[HolderChange]:
    """What functions gain and lose by another role; what a new function with a role of before gains is not known.

    A role that is new in the new version is left out: all that it allows is reported as its own new access.
    """
    for function, after in new.function_roles.items():
        before = old.function_roles.get(function)
        if before == after or all(role in new.holders and role not in old.holders for role in after):
            continue
        if before is None:
            text = " or ".join(dict.fromkeys(after))
            reason = f"it is new, and gets all that {text} allows, which is not new"
            change = _holder_change(PolicyHolder(function), PolicyHolder(function, unknown=(reason,)))
            yield replace(change, name=f"function {function}, with {text}")
            continue
        old_text, new_text = (" or ".join(dict.fromkeys(roles)) for roles in (before, after))
        if len({*before}) == len({*after}) == 1 and before[0] in old.holders and after[0] in new.holders:
            change = _compare_holder(after[0], old, new, before[0])
        else:
            reason = f"its role was {old_text} and is now {new_text}: what they allow cannot be compared"
            change = _holder_change(PolicyHolder(function), PolicyHolder(function, unknown=(reason,)))
        yield replace(change, name=f"function {function}, with {new_text} instead of {old_text}")


def _unproved_cases(name: str, old: AccessUnit, new: AccessUnit, old_name: str) -> Iterator[str]:
    """The cases of the template's conditions for which it is not proved that the holder has no new access."""
    keys = [key for key in new.cases if key]
    if not keys and len(old.cases) <= 1:
        return
    if {key for key in old.cases if key} != set(keys):
        if _is_conditional(old_name, old) or _is_conditional(name, new):
            yield "the conditions of the template changed, and with them which parts are deployed together"
        return
    for key in keys:
        before = old.cases[key].get(old_name, PolicyHolder(old_name))
        after = new.cases[key].get(name, PolicyHolder(name))
        if _holder_change(before, after).answer is not ComparisonAnswer.NO_NEW_ACCESS:
            conditions = " and ".join(f"`{condition}` is {truth}" for condition, truth in key)
            yield f"there may be new access where {conditions}"


def _is_conditional(name: str, unit: AccessUnit) -> bool:
    """Whether the holder has other policies in some case than in all cases together."""
    in_all = _without_locations(unit.holders.get(name))
    return any(_without_locations(case.get(name)) != in_all for case in unit.cases.values())


def _holder_change(before: PolicyHolder, after: PolicyHolder) -> HolderChange:
    """What one holder gains and loses; access that the removal of a Deny allows again is in `lifted`."""
    old, new = DiffSide("before", before.files), DiffSide("after", after.files)
    unknown = [*_unknown_texts(before.unknown, after.unknown)]
    if (before.conditional, _policies(before)) != (after.conditional, _policies(after)):
        unknown += [name for holder in (before, after) for name, _ in holder.conditional]
    if after != PolicyHolder(after.name):  # a role that is removed has no policy that takes access away
        unknown += [text for text in _unknown_texts(before.outside, after.outside) if text not in before.outside]
    if before.boundary != after.boundary:
        unknown.append(f"the permissions boundary changed from {_boundary_name(before)} to {_boundary_name(after)}")
    lifted = None
    if _statements(before, Effect.DENY) != _statements(after, Effect.DENY):
        denied = compare_policies(
            DiffSide("after", _denied_access_policies(after)), DiffSide("before", _denied_access_policies(before))
        ).added
        lifted = None if denied.comparison.answer is ComparisonAnswer.NO_NEW_ACCESS else _as_denied(denied)
    return HolderChange(after.name, compare_policies(old, new), lifted, tuple(dict.fromkeys(unknown)))


def _policies(holder: PolicyHolder) -> list[Policy]:
    return [file.policy for file in holder.files]


def _boundary_name(holder: PolicyHolder) -> str:
    return f"`{holder.boundary.partition(' ')[0]}`" if holder.boundary else "none"


def _statements(holder: PolicyHolder, effect: Effect) -> list[object]:
    """The holder's statements of one effect, with the version of their policy, which decides what variables mean."""
    return [
        (statement, file.policy.version)
        for file in holder.files
        for statement in file.policy.statements
        if statement.effect is effect
    ]


def _denied_access_policies(holder: PolicyHolder) -> tuple[PolicyFile, ...]:
    """Policies that allow what the Deny statements deny."""
    return tuple(map(_inverted_denies, holder.files))


def _as_denied(diff: OneWayDiff) -> OneWayDiff:
    """The difference with Deny statements again."""
    shown = (replace(item, statement=replace(item.statement, effect=Effect.DENY)) for item in diff.shown)
    return replace(diff, shown=tuple(shown))


def _inverted_denies(file: PolicyFile) -> PolicyFile:
    """The policy with its Deny statements only, as Allow statements; each keeps its location and its number."""
    indexes = [index for index, statement in enumerate(file.policy.statements) if statement.effect is Effect.DENY]
    statements = tuple(replace(file.policy.statements[index], effect=Effect.ALLOW) for index in indexes)
    locations = tuple(file.statement_locations[index] for index in indexes) if file.statement_locations else ()
    numbers = tuple(file.statement_indexes[index] for index in indexes) if file.statement_indexes else tuple(indexes)
    return PolicyFile(file.path, replace(file.policy, statements=statements), locations, numbers)
