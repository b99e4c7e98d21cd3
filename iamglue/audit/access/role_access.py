"""The access of a role by all of its policies together, within its boundary and SCPs.

`unknown` lists what could not be determined: documents that could not be read, questions that the solver could not
decide. It grows while rules run, so read it after all rules have run and report each entry as not evaluated: a role
with any entry is not shown to be clean. Rules yield nothing for what is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from iamglue.audit.access.policy_layers import AttachedLayer
from iamglue.audit.access.role_facts import WITHOUT_MFA, is_missing_for_roles, resource_facts, role_facts, user_facts
from iamglue.audit.access.statement_location import StatementLocation
from iamglue.audit.access.user_callers import is_user
from iamglue.model.account import Account, Role
from iamglue.policy.conditions import Condition
from iamglue.risk.effective_access import EffectiveAccess
from iamglue.risk.policy_layer import RequestGrant
from iamglue.risk.request_keys import ContextFacts
from iamglue.risk.unknown_access import UnknownAccess


@dataclass(eq=False)
class RoleAccess(EffectiveAccess):
    """The access of one role, or of a user whose credentials a role obtains; `AccountAccess` builds it."""

    identity_layer: AttachedLayer
    limits: tuple[AttachedLayer, ...]
    role: Role
    account: Account
    boundary: AttachedLayer | None = None
    _unknown: dict[UnknownAccess, None] = field(default_factory=dict)

    @property
    def unknown(self) -> tuple[UnknownAccess, ...]:
        """What could not be determined; grows while rules run."""
        return tuple(self._unknown)

    def record_unknown(self, text: str, *, is_failure: bool = True) -> None:
        """Record what could not be determined."""
        self._unknown[UnknownAccess(text, is_failure)] = None

    def statements(self, grant: RequestGrant) -> tuple[StatementLocation, ...]:
        """The statements of the role's policies that allow a granted request."""
        return tuple(map(self.identity_layer.statement_location, grant.terms))

    @cached_property
    def caller_facts(self) -> ContextFacts:
        """The condition keys, in lower case, and values that every request of the role's sessions has."""
        return user_facts(self.role, self.account) if is_user(self.role) else role_facts(self.role, self.account)

    @property
    def caller_conditions(self) -> Mapping[str, Condition]:
        """A function's role cannot present a second factor, nor can credentials that it creates for a user."""
        return WITHOUT_MFA

    def resource_facts(self, resource: str) -> ContextFacts:
        """The keys and values that a request has because of the account of its resource."""
        return resource_facts(resource, self.role.account, self.account)

    def is_missing_in_requests(self, key: str) -> bool:
        """Whether no request of the role's sessions has a key that is not one of its facts."""
        return not is_user(self.role) and is_missing_for_roles(key)
