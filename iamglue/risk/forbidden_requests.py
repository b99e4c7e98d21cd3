"""Whether statements allow a request that a rule forbids: decided for each Allow statement, under all Deny statements.

Parts of a template are known only at deployment; they are parameters (`${Name}`) in the statements. A statement breaks
the rule if it does so whatever the parameters are: what is allowed for certain has none of them in an Allow, and a
Deny with them denies as much as it can. If only some values may break the rule, that is undecided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import and_

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import EVERYTHING, Access, SetOperation, StatementTerm, access_of_statement, union
from iamglue.engine.solve.other_types import describe_other_type, prove_empty_on_other_types
from iamglue.engine.solve.proof import EmptinessProof, Verdict, prove_empty
from iamglue.engine.solve.witness_location import find_local_witness, most_named_location
from iamglue.policy.arns import split_arn_fields
from iamglue.policy.conditions import Condition
from iamglue.policy.model import Effect, MatchList, Policy, Statement
from iamglue.policy.patterns.variables import has_parameters, tokenize
from iamglue.policy.patterns.wildcards import covers, has_wildcard, intersects_action
from iamglue.risk.open_statements import (
    action_texts,
    all_texts,
    has_open_texts,
    key_texts,
    principal_texts,
    resource_texts,
    value_texts,
    widest_allow,
    widest_deny,
)

_ALL = MatchList(("*",))
_SERVICE_FIELD = 2
_UNKNOWN_RESOURCE = "the policy does not say which resource it is attached to"
_DEPENDS_ON_PARAMETERS = "it depends on values that are known only at deployment"


@dataclass(frozen=True)
class ForbiddenRequests:
    """Requests for some actions on some resources, except the `permitted` sets. All of them meet `facts`.

    `of_one_resource`: the policies are those of one resource, of which only their Resource elements are known.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    permitted: tuple[Access, ...] = ()
    facts: tuple[Condition, ...] = ()
    of_one_resource: bool = False

    @cached_property
    def access(self) -> Access:
        """The forbidden requests as a set."""
        actions, resources = MatchList(self.actions), MatchList(self.resources)
        forbidden = access_of_statement(Statement(Effect.ALLOW, actions, resources, self.facts))
        return forbidden - union(self.permitted) if self.permitted else forbidden

    @cached_property
    def on_unlisted_types(self) -> Access:
        """The forbidden requests that count on resource types that AWS's reference does not list for the action.

        If the rule is about every service's actions, those of the resource's own service: that any other service has an
        action on such a resource which the reference does not list is taken to be impossible.
        """
        services = {split_arn_fields(text)[_SERVICE_FIELD] for text in self.resources if text != "*"}
        if self.covers_every_resource or any(map(has_wildcard, services)):
            return self.access
        named = (text for text in self.actions if not has_wildcard(text.partition(":")[0]))
        actions = MatchList((*named, *(f"{service}:*" for service in sorted(services))))
        return self.access & access_of_statement(Statement(Effect.ALLOW, actions, _ALL))

    @property
    def covers_every_resource(self) -> bool:
        """Whether the rule is about every resource."""
        return "*" in self.resources

    def may_meet_actions(self, actions: MatchList) -> bool:
        """Whether a statement with these actions may be about a forbidden request; fast, never wrongly False."""
        if actions.negated:
            return True
        return any(intersects_action(first, second) for first in actions.values for second in self.actions)


@dataclass(frozen=True)
class StatementTerms:
    """Statements that are evaluated together. `uncertain` are Deny statements that not every deployment has."""

    allows: tuple[StatementTerm, ...]
    denies: tuple[StatementTerm, ...] = ()
    uncertain: frozenset[StatementTerm] = frozenset()

    @cached_property
    def has_open_parts(self) -> bool:
        """Whether parts of the statements are known only at deployment."""
        return bool(self.uncertain) or any(has_open_texts(term, all_texts) for term in (*self.allows, *self.denies))


@dataclass(frozen=True, slots=True)
class ForbiddenGrant:
    """A statement that allows a forbidden request, the witness; or may do so, for a `reason`, then without a witness.

    `is_failure`: the analysis stopped before it was decided. With `future_only` or `unlisted_only`, only actions that
    do not exist yet, or only ARNs that AWS's reference does not list for their actions, are concerned.
    """

    term: StatementTerm
    witness: Request | None = None
    reason: str = ""
    is_failure: bool = False
    future_only: bool = False
    unlisted_only: bool = False


def find_forbidden_grant(
    term: StatementTerm,
    statements: StatementTerms,
    limits: Sequence[StatementTerms],
    forbidden: ForbiddenRequests,
) -> ForbiddenGrant | None:
    """Whether an Allow statement of `statements` allows a forbidden request within the limits; None: proved not."""
    if not forbidden.may_meet_actions(term.statement.actions) and not has_open_texts(term, action_texts):
        return None
    own = StatementTerms((term,), _relevant_denies(statements, forbidden), statements.uncertain)
    layers = (own, *limits)
    is_resource_open = forbidden.of_one_resource and not _is_about_forbidden_resources(term, forbidden)
    if not is_resource_open and not any(layer.has_open_parts for layer in layers):
        return _forbidden_grant(term, _prove(_access(layers), forbidden))
    certain = _certain_access(own, limits, forbidden)
    proof = None if certain is None else prove_empty(certain & forbidden.access)
    if proof is not None and proof.witness is not None:
        return _forbidden_grant(
            term, _with_local_witness(certain & forbidden.access, proof) if certain is not None else proof
        )
    possible = _prove(_possible_access(own, limits), forbidden)
    if possible.verdict is Verdict.EMPTY:
        return None
    if possible.verdict is Verdict.UNKNOWN:
        return _forbidden_grant(term, possible)
    return ForbiddenGrant(term, reason=_UNKNOWN_RESOURCE if is_resource_open else _DEPENDS_ON_PARAMETERS)


