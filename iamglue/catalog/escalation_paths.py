"""Ways to more access than a policy says: the facts of `data/escalation_paths.tsv`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from iamglue.catalog.tables import table_rows


@dataclass(frozen=True, slots=True)
class EscalationPath:
    """Actions that together lead to more access.

    `wide` are pairs of an action and the shape of resources (`iam:role/*`) that it must be allowed on, all of them;
    `also` are actions that must be allowed on some resource. `passed_to` is the service that a role is passed to,
    where one is. `effect` says in words what can then be done, to go behind "whoever has it"; `named` says it of one
    role or user, `{}` being its name, where the path also leads to one that is named. One of `then` is needed besides
    for the path to lead anywhere by itself; `lint`, which sees one policy of several, does not ask for it.
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
    def actions(self) -> tuple[str, ...]:
        """The actions of `wide`, then those of `also`."""
        return (*(action for action, _ in self.required_on_all), *self.required_on_some)


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
