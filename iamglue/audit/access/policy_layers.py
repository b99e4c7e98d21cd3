"""The policies that limit or grant a role's access, in layers: its own policies, its boundary, each level of SCPs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from iamglue.audit.access.statement_location import StatementLocation
from iamglue.engine.evaluate.layers import build_layer
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.engine.solve.access import StatementTerm, statement_terms
from iamglue.model.account import AttachedPolicy
from iamglue.policy.model import Policy
from iamglue.risk.policy_layer import PolicyLayer


@dataclass(frozen=True, eq=False)
class AttachedLayer(PolicyLayer):
    """A layer of policies that are attached to a role or an account."""

    policies: tuple[AttachedPolicy, ...]

    def statement_location(self, term: StatementTerm) -> StatementLocation:
        """The policy and index of a statement."""
        location = self._locations_by_term.get(term)
        if location is None:
            ref = term.ref
            location = self._locations_by_term[term] = StatementLocation(
                self.policies[ref.policy], ref.statement, ref.sid
            )
        return location

    @cached_property
    def _locations_by_term(self) -> dict[StatementTerm, StatementLocation]:
        return {}


def build_policy_layer(policies: Sequence[AttachedPolicy], kind: PolicyKind = PolicyKind.IDENTITY) -> AttachedLayer:
    """The readable policies as one layer."""
    readable = tuple(policy for policy in policies if policy.policy is not None and not is_misplaced(policy.policy))
    values = [policy.policy for policy in readable if policy.policy is not None]
    if kind is PolicyKind.SCP:
        return AttachedLayer(build_layer(kind, values).access.terms if values else (), readable)
    return AttachedLayer(tuple(statement_terms(values)), readable)


def is_misplaced(policy: Policy) -> bool:
    """Whether it is not an identity-based policy or SCP: a statement has a Principal, or no Resource."""
    return any(statement.principals is not None or statement.resources is None for statement in policy.statements)
