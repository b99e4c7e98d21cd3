"""Whether a role's trust policy lets a service or another role of its account in.

A trust policy that names a role of its account by its ARN suffices: that role needs no identity-based policy. One that
names the account leaves the decision to the policies of the account's roles. A Deny of the caller's own policies, its
permissions boundary and SCPs apply in both cases: AWS documents of the boundary both that it applies and that it does
not, and the stricter reading never invents access.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from iamglue.audit.access.policy_layers import AttachedLayer
from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.access.statement_location import StatementLocation
from iamglue.catalog.service_principals import base_service_principal
from iamglue.engine.evaluate.principals import PrincipalMatch, named_principals, principal_match, principal_test
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.truth import Truth
from iamglue.engine.solve.access import StatementTerm, statement_terms
from iamglue.engine.solve.action_bitsets import element_bitset, pattern_bitset, patterns_bitset
from iamglue.model.account import AttachedPolicy, Role
from iamglue.policy.model import EVERYONE, Effect, MatchList, Policy, Principal, Statement
from iamglue.policy.patterns.wildcards import has_wildcard

_ASSUME = "sts:AssumeRole"
# Identity pools of Amazon Cognito are federated: https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html
_SERVICE_KINDS, _SERVICE_ACTIONS = ("Service", "Federated"), (_ASSUME, "sts:AssumeRoleWithWebIdentity")
_ANY = MatchList(("*",))
_PRINCIPAL_ARN = "aws:principalarn"
_NAMES_CALLER = re.compile(":(?:role|user)/")
_EQUALS = frozenset({"ArnEquals", "ArnLike", "StringEquals", "StringLike"})


@dataclass(frozen=True, slots=True, eq=False)
class RoleTrust:
    """How a trust policy lets another role in.

    `suffices`: the policy names the role, which needs no identity-based policy. `statements` of the trust policy let it
    in. `unknown` is why it is not certain, empty if it is.
    """

    suffices: bool
    statements: tuple[StatementLocation, ...] = ()
    unknown: str = ""


def trusts_service(role: Role, service: str) -> bool:
    """Whether a service may assume the role, in some Region; an unread trust policy counts as trusting it.

    Conditions of Allow statements are treated as satisfied: their keys describe the service's resource.
    """
    if role.trust.policy is None:
        return True
    statements = role.trust.policy.statements
    return any(_is_about(statement, Effect.ALLOW, service) for statement in statements) and not any(
        not statement.conditions and _is_about(statement, Effect.DENY, service) for statement in statements
    )


def trusted_services(role: Role) -> Iterator[str]:
    """Yield the services that the trust policy of a role names and lets in."""
    statements = role.trust.policy.statements if role.trust.policy is not None else ()
    values = (value for statement in statements if statement.principals for value in statement.principals.values)
    names = dict.fromkeys(principal.value for principal in values if principal.kind == "Service")
    yield from (name for name in names if trusts_service(role, name))


def _is_about(statement: Statement, effect: Effect, service: str) -> bool:
    """Whether a statement with this effect is about the assumption of the role by a service.

    One Region of a service is enough to be let in, and not enough to be kept out.
    """
    named = statement.principals
    return (
        statement.effect is effect
        and named is not None
        and _names_service(named.values, service, (effect is Effect.ALLOW) is not named.negated) is not named.negated
        and bool(element_bitset(statement.actions) & patterns_bitset(_SERVICE_ACTIONS))
    )


@lru_cache(maxsize=65536)
def _names_service(values: tuple[Principal, ...], service: str, with_regions: bool) -> bool:
    """Whether the principals have the service, or everyone; `with_regions`: the service of one Region is enough."""
    names = [value.value for value in values if value.kind in _SERVICE_KINDS]
    return (
        any(value.value == "*" for value in values)
        or service in names
        or (with_regions and service in map(base_service_principal, names))
    )


def _is_about_assuming(statement: Statement) -> bool:
    return bool(element_bitset(statement.actions) & pattern_bitset(_ASSUME))


def role_trust(role: Role, access: RoleAccess) -> RoleTrust | None:
    """How the trust policy of `role` lets the role of `access` in; None if it does not.

    Unless the trust policy suffices, the policies of the role must also allow `sts:AssumeRole`.
    """
    if role.trust.policy is None:
        reason = role.trust.parse_failure
        return RoleTrust(suffices=False, unknown=f"the trust policy of `{role.name}` {reason}")
    matching = [*_matching_terms(role, role.trust.policy, access)]
    allows = [(term, certain) for term, certain in matching if term.statement.effect is Effect.ALLOW]
    if not allows:
        return None
    denies = [term for term, _ in matching if term.statement.effect is Effect.DENY]
    denies += _organization_denies(role, access)
    by_name = [term for term, certain in allows if certain and _names_role(term.statement, access.role.arn)]
    if role.account != access.role.account:
        by_name = []  # the account of the caller must allow it too
    trust = _evaluate(by_name, [*denies, *access.identity_layer.denies], access.limits, role, access)
    if trust is not None:
        return replace(trust, suffices=True)
    trust = _evaluate([term for term, certain in allows if certain], denies, (), role, access)
    if trust is None and not all(certain for _, certain in allows):
        trust = _evaluate([term for term, _ in allows], denies, (), role, access)
        unknown = f"it is not known whether the trust policy of `{role.name}` names `{access.role.name}`"
        return None if trust is None else replace(trust, unknown=unknown)
    return trust


def _matching_terms(role: Role, policy: Policy, access: RoleAccess) -> Iterator[tuple[StatementTerm, bool]]:
    """The statements about the role of `access`, as terms without Principal, each with whether that is certain."""
    for term in statement_terms((policy,)):
        statement = term.statement
        if not _is_about_assuming(statement):
            continue
        named = _names_caller(statement, role, access)
        if named is not False:
            certain = named is True or statement.effect is Effect.DENY
            yield term.with_statement(replace(statement, resources=_ANY)), certain


def _names_caller(statement: Statement, role: Role, access: RoleAccess) -> Truth:
    """Whether a statement of a trust policy is about the role that wants to assume it; None if it is not known."""
    principals = statement.principals
    if principals is None:
        return False
    account = Principal("AWS", access.role.account)  # a parameter in a template, which `principal_test` cannot decide
    if not principals.negated and account in named_principals(principals):
        return True
    return principal_test(principals)(Request(_ASSUME, role.arn, {}, access.role.arn))


def _organization_denies(role: Role, access: RoleAccess) -> Iterator[StatementTerm]:
    """The Deny statements of resource control policies about the role of `access`; AWS's own RCP allows the rest."""
    for policy in (policy for level in access.account.rcps or () for policy in level):
        for term in statement_terms((policy.policy,)) if policy.policy is not None else ():
            statement = term.statement
            if statement.effect is Effect.DENY and _names_caller(statement, role, access) is not False:
                yield term


