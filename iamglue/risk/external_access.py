"""What a resource-based policy or a trust policy allows to principals outside a zone of trust.

Each Allow statement is compared with the requests from inside the zone, under all Deny statements of the policy. What
it allows to callers that the policy does not name is public; the rest is divided by the callers that it names.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from iamglue.catalog.fixed_caller_keys import find_fixed_caller_key
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import Access, StatementTerm, access_of, access_of_terms, statement_terms, union
from iamglue.engine.solve.other_types import describe_other_type, prove_empty_on_other_types
from iamglue.engine.solve.proof import EmptinessProof, Verdict, prove_empty
from iamglue.policy.conditions import build_condition
from iamglue.policy.model import Effect, MatchList, Policy
from iamglue.policy.patterns.variables import has_parameters
from iamglue.policy.patterns.wildcards import intersects_action
from iamglue.policy.trust_zone import TrustZone
from iamglue.risk.grantees import Grantee, named_grantees, names_only_fixed_principals
from iamglue.risk.own_names import OwnKeys, ResolvedPolicy, resolve_own_names, statement_texts
from iamglue.risk.zone_access import IS_AWS_SERVICE, requests_with, zone_access

ANYONE = "anyone"
_ALL_ACTIONS = MatchList(("*",))
_SOMEONE = "a principal outside"
_DEPENDS_ON_PARAMETERS = "it depends on values that are known only at deployment"


class ExternalAccessKind(StrEnum):
    """To whom access is given. UNKNOWN: the policy does not say whether the caller is outside, or it is undecided."""

    PUBLIC = "public"
    CROSS_ACCOUNT = "cross-account"
    CROSS_ORGANIZATION = "cross-organization"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ExternalGrant:
    """What one statement, by its index, allows to a grantee outside the zone, with a request as the witness.

    `reason` says what is not known. With `future_only` or `unlisted_only`, only actions that do not exist yet, or only
    ARNs that AWS's reference does not list for their actions, are concerned.
    """

    kind: ExternalAccessKind
    statement_index: int
    grantee: str
    witness: Request | None
    reason: str = ""
    future_only: bool = False
    unlisted_only: bool = False


def find_external_access(policy: Policy, zone: TrustZone, own_account: str | None = None) -> tuple[ExternalGrant, ...]:
    """What the policy allows outside the zone, statement by statement; none if it is proved that there is nothing.

    `own_account` is the account of the policy's resource, by default the one that its Resource elements name.
    """
    own = resolve_own_names(policy, zone, own_account)
    grants = tuple(_with_own_keys(grant, policy, own.own_keys) for grant in _PolicyAnalysis(own).grants())
    if not any(has_parameters(text) for statement in own.policy.statements for text in statement_texts(statement)):
        return grants
    return tuple(
        grant if grant.witness is not None else replace(grant, reason=_DEPENDS_ON_PARAMETERS) for grant in grants
    )


def _with_own_keys(grant: ExternalGrant, policy: Policy, own_keys: OwnKeys) -> ExternalGrant:
    """The grant, whose witness has the keys of the resource that the policy reads, where it allows that request."""
    if grant.witness is None or not own_keys:
        return grant
    names = {key.lower() for key in own_keys}
    others = {key: values for key, values in grant.witness.context.items() if key.lower() not in names}
    whole = replace(grant.witness, context={**others, **own_keys})
    return replace(grant, witness=whole) if access_of([policy]).contains(whole) else grant


class _PolicyAnalysis:
    """The analysis of one policy."""

    def __init__(self, own: ResolvedPolicy) -> None:
        terms = statement_terms([own.policy])
        self.used_keys = frozenset(condition.key.lower() for term in terms for condition in term.statement.conditions)
        self.zone = own.zone
        self.possible = {key: own.possible_values[key] for key in own.possible_values if key.lower() in self.used_keys}
        self.allows = [term for term in terms if term.statement.effect is Effect.ALLOW]
        self.denies = [term for term in terms if term.statement.effect is Effect.DENY]

    def grants(self) -> Iterator[ExternalGrant]:
        """What each Allow statement gives outside the zone."""
        for term in self.allows:
            denies = [deny for deny in self.denies if _may_deny(deny.statement.actions, term.statement.actions)]
            inside = zone_access(self.zone, term.statement.actions, self.used_keys)
            yield from self._external_grants(term, denies, inside)

    def _external_grants(
        self, term: StatementTerm, denies: list[StatementTerm], inside: Access
    ) -> Iterator[ExternalGrant]:
        """The external access of one statement: the public, then the grantees that it or a Deny statement names."""
        allowed = access_of_terms([term, *denies])
        for key, values in self.possible.items():
            allowed = allowed & _requests_for_own_resource(key, values)
        proof = _prove(allowed - inside)
        if proof.verdict is Verdict.EMPTY:
            yield from _on_other_types(term, allowed - inside)
            return
        index, actions = term.ref.statement, term.statement.actions
        grantees, excepted = _distinct_callers([term], actions), _distinct_callers(denies, actions)
        public = EmptinessProof(Verdict.EMPTY)
        if not names_only_fixed_principals(term.statement):
            named_access = union(grantee.access for grantee in (*grantees, *excepted))
            public = _prove_public([term, *denies], allowed - inside - named_access)
        if public.verdict is Verdict.NON_EMPTY:
            grantees = tuple(grantee for grantee in grantees if grantee.is_principal)  # others are a part of the public
            yield _build(ExternalAccessKind.PUBLIC, "", index, ANYONE, public)
        else:
            grantees = (*grantees, *excepted)
        if public.verdict is Verdict.UNKNOWN:
            yield _build(ExternalAccessKind.UNKNOWN, "", index, ANYONE, public)
        named = list(self._named_grants(index, grantees, allowed, inside))
        yield from named
        if public.verdict is Verdict.EMPTY and not named:
            yield _build(ExternalAccessKind.UNKNOWN, "", index, _SOMEONE, proof)

    def _named_grants(
        self, index: int, grantees: Iterable[Grantee], allowed: Access, inside: Access
    ) -> Iterator[ExternalGrant]:
        """The grants of the grantees that are outside the zone, or may be; each without what earlier ones have."""
        remaining = allowed
        for grantee in grantees:
            proof = _prove((remaining & grantee.access) - inside)
            if proof.verdict is not Verdict.EMPTY:
                yield self._grant(index, grantee, proof, remaining & grantee.access)
            remaining = remaining - grantee.access

    def _grant(self, index: int, grantee: Grantee, proof: EmptinessProof, allowed: Access) -> ExternalGrant:
        """The grant of a grantee; `allowed` is what it has, whether it is inside or outside."""
        if proof.verdict is Verdict.NON_EMPTY and (grantee.account or grantee.organization):
            return _build(*self._kind_of(grantee), index, grantee.name, proof)
        if proof.witness is None:  # it is not known whether the grantee is inside
            proof = replace(proof, witness=_prove(allowed).witness, reason="" if grantee.note else proof.reason)
        return _build(ExternalAccessKind.UNKNOWN, grantee.note, index, grantee.name, proof)

    def _kind_of(self, grantee: Grantee) -> tuple[ExternalAccessKind, str]:
        """The kind of access of a grantee that the zone does not list, and what is not known about it."""
        organizations = self.zone.organization_ids
        if grantee.account is not None and self.zone.includes_own:
            return ExternalAccessKind.UNKNOWN, f"the policy may be that of a resource of account {grantee.account}"
        if grantee.account is not None and organizations:
            note = f"the policy does not say whether account {grantee.account} is in the organization"
            return ExternalAccessKind.CROSS_ACCOUNT, note
        if grantee.organization is not None and organizations and grantee.organization not in organizations:
            return ExternalAccessKind.CROSS_ORGANIZATION, ""
        return ExternalAccessKind.CROSS_ACCOUNT, ""


def _on_other_types(term: StatementTerm, access: Access) -> Iterator[ExternalGrant]:
    """What may be given on resource types that AWS's reference does not list for the actions."""
    proof = prove_empty_on_other_types(access, is_reliable=False, parameters_are_names=True)
    if proof.witness is not None:
        reason = describe_other_type(proof.witness)
        yield _build(ExternalAccessKind.UNKNOWN, reason, term.ref.statement, _SOMEONE, proof)