def _relevant_denies(statements: StatementTerms, forbidden: ForbiddenRequests) -> tuple[StatementTerm, ...]:
    """The Deny statements that may deny a forbidden request."""
    return tuple(
        deny
        for deny in statements.denies
        if forbidden.may_meet_actions(deny.statement.actions) or has_open_texts(deny, action_texts)
    )


def _forbidden_grant(term: StatementTerm, proof: EmptinessProof) -> ForbiddenGrant | None:
    """What the proof says of a statement: None if it allows nothing that is forbidden; a reason if that is unknown."""
    if proof.verdict is Verdict.EMPTY:
        return None
    if proof.verdict is Verdict.NON_EMPTY:
        return ForbiddenGrant(term, proof.witness, future_only=proof.future_only, unlisted_only=proof.unlisted_only)
    return ForbiddenGrant(term, reason=proof.reason, is_failure=proof.is_exhausted)


def _prove(allowed: Access, forbidden: ForbiddenRequests) -> EmptinessProof:
    """The proof; unknown if there are only requests on resource types that AWS's reference does not list."""
    access = allowed & forbidden.access
    proof = prove_empty(access)
    if proof.verdict is Verdict.NON_EMPTY:
        return _with_local_witness(access, proof)
    if proof.verdict is Verdict.UNKNOWN:
        return proof
    other = prove_empty_on_other_types(allowed & forbidden.on_unlisted_types, is_reliable=False)
    if other.verdict is Verdict.EMPTY:
        return proof
    reason = other.reason if other.witness is None else describe_other_type(other.witness)
    return replace(other, verdict=Verdict.UNKNOWN, witness=None, reason=reason)


def _with_local_witness(access: Access, proof: EmptinessProof) -> EmptinessProof:
    """The proof with a witness in the account and Region that the statements name most often."""
    if proof.witness is None:
        return proof
    location = most_named_location([Policy(tuple(term.statement for term in access.terms))])
    return replace(proof, witness=find_local_witness(access, proof.witness, location))


def _access(layers: Iterable[StatementTerms]) -> Access:
    return reduce(and_, (_layer_access(layer.allows, layer.denies) for layer in layers), EVERYTHING)


def _layer_access(allows: Iterable[StatementTerm], denies: Iterable[StatementTerm]) -> Access:
    """What the statements of a layer allow together; conditions are part of it."""
    allowed = union(map(_term_access, allows))
    denied = tuple(map(_term_access, denies))
    return allowed - union(denied) if denied else allowed


def _term_access(term: StatementTerm) -> Access:
    return Access(SetOperation.STATEMENT, term=term)


def _certain_access(
    own: StatementTerms, limits: Sequence[StatementTerms], forbidden: ForbiddenRequests
) -> Access | None:
    """What is allowed whatever the parameters are; None if nothing is."""
    allows = tuple(filter(None, (_certain_allow(term, forbidden) for term in own.allows)))
    if not allows:
        return None
    layers = [_layer_access(allows, map(widest_deny, own.denies))]
    for limit in limits:
        certain = [term for term in limit.allows if not has_open_texts(term, all_texts)]
        layers.append(_layer_access(certain, map(widest_deny, limit.denies)))
    return reduce(and_, layers)


def _possible_access(own: StatementTerms, limits: Sequence[StatementTerms]) -> Access:
    """What some values of the parameters may allow. Parameters of resources stay, as the proof knows them."""
    layers = []
    for layer in (own, *limits):
        denies = [deny for deny in layer.denies if deny not in layer.uncertain and not has_open_texts(deny, all_texts)]
        layers.append(_layer_access(map(widest_allow, layer.allows), denies))
    return reduce(and_, layers)


def _certain_allow(term: StatementTerm, forbidden: ForbiddenRequests) -> StatementTerm | None:
    """The statement with the resources that the rule is about whatever their parameters are; None without any.

    A condition with a parameter holds for some request whatever the value is, which matters only if the rule permits
    requests by their conditions or principals.
    """
    statement = term.statement
    if has_open_texts(term, action_texts) or has_open_texts(term, key_texts):
        return None
    if forbidden.permitted and (has_open_texts(term, value_texts) or has_open_texts(term, principal_texts)):
        return None
    resources = statement.resources
    is_open = has_open_texts(term, resource_texts)
    if forbidden.covers_every_resource or (not is_open and not forbidden.of_one_resource):
        return None if is_open and resources is not None and resources.negated else term
    if resources is None or resources.negated:
        return None
    known = tuple(value for value in resources.values if _is_known_to_match(value, forbidden))
    return term.with_statement(replace(statement, resources=MatchList(known))) if known else None


def _is_about_forbidden_resources(term: StatementTerm, forbidden: ForbiddenRequests) -> bool:
    """Whether all resources that the statement may be about are forbidden ones."""
    resources = term.statement.resources
    if forbidden.covers_every_resource:
        return True
    return (
        resources is not None
        and not resources.negated
        and all(_is_known_to_match(value, forbidden) for value in resources.values)
    )


def _is_known_to_match(value: str, forbidden: ForbiddenRequests) -> bool:
    """Whether a Resource value, with any parameters, matches only resources that the rule is about."""
    if not has_parameters(value) and not forbidden.of_one_resource:
        return True
    widest = "".join("*" if token.is_parameter else token.text for token in tokenize(value))
    return any(covers(resource, widest) for resource in forbidden.resources)
