"""What one audit run caches while it evaluates roles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from iamglue.audit.access.account_access import AccountAccess
from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.document_linter import DocumentLinter
from iamglue.audit.escalation.graph import EscalationGraph
from iamglue.audit.escalation.paths import OpenEscalationPath, access_by_trust, find_open_paths
from iamglue.audit.escalation.routes import principal_routes
from iamglue.audit.escalation.targets import PrivilegeLevel, RoleIndex
from iamglue.model.account import Account
from iamglue.model.escalation_map import PrincipalRoutes
from iamglue.model.own_rule_set import NO_OWN_RULES, OwnRules
from iamglue.model.role_context import RoleContext


class AuditContext:
    """The caches of one audit run. Use one in one thread only.

    Roles are evaluated account by account, so only the indexes of the last account are cached. `own_rules` are those of
    the user's organization. `finds_routes`: what each role can become is part of its result. Pickled, it is without
    what it caches.
    """

    def __init__(self, own_rules: OwnRules = NO_OWN_RULES, *, finds_routes: bool = False) -> None:
        self.own_rules = own_rules
        self.finds_routes = finds_routes
        self.document_linter = DocumentLinter(own_rules)
        self._account_access: AccountAccess | None = None
        self._role_index: RoleIndex | None = None
        self._graph: EscalationGraph | None = None
        self._open_paths: tuple[RoleAccess, list[OpenEscalationPath]] | None = None

    def __reduce__(self) -> tuple[Callable[[], AuditContext], tuple[()]]:
        return partial(AuditContext, self.own_rules, finds_routes=self.finds_routes), ()

    def role_access(self, context: RoleContext) -> RoleAccess:
        """What the role may do by all its policies, within its boundary and SCPs."""
        return self._accesses(context.account).evaluated_role(context)

    def open_paths(self, context: RoleContext) -> list[OpenEscalationPath]:
        """The escalation paths that the role's access opens; two rules and its routes use them."""
        access = self.role_access(context)
        if self._open_paths is None or self._open_paths[0] is not access:
            self._open_paths = access, self._find_open_paths(access)
        return self._open_paths[1]

    def _find_open_paths(self, access: RoleAccess) -> list[OpenEscalationPath]:
        account = access.account
        return find_open_paths(self._index(account), lambda: self._escalation_graph(account), access)

    def access_by_trust(self, context: RoleContext) -> dict[str, PrivilegeLevel]:
        """The roles of the account that the role's trust policy suffices to let in, by ARN, and what they then have."""
        index = self._index(context.account)
        return access_by_trust(context.role, index, lambda: self._escalation_graph(context.account))

    def role_index(self, context: RoleContext) -> RoleIndex:
        """The roles of the account of a role."""
        return self._index(context.account)

    def routes(self, context: RoleContext) -> PrincipalRoutes:
        """What the role can become, with what it has by itself and who its trust policy lets in."""
        access = self.role_access(context)
        return principal_routes(self._index(context.account), access, lambda: self.open_paths(context))

    def user_routes(self, account: Account) -> Iterator[PrincipalRoutes]:
        """What each user of an account can become, if its users were read."""
        index = self._index(account)
        for user in index.users.values():
            access = index.access_of(user)
            yield principal_routes(index, access, partial(self._find_open_paths, access))

    def _accesses(self, account: Account) -> AccountAccess:
        """What the roles of an account may do; computed once, as long as the roles of one account follow each other."""
        if self._account_access is None or self._account_access.account is not account:
            self._account_access, self._role_index, self._graph = AccountAccess(account), None, None
        return self._account_access

    def _index(self, account: Account) -> RoleIndex:
        """The index of the account's roles, computed at its first use."""
        accesses = self._accesses(account)
        if self._role_index is None:
            self._role_index = RoleIndex(accesses)
        return self._role_index

    def _escalation_graph(self, account: Account) -> EscalationGraph:
        """The graph of the account's escalation steps, computed at its first use."""
        index = self._index(account)
        if self._graph is None:
            self._graph = EscalationGraph(index)
        return self._graph
