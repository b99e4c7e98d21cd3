"""The access of a user by its own policies and those of its groups, within its boundary and the account's SCPs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from iamglue.audit.access.policy_layers import AttachedLayer
from iamglue.audit.access.role_facts import WITHOUT_MFA, resource_facts, user_facts
from iamglue.model.account import Account, User
from iamglue.policy.conditions import Condition
from iamglue.risk.effective_access import EffectiveAccess
from iamglue.risk.request_keys import ContextFacts


@dataclass(eq=False)
class UserAccess(EffectiveAccess):
    """The access of one user with credentials that somebody else has created; `AccountAccess` builds it.

    `unknown` is why it is not known as a whole, empty if it is.
    """

    identity_layer: AttachedLayer
    limits: tuple[AttachedLayer, ...]
    user: User
    account: Account
    unknown: str = ""

    @cached_property
    def caller_facts(self) -> ContextFacts:
        """The condition keys, in lower case, and values that every request of the user has."""
        return user_facts(self.user, self.account)

    @property
    def caller_conditions(self) -> Mapping[str, Condition]:
        """Credentials that somebody else has created come without the user's second factor."""
        return WITHOUT_MFA

    def resource_facts(self, resource: str) -> ContextFacts:
        """The keys and values that a request has because of the account of its resource."""
        return resource_facts(resource, self.user.account, self.account)
