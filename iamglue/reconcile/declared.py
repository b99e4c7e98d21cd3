"""What a spec declares for a function, each action on each resource with the line that needs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iamglue.errors import Location
from iamglue.generate.requirements.function_requirements import function_requirements
from iamglue.generate.requirements.raw_statements import raw_statement_reason
from iamglue.infer.code.coverage import is_companion
from iamglue.model.required_access import DeploymentScope, Reason
from iamglue.model.spec import AccessEntry, SpecFunction
from iamglue.policy.model import Statement, allow_statement


@dataclass(frozen=True, slots=True)
class DeclaredNeed:
    """One action on one resource that an item of a spec needs.

    `statement` allows it under the item's conditions. `entry` is the item if it is one of `reads`, `writes` or `calls`.
    `expects_call`: the function's own code should make such a call; Lambda makes those that triggers and settings need,
    and no call names the key or the passed role of an entry.
    """

    action: str
    resource: str
    statement: Statement
    reason: Reason
    location: Location
    entry: AccessEntry | None = None
    expects_call: bool = False


def declared_needs(function: SpecFunction, scope: DeploymentScope) -> tuple[DeclaredNeed, ...]:
    """The needs of all items of a function. Raises MultipleErrors with every error in it."""
    return tuple(_needs(function, scope))


def _needs(function: SpecFunction, scope: DeploymentScope) -> Iterator[DeclaredNeed]:
    """Yield what the entries and raw statements need, one action and one resource at a time.

    A companion of an entry's actions (a key, the objects of a version) and a trigger expect no call in the code.
    """
    entries = {entry.location: entry for entry in function.entries}
    for item in function_requirements(function, scope):
        entry = entries.get(item.location)
        for need in item.needs:
            for action in need.actions:
                expects_call = entry is not None and not is_companion(action, entry)
                for resource in need.resources:
                    statement = allow_statement((action,), (resource,), conditions=need.conditions)
                    yield DeclaredNeed(action, resource, statement, need.reason, item.location, entry, expects_call)
    for raw in function.raw:
        for action in raw.actions:
            for resource in raw.resources:
                statement = allow_statement((action,), (resource,), conditions=raw.conditions)
                reason = raw_statement_reason(raw)
                yield DeclaredNeed(action, resource, statement, reason, raw.location, expects_call=True)
