"""What the code of a function calls, and of which actions it is not known whether it calls them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from iamglue.catalog.operations import client_operation_actions, client_prefix
from iamglue.errors import Location
from iamglue.findings import NotEvaluatedKind
from iamglue.infer.code.calls import UnresolvedCall
from iamglue.infer.code.coverage import needed_grants
from iamglue.infer.code.spec import spec_accesses
from iamglue.infer.evidence import InferredAccess, InferredCode
from iamglue.model.reconciliation import AccessSource, EvidenceValue, ReconcileGap, SourceEvidence
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import AccessEntry
from iamglue.reconcile.resources import is_open

# A reader lists at most so many operations that a call may be, so a list of this length may lack some.
_CANDIDATES_LISTED = 8
_MAX_REASONS = 3


@dataclass(frozen=True, slots=True)
class CalledAccess:
    """One action on one resource that calls of the code need; `entry` is what a spec would have for it."""

    action: str
    resource: str
    entry: AccessEntry
    access: InferredAccess
    evidence: tuple[SourceEvidence, ...]

    @property
    def is_open(self) -> bool:
        """Whether the code does not say which resource it is."""
        return is_open(self.action, self.access.resource) or is_open(self.action, self.resource)


@dataclass(frozen=True)
class CalledCode:
    """What the code of the function `name` calls; `inferred` is None if no code was given."""

    inferred: InferredCode | None
    scope: DeploymentScope
    name: str

    @cached_property
    def accesses(self) -> tuple[CalledAccess, ...]:
        """Each action on each resource that the code may call, also where the handler does not come to the call."""
        return tuple(self._accesses())

    def unknown_reason(self, action: str) -> str:
        """Why it is not known that the code does not call an action; empty if it certainly does not."""
        if self.inferred is None:
            return "no --code was given"
        if self.inferred.failed:
            return f"{self.inferred.failed[0].place} was not read"
        unresolved = [call for call in self.inferred.unresolved if _may_be(call, action)]
        if unresolved:
            shown = ", ".join(f"`{call.call}` at {call.place}" for call in unresolved[:_MAX_REASONS])
            return f"{shown} may need it: not resolved"
        conditions = [item.when for item in self.inferred.conditional if item.action == action]
        return f"the code needs it {conditions[0]}" if conditions else ""

    def gaps(self) -> Iterator[ReconcileGap]:
        """What was not read of the code."""
        if self.inferred is None:
            yield ReconcileGap(AccessSource.CALLED, "what the code calls", "no --code was given")
            return
        for file in self.inferred.failed:
            yield ReconcileGap(AccessSource.CALLED, str(file.place), file.reason, NotEvaluatedKind.FAILED)
        for call in self.inferred.unresolved:
            what = f"`{call.call}` at {call.place}"
            yield ReconcileGap(AccessSource.CALLED, what, call.reason, NotEvaluatedKind.UNDECIDABLE)

    def _accesses(self) -> Iterator[CalledAccess]:
        """Yield the access that the calls need, one action and one resource at a time; nothing without code."""
        if self.inferred is None:
            return
        for entry, access in spec_accesses(self.inferred.access, self.name):
            evidence = tuple(_evidence(access))
            for grant in needed_grants(access, entry, self.scope):
                yield CalledAccess(grant.action, grant.resource, entry, access, evidence)


def _evidence(access: InferredAccess) -> Iterator[SourceEvidence]:
    """Yield each line of the code that makes the call, with whether the handler reaches it."""
    text = f"`{access.operation}`" if access.is_reached else f"`{access.operation}`, which the handler does not reach"
    data: dict[str, EvidenceValue] = {
        "operation": access.operation,
        "resource": access.resource,
        "reached": access.is_reached,
    }
    for place in access.evidence:
        yield SourceEvidence(text, Location(place.path, place.line or None, place.column or None), data=data)


def _may_be(call: UnresolvedCall, action: str) -> bool:
    """Whether an unresolved call may need the action, by the operations that it may be; True if they are not known."""
    candidates = call.candidates or ((call.call,) if _actions_of(call.call) is not None else ())
    if not candidates or len(candidates) >= _CANDIDATES_LISTED:
        return True
    return any(_may_need(candidate, action) for candidate in candidates)


def _may_need(operation: str, action: str) -> bool:
    """Whether an operation may need an action; of an operation that is not known, any action of its service."""
    actions = _actions_of(operation)
    if actions is not None:
        return action in actions
    prefix = client_prefix(operation.partition(".")[0])
    return prefix is None or action.startswith(f"{prefix}:")


def _actions_of(operation: str) -> Iterable[str] | None:
    """The actions of an operation (`dynamodb.PutItem`); None if they are not known."""
    client, dot, name = operation.partition(".")
    return client_operation_actions(client, name) if dot else None
