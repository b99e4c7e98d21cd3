"""What a role grants that no row names: what remains of each statement of its policies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from iamglue.audit.access.fast_decisions import is_trivially_allowed
from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.access.usual_policies import is_usual_policy
from iamglue.catalog.services import find_action
from iamglue.engine.solve.access import Access, StatementTerm, access_of
from iamglue.engine.solve.action_bitsets import element_bitset
from iamglue.engine.solve.allowed_actions import find_allowed_actions
from iamglue.engine.solve.budget import EXHAUSTED_REASON, PROOF_STEPS, Exhausted, step_budget
from iamglue.engine.solve.narrowing import term_access
from iamglue.engine.solve.other_types import describe_other_type, prove_empty_on_other_types
from iamglue.engine.solve.proof import Verdict, prove_empty
from iamglue.findings import NotEvaluatedKind
from iamglue.model.reconciliation import AccessSource, ReconcileGap, SourceEvidence
from iamglue.model.role_context import RoleContext
from iamglue.policy.model import MatchList, Policy, Statement, allow_statement
from iamglue.policy.patterns.wildcards import has_wildcard, intersects_action
from iamglue.reconcile.granted import GrantedAccess
from iamglue.reconcile.resources import ResourceMatch, has_parameter, match_resource

_DEPENDS_ON_PARAMETERS = "it depends on the values of deployment parameters (`${...}`)"


@dataclass(frozen=True, slots=True)
class GrantedRemainder:
    """What a statement allows of an action and a resource, as the policy has them, and no row names.

    `actions` is the bitset of the known actions of it; 0 if these are only actions that AWS may add.
    `is_whole`: no row names anything that the statement allows of the action and the resource. `is_usual`: it is of a
    policy that frameworks attach to the role of every function. `undecided` is why it is not known whether anything
    remains; empty if it certainly does. `is_unlisted`: AWS's reference does not list the resource for the action.
    `in_all_cases`: in each case of the template. `condition_keys` are those that the statement tests.
    """

    action: str
    resource: str
    actions: int
    evidence: SourceEvidence
    is_whole: bool
    is_usual: bool = False
    undecided: str = ""
    is_unlisted: bool = False
    in_all_cases: bool = True
    condition_keys: tuple[str, ...] = ()


def find_remainders(
    granted: GrantedAccess, named: Iterable[Statement]
) -> tuple[tuple[GrantedRemainder, ...], tuple[ReconcileGap, ...]]:
    """What the role grants that none of the statements `named` has, and what could not be compared."""
    statements = tuple(named)
    by_case: list[dict[tuple[str, str, str], GrantedRemainder]] = []
    gaps: list[ReconcileGap] = []
    for access, context in granted.accesses:
        search = _RemainderSearch(granted, access, context, statements)
        by_case.append({(item.action, item.resource, item.evidence.text): item for item in search.remainders()})
        gaps += search.gaps
    merged = {key: item for case in by_case for key, item in case.items()}
    remainders = (replace(item, in_all_cases=all(key in case for case in by_case)) for key, item in merged.items())
    return tuple(remainders), tuple(dict.fromkeys(gaps))


class _RemainderSearch:
    """The search in one case of a role: each action on each resource of each statement alone."""

    def __init__(
        self, granted: GrantedAccess, access: RoleAccess, context: RoleContext, named: tuple[Statement, ...]
    ) -> None:
        self._granted = granted
        self._access = access
        self._named = named
        planned = context.account.planned or any(map(_has_parameters, named))
        self._kind = NotEvaluatedKind.UNDECIDABLE if planned else NotEvaluatedKind.FAILED
        self._listed: dict[StatementTerm, int] = {}
        self.gaps: list[ReconcileGap] = []

    def remainders(self) -> Iterator[GrantedRemainder]:
        """What remains of each statement, or may remain; fills `gaps`."""
        for term in self._access.identity_layer.allows:
            for part in _by_resource(term.statement):
                covered = 0
                for single in _by_action(part):
                    remainder = self._of_pair(term, single, covered)
                    if remainder is not None:
                        covered |= remainder.actions
                        yield remainder

    def _of_pair(self, term: StatementTerm, single: Statement, covered: int) -> GrantedRemainder | None:
        """What remains of one action on one resource, without the actions that others of the statement have."""
        related = [statement for statement in self._named if _may_overlap(statement, single)]
        trivial = 0 if related else self._trivial_action(single)
        pair = term_access(term.with_statement(single))
        wanted, access = access_of([Policy(tuple(related))]), self._access_to(single.actions)
        rest = _Remainder(trivial) if trivial else _find_remainder(pair & (access - wanted), single.actions)
        if rest is None or (rest.is_unlisted and self._is_listed_elsewhere(term, rest.actions)):
            return None
        rest = _with_parameter_values(rest, single, related)
        if rest.undecided and not rest.is_unlisted and not related and self._grants_all(single):
            rest = _Remainder(rest.actions)  # what is granted and overlaps no row remains, whatever its parameters are
        if covered and rest.actions and not rest.actions & ~covered:
            return None
        location = self._access.identity_layer.statement_location(term)
        remainder = GrantedRemainder(
            _action(single),
            _resource(single),
            rest.actions & ~covered,
            self._granted.statement_evidence(term, self._access),
            is_whole=not related or prove_empty(pair & access & wanted).verdict is Verdict.EMPTY,
            is_usual=is_usual_policy(location.policy),
            undecided=rest.undecided,
            is_unlisted=rest.is_unlisted,
            condition_keys=tuple(dict.fromkeys(condition.key for condition in term.statement.conditions)),
        )
        if rest.undecided and not rest.is_unlisted:
            what = f"whether the role grants more than the rows of `{remainder.action}` on `{remainder.resource}`"
            kind = NotEvaluatedKind.UNDECIDABLE if rest.depends_on_variables else self._kind
            self.gaps.append(ReconcileGap(AccessSource.GRANTED, what, rest.undecided, kind))
        return remainder

    def _is_listed_elsewhere(self, term: StatementTerm, actions: int) -> bool:
        """Whether a statement has resources for actions that AWS's reference lists for them: the others do nothing."""
        if term not in self._listed:
            self._listed[term] = find_allowed_actions(term_access(term)).bitset
        return not actions & ~self._listed[term]

    def _trivial_action(self, single: Statement) -> int:
        """The bit of the one known action that a statement grants on every resource; 0 if a proof is needed."""
        on_all = not single.conditions and single.resources is not None and single.resources.values == ("*",)
        if not on_all or not is_trivially_allowed(self._access, single):
            return 0
        return element_bitset(single.actions)

    def _grants_all(self, single: Statement) -> bool:
        """Whether the role certainly grants one action on one resource."""
        is_single = not (single.actions.negated or single.resources is None or single.resources.negated)
        if not is_single or has_wildcard(single.actions.values[0]):
            return False
        plain = allow_statement((_action(single),), (_resource(single),))
        return self._granted.answer([plain], ()).value is True

    def _access_to(self, element: MatchList) -> Access:
        """The access of the role; by the statements about one action if it is one, which makes proofs shorter."""
        (action, *others) = element.values
        return self._access.access if element.negated or others else self._access.access_to_action(action)


