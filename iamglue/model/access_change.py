"""What a change of files adds to and removes from the access of each role and each policy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from iamglue.engine.solve.comparison import ComparisonAnswer
from iamglue.model.difference import OneWayDiff, PolicyDiff
from iamglue.model.policy_file import PolicyFile


@dataclass(frozen=True, slots=True)
class PolicyHolder:
    """Policies that are evaluated together: those of a role, or one policy that belongs to a resource or to nothing.

    `name` says in messages what it is. `unknown` has what is not known of them, as sentences. `boundary` is the text of
    a role's permissions boundary. `outside` has managed policies that are declared elsewhere, as sentences: what they
    allow is not known, and is the same in both versions. `parameters`: a part of a text is known only at deployment.
    `conditional` has the parts that are there only under a condition of the template: a sentence, and the part's text.
    """

    name: str
    files: tuple[PolicyFile, ...] = ()
    unknown: tuple[str, ...] = ()
    boundary: str = ""
    outside: tuple[str, ...] = ()
    parameters: bool = False
    conditional: tuple[tuple[str, str], ...] = ()


def unique_holders(holders: Iterable[PolicyHolder]) -> Mapping[str, PolicyHolder]:
    """The holders by name; several of one name are numbered."""
    unique: dict[str, PolicyHolder] = {}
    for holder in holders:
        name, number = holder.name, 1
        while name in unique:
            number += 1
            name = f"{holder.name} ({number})"
        unique[name] = replace(holder, name=name)
    return unique


@dataclass(frozen=True, slots=True)
class NotCompared:
    """Something that gives access otherwise than by a policy. `text` is equal in two versions if it gives the same.

    `only_if_changed`: it counts if both versions have it with different texts, and not if it is new or removed.
    `is_limit`: it takes access away, so that it does not count where the older version has none, or an empty text.
    `is_grant`: it only gives access, so that it does not count if it is removed, or new with an empty text.
    """

    text: str
    only_if_changed: bool = False
    is_limit: bool = False
    is_grant: bool = False

    @property
    def is_empty_grant(self) -> bool:
        """Whether it can give access, and gives none."""
        return self.is_grant and not self.text


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """A file, or a directory with a Terraform configuration: its holders by name, for each case of its conditions.

    The first case is that of all conditions together; the others have the conditions' names and truth as their key.
    `unknown` has what could not be read, as sentences, and `failed` says that a read failed. `not_compared` has what
    gives access otherwise than by the holders' policies, by what it is. `function_roles` has the roles of each function
    in the cases that have it: the name of the holder, or the ARN of a role that the unit does not have.
    """

    cases: Mapping[tuple[tuple[str, str], ...], Mapping[str, PolicyHolder]]
    unknown: tuple[str, ...] = ()
    failed: bool = False
    not_compared: Mapping[str, NotCompared] = field(default_factory=dict)
    function_roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def holders(self) -> Mapping[str, PolicyHolder]:
        """The holders with what they have in any case."""
        return self.cases.get((), {})


EMPTY_UNIT = AccessUnit({})


class ChangeStatus(StrEnum):
    """What happened to a unit."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    AFFECTED = "affected"  # it is unchanged, and reads a changed file


@dataclass(frozen=True, slots=True)
class HolderChange:
    """What a change adds to and removes from the access of one holder.

    `allowed` compares what the policies allow; `lifted` has what they denied before and do not deny now, None if no
    Deny statement changed. `unknown` has the reasons why the answer is not certain.
    """

    name: str
    allowed: PolicyDiff
    lifted: OneWayDiff | None = None
    unknown: tuple[str, ...] = ()

    @property
    def answer(self) -> ComparisonAnswer:
        """Whether there is new access."""
        answers = {self.allowed.added.comparison.answer}
        if self.lifted is not None:
            answers.add(self.lifted.comparison.answer)
        return _most_severe(answers, self.unknown)

    @property
    def is_unchanged(self) -> bool:
        """Whether it is proved that the holder has the same access as before."""
        return self.allowed.is_unchanged and self.lifted is None and not self.unknown


@dataclass(frozen=True, slots=True)
class UnitChange:
    """The changes of a unit. `path` is its new path, `old_path` another one that it had before."""

    path: str
    status: ChangeStatus
    holders: tuple[HolderChange, ...] = ()
    unknown: tuple[str, ...] = ()
    failed: bool = False
    old_path: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def answer(self) -> ComparisonAnswer:
        """The most severe answer of its holders; UNKNOWN if something of the unit is not known."""
        return _most_severe({holder.answer for holder in self.holders}, self.unknown)

    @property
    def is_unchanged(self) -> bool:
        """Whether it is proved that every holder has the same access as before."""
        return not self.unknown and all(holder.is_unchanged for holder in self.holders)


@dataclass(frozen=True, slots=True)
class AccessChanges:
    """The changes of access between two commits. `base` and `head` are their names in messages.

    `changed_count` counts the changed files, `excluded` are the changed files that the configuration excludes,
    `not_read` those of kinds that are not read, such as programs and pictures.
    """

    base: str
    head: str
    units: tuple[UnitChange, ...] = ()
    changed_count: int = 0
    excluded: tuple[str, ...] = ()
    not_read: tuple[str, ...] = ()

    @property
    def answer(self) -> ComparisonAnswer:
        """The most severe answer of all units."""
        return _most_severe({unit.answer for unit in self.units})

    @property
    def has_failures(self) -> bool:
        """Whether a file could not be read."""
        return any(unit.failed for unit in self.units)


def _most_severe(answers: Collection[ComparisonAnswer], unknown: tuple[str, ...] = ()) -> ComparisonAnswer:
    """The most severe of some answers; at least UNKNOWN if something else is not known."""
    if ComparisonAnswer.NEW_ACCESS in answers:
        return ComparisonAnswer.NEW_ACCESS
    is_unknown = unknown or ComparisonAnswer.UNKNOWN in answers
    return ComparisonAnswer.UNKNOWN if is_unknown else ComparisonAnswer.NO_NEW_ACCESS