def _evaluate(
    allows: list[StatementTerm],
    denies: list[StatementTerm],
    limits: tuple[AttachedLayer, ...],
    role: Role,
    access: RoleAccess,
) -> RoleTrust | None:
    """The trust by these statements for a session of the role of `access`; None if they deny it."""
    if not allows:
        return None
    terms = [term.with_statement(replace(term.statement, principals=None)) for term in (*allows, *denies)]
    if not limits and not denies and any(not term.statement.conditions for term in terms):
        granting = [term for term in terms if not term.statement.conditions]
        return RoleTrust(suffices=False, statements=_locations(role.trust, granting))
    layer = AttachedLayer(tuple(terms), (role.trust,))
    session = RoleAccess(layer, limits, access.location, access.role, access.account)
    grant = session.grant_on(_ASSUME, role.arn)
    if grant is not None:
        return RoleTrust(suffices=False, statements=_locations(role.trust, grant.terms))
    return RoleTrust(suffices=False, unknown=session.unknown[0].text) if session.unknown else None


def _locations(
    trust: AttachedPolicy, terms: tuple[StatementTerm, ...] | list[StatementTerm]
) -> tuple[StatementLocation, ...]:
    """Where the statements are, for messages."""
    return tuple(StatementLocation(trust, term.ref.statement, term.ref.sid) for term in terms)


def _names_role(statement: Statement, arn: str) -> bool:
    """Whether a statement names the role or user: in its Principal, or everyone whose ARN a condition names."""
    if statement.principals is None:
        return False
    if not statement.principals.negated and Principal("AWS", arn) in named_principals(statement.principals):
        return True
    match = principal_match(statement.principals, arn)
    return match is PrincipalMatch.ROLE or (match is PrincipalMatch.DIRECT and arn in _arns_in_conditions(statement))


def named_roles(role: Role) -> Iterator[str]:
    """The ARNs that the Allow statements of a trust policy name: no pattern, no service, no whole account."""
    for statement in role.trust.policy.statements if role.trust.policy is not None else ():
        if statement.effect is Effect.ALLOW and statement.principals is not None and not statement.principals.negated:
            yield from (value.value for value in statement.principals.values if _NAMES_CALLER.search(value.value))
            if any(value == EVERYONE or value == Principal("AWS", "*") for value in statement.principals.values):
                yield from _arns_in_conditions(statement)


def _arns_in_conditions(statement: Statement) -> Iterator[str]:
    """The ARNs that a condition requires the caller to have, those without wildcards."""
    for condition in statement.conditions:
        if condition.key.lower() == _PRINCIPAL_ARN and condition.operator.base in _EQUALS:
            yield from (value for value in condition.values if not has_wildcard(value))


def may_trust_roles(role: Role) -> bool:
    """Whether a trust policy names principals other than services; fast, and never wrongly False."""
    if role.trust.policy is None:
        return True
    elements = [statement.principals for statement in role.trust.policy.statements if statement.effect is Effect.ALLOW]
    return any(
        statement and (statement.negated or not all(map(_is_service, statement.values))) for statement in elements
    )


def _is_service(named: Principal) -> bool:
    return named.kind == "Service" and ":" not in named.value and not named.value.isdecimal()