@dataclass(frozen=True, slots=True)
class _Remainder:
    """The known actions that a set of requests has, 0 if it only has actions that AWS may add.

    With `undecided`, why it is not known whether it has any; `depends_on_variables`: only values that are not known
    decide it. `is_unlisted`: only on resources that AWS's reference does not list for the actions.
    """

    actions: int
    undecided: str = ""
    is_unlisted: bool = False
    depends_on_variables: bool = False


def _find_remainder(access: Access, element: MatchList) -> _Remainder | None:
    """What a set of requests for an Action element has; None if it is empty."""
    try:
        with step_budget(PROOF_STEPS):
            allowed = find_allowed_actions(access).bitset
    except Exhausted:
        return _Remainder(element_bitset(element), EXHAUSTED_REASON)
    if allowed:
        return _Remainder(allowed)
    proof = prove_empty(access)
    if proof.verdict is Verdict.EMPTY:
        other = prove_empty_on_other_types(access, is_reliable=False).witness
        return (
            None if other is None else _Remainder(element_bitset(element), describe_other_type(other), is_unlisted=True)
        )
    if proof.verdict is Verdict.UNKNOWN:
        return _Remainder(element_bitset(element), proof.reason, depends_on_variables=proof.depends_on_variables)
    return _Remainder(0) if proof.future_only else _Remainder(element_bitset(element), is_unlisted=proof.unlisted_only)


def _with_parameter_values(rest: _Remainder, single: Statement, related: Iterable[Statement]) -> _Remainder:
    """The rest, whatever the values of parameters in the resource are: with one, it may be the resource of a row.

    Actions that no such row has remain in any case. A proof takes a parameter for a name that no row has.
    """
    if rest.undecided or not _has_parameters(single):
        return rest
    in_rows = 0
    for statement in related:
        in_rows |= element_bitset(statement.actions)
    if not in_rows:
        return rest
    certain = rest.actions & ~in_rows
    return (
        replace(rest, actions=certain)
        if certain
        else replace(rest, undecided=_DEPENDS_ON_PARAMETERS, depends_on_variables=True)
    )


def _may_overlap(named: Statement, single: Statement) -> bool:
    """Whether two statements may have an action on a resource in common, whatever the values of parameters are."""
    if single.actions.negated or named.resources is None:
        return True
    if not any(intersects_action(name, value) for name in named.actions.values for value in single.actions.values):
        return False
    if single.resources is None or single.resources.negated:
        return True
    return any(
        match_resource(resource, value) is not ResourceMatch.NONE
        for resource in named.resources.values
        for value in single.resources.values
    )


def _has_parameters(statement: Statement) -> bool:
    return statement.resources is not None and any(map(has_parameter, statement.resources.values))


def _by_resource(statement: Statement) -> Iterator[Statement]:
    """The statement with each of its resources alone; whole if it has NotResource."""
    if statement.resources is None or statement.resources.negated:
        yield statement
        return
    for value in statement.resources.values:
        yield replace(statement, resources=MatchList((value,)))


def _by_action(statement: Statement) -> Iterator[Statement]:
    """The statement with each of its actions alone, patterns last; whole if it has NotAction."""
    if statement.actions.negated:
        yield statement
        return
    for value in sorted(dict.fromkeys(statement.actions.values), key=lambda value: (has_wildcard(value), value)):
        yield replace(statement, actions=MatchList((value,)))


def _action(statement: Statement) -> str:
    """The only action of a statement, as AWS's reference spells it; `*` if it has NotAction."""
    if statement.actions.negated:
        return "*"
    (value,) = statement.actions.values
    facts = None if has_wildcard(value) else find_action(value.lower())
    return value if facts is None else str(facts)


def _resource(statement: Statement) -> str:
    """The only resource of a statement; `*` if it has NotResource."""
    resources = statement.resources
    return "*" if resources is None or resources.negated else resources.values[0]
