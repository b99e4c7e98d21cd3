"""Privilege escalation paths: the facts of `data/escalation_paths.tsv`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from iamglue.catalog.tables import table_rows


@dataclass(frozen=True, slots=True)
class EscalationPath:
    """Actions that together give more access.

    `required_on_all` are pairs of an action and a resource pattern (`iam:role/*`); the action must be allowed on all
    matching resources. `required_on_some` are actions that must be allowed on some resource. `passed_to` is the service
    that a role is passed to, if any. `effect` is the result as a verb phrase that follows `can`; `named_effect` is the
    result for one named role, user or resource, with `{}` for its name, if the path also works for a single one. One of
    `completed_by` is also needed for the path to work by itself; `lint`, which sees only one policy, does not require
    it.
    """

    id: str
    required_on_all: tuple[tuple[str, str], ...]
    required_on_some: tuple[str, ...]
    passed_to: str
    effect: str
    source: str
    completed_by: tuple[str, ...] = ()
    named_effect: str = ""

    @property
    def is_by_resource(self) -> bool:
        """Whether it uses the role of an existing resource (a build project, an instance), which IAM does not know."""
        return not self.required_on_all[0][1].startswith(("iam:", "lambda:", "sso:", "identitystore:"))

    @property
    def creates_target(self) -> bool:
        """Whether the role that it leads to is created by it, and does not exist yet."""
        return self.required_on_all[0][0] == "iam:CreateRole"

    @property
    def actions_on_target(self) -> tuple[str, ...]:
        """The actions of `required_on_all`: for one named target, each must be allowed on it."""
        return tuple(action for action, _ in self.required_on_all)

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions of `required_on_all`, then those of `required_on_some`."""
        return (*self.actions_on_target, *self.required_on_some)


def find_escalation_path(path_id: str) -> EscalationPath:
    """The path with an ID of the table."""
    return next(path for path in escalation_paths() if path.id == path_id)


@cache
def escalation_paths() -> tuple[EscalationPath, ...]:
    """Every row, in the order of the ids."""
    return tuple(
        EscalationPath(
            row["id"],
            tuple((pair.partition("@")[0], pair.partition("@")[2]) for pair in row["wide"].split()),
            tuple(row["also"].split()),
            row["passed_to"],
            row["effect"],
            row["source"],
            tuple(row["then"].split()),
            row["named"],
        )
        for row in table_rows("escalation_paths")
    )
