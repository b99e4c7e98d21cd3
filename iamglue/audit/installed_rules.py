"""The rules in Python of installed packages on roles: the function `check_role` of such a rule, if it has one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.access.role_grants import caller_conditions, find_role_grants
from iamglue.audit.access.statement_location import StatementLocation, statement_contents, statement_values
from iamglue.audit.rule import AuditContext, RoleViolation, UndecidedCheck
from iamglue.audit.rule_subject import rule_subject
from iamglue.findings import NotEvaluatedKind, Severity
from iamglue.lint.own_rules.checked_results import checked_role_results
from iamglue.lint.own_rules.installed import load_installed_rule
from iamglue.lint.own_rules.role_rule import RoleProblem, RoleRequest, UndecidedRole
from iamglue.model.own_rule_set import InstalledRule
from iamglue.model.role_context import RoleContext
from iamglue.model.rule import RoleRule
from iamglue.policy.conditions import Condition
from iamglue.policy.model import MatchList
from iamglue.risk.forbidden_requests import ForbiddenRequests
from iamglue.risk.zone_access import requests_with


class InstalledRoleRule:
    """A rule of an installed package as a rule of `audit`. It adds nothing to a role's risk.

    Its module is imported when it is first used. Raises whatever the module raises.
    """

    def __init__(self, installed: InstalledRule) -> None:
        self._installed = installed

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return load_installed_rule(self._installed).__doc__

    @property
    def RULE(self) -> RoleRule:  # noqa: N802 - the name in modules that are rules
        """The metadata of the rule."""
        try:
            return RoleRule(load_installed_rule(self._installed).RULE.severity, 0)
        except KeyboardInterrupt:
            raise
        except BaseException:  # noqa: BLE001 - `check` raises it again, where it is reported
            return RoleRule(Severity.ERROR, 0)

    def check(self, context: RoleContext, audit: AuditContext, /) -> Iterator[RoleViolation | UndecidedCheck]:
        """Yield what the rule reports of a role."""
        check_role: Any = getattr(load_installed_rule(self._installed), "check_role", None)
        if check_role is None:
            return
        role = _AuditedRole(context, audit.role_access(context))
        for result in checked_role_results(check_role(role)):
            yield self._result(result, role)

    def _result(self, result: RoleProblem | UndecidedRole, role: _AuditedRole) -> RoleViolation | UndecidedCheck:
        """The violation or undecided check for what an installed rule yields."""
        location = role.location(result.request)
        if isinstance(result, RoleProblem):
            action = result.request.request.action if result.request and result.request.request else ""
            return RoleViolation(
                result.message,
                help=result.help,
                location=None if location is None else statement_values((location,), action),
                severity=result.severity,
                about=(result.message,) if location is None else statement_contents((location,)),
            )
        where = "" if location is None else f" at {location}"
        what = f"the rule {self._installed.slug}{where}"
        is_failure = result.request is not None and result.request.is_failure
        kind = NotEvaluatedKind.of(is_failure=is_failure)
        return UndecidedCheck(what, result.reason, kind=kind)


class _AuditedRole:
    """A role as `AuditedRole` describes it."""

    def __init__(self, context: RoleContext, access: RoleAccess) -> None:
        subject = rule_subject(context)
        self.name, self.arn = context.role.name, context.role.arn
        self.account, self.functions, self.tags = context.role.account, subject.functions, context.role.tags
        self._access = access
        self._locations: dict[int, tuple[RoleRequest, StatementLocation]] = {}

    def find_allowed_requests(
        self, actions: Iterable[str], resources: Iterable[str] = ("*",), *, unless: Iterable[Condition] = ()
    ) -> Iterator[RoleRequest]:
        """The statements that allow the role such a request."""
        names, excluded, access = tuple(actions), tuple(unless), self._access
        statements = [term.statement for layer in (access.identity_layer, *access.limits) for term in layer.terms]
        permitted = (requests_with(MatchList(names), *excluded),) if excluded else ()
        facts = caller_conditions(access, statements, excluded)
        for grant in find_role_grants(access, ForbiddenRequests(names, tuple(resources), permitted, facts)):
            location = access.identity_layer.statement_location(grant.term)
            request = RoleRequest(
                str(location), location.policy.name, location.index, grant.witness, grant.reason, grant.is_failure
            )
            self._locations[id(request)] = request, location
            yield request

    def location(self, request: RoleRequest | None) -> StatementLocation | None:
        """The place of a request that `find_allowed_requests` returned; None for any other."""
        known = None if request is None else self._locations.get(id(request))
        return None if known is None else known[1]