def _requests_for_own_resource(key: str, values: tuple[str, ...]) -> Access:
    """The requests in which a key of the resource has one of its possible values, or is missing."""
    conditions = (build_condition("Null", key, "true"), build_condition("StringEquals", key, *values))
    return union(requests_with(_ALL_ACTIONS, condition) for condition in conditions)


def _may_deny(denied: MatchList, allowed: MatchList) -> bool:
    """Whether a Deny of some actions may deny allowed ones."""
    if denied.negated or allowed.negated:
        return True
    return any(intersects_action(first, second) for first in denied.values for second in allowed.values)


def _prove_public(terms: list[StatementTerm], access: Access) -> EmptinessProof:
    """Whether there is public access; unknown if a caller's key is compared with a deployment parameter."""
    proof = _prove(access)
    keys = {
        condition.key
        for term in terms
        for condition in term.statement.conditions
        if find_fixed_caller_key(condition.key) and any(map(has_parameters, condition.values))
    }
    if proof.verdict is not Verdict.NON_EMPTY or not keys:
        return proof
    absent = (build_condition("Null", key, "true") for key in keys)
    proof = _prove(access & requests_with(terms[0].statement.actions, *absent))
    return proof if proof.verdict is Verdict.NON_EMPTY else EmptinessProof(Verdict.UNKNOWN)


def _prove(access: Access) -> EmptinessProof:
    """The proof, whose witness has no key that only says that the principal is not a service.

    Parameters of Resource elements are names: which resource the policy is for does not say who may use it.
    """
    proof = prove_empty(access, parameters_are_names=True, any_context=True)
    if proof.witness is None:
        return proof
    context = {key: values for key, values in proof.witness.context.items() if key != IS_AWS_SERVICE}
    shorter = replace(proof.witness, context=context)
    return replace(proof, witness=shorter) if access.contains(shorter) else proof


def _distinct_callers(terms: list[StatementTerm], actions: MatchList) -> tuple[Grantee, ...]:
    """The callers that the statements name, each once, first those that say the most about the caller."""
    by_name = {grantee.name: grantee for term in terms for grantee in named_grantees(term.statement, actions)}
    return tuple(sorted(by_name.values(), key=lambda grantee: grantee.rank))


def _build(kind: ExternalAccessKind, note: str, index: int, grantee: str, proof: EmptinessProof) -> ExternalGrant:
    reason = "; ".join(filter(None, (proof.reason, note)))
    return ExternalGrant(kind, index, grantee, proof.witness, reason, proof.future_only, proof.unlisted_only)
