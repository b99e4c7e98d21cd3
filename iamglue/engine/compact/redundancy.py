"""Removal of statements, actions and resources that the rest of a policy already allows or denies.

Patterns must cover every single action on every single resource. It is not enough that the catalogue has no request for
it, because the catalogue may be incomplete. The solver decides what conditions and principals cover.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from iamglue.engine.solve.access import Access, access_of
from iamglue.engine.solve.action_bitsets import actions_in, element_bitset
from iamglue.engine.solve.budget import REDUNDANCY_STEPS, step_budget
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.policy.arns import is_single_star, resource_covers, resource_intersects
from iamglue.policy.model import VERSION_2012, Effect, MatchList, Policy, Statement
from iamglue.policy.patterns.wildcards import covers_action, intersects_action

# Each statement is compared with every other one. No policy that IAM accepts, and no AWS managed policy, has more
# statements than this.
_MAX_STATEMENTS = 250

_Relation = Callable[[str, str], bool]


def remove_redundancy(policy: Policy) -> Policy:
    """The policy without what the rest of it covers. Allow and Deny statements are checked separately.

    The policy therefore means the same together with any other policies: a Deny is kept even if nothing here allows its
    requests.
    """
    if len(policy.statements) > _MAX_STATEMENTS:
        return policy
    if policy.version != VERSION_2012 and any(
        "${" in text for statement in policy.statements for text in _resource_values(statement)
    ):
        return policy  # `${` is not a variable in this version, but the pattern relations would treat it as one
    pruner = _Pruner(policy.version, list(policy.statements))
    # Later statements are removed first, so the first of two equal statements stays. A statement stays if its
    # redundancy is not proved within the budget.
    with step_budget(REDUNDANCY_STEPS):
        for index in reversed(range(len(policy.statements))):
            pruner.prune(index)
    return replace(policy, statements=tuple(statement for statement in pruner.statements if statement is not None))


def statements_access(statements: Sequence[Statement], version: str | None) -> Access:
    """The requests that at least one statement applies to, regardless of its effect."""
    return access_of([Policy(tuple(replace(statement, effect=Effect.ALLOW) for statement in statements), version)])


@dataclass(slots=True)
class _Pruner:
    """The remaining statements, and a cache of the solver's answers."""

    version: str | None
    statements: list[Statement | None]
    answers: dict[tuple[Statement, ...], bool] = field(default_factory=dict)

    def prune(self, index: int) -> None:
        """Remove the statement at this index, or the values of it that other statements cover."""
        statement = self.statements[index]
        others = [other for other_index, other in enumerate(self.statements) if other_index != index and other]
        same_effect = [other for other in others if statement and other.effect is statement.effect]
        if statement is None or not same_effect:
            return
        if self._is_covered(statement, same_effect):
            self.statements[index] = None
            return
        for element in _single_value_elements(statement.actions):
            if _has_other_values(statement.actions, element) and self._is_covered(
                replace(statement, actions=element), same_effect
            ):
                statement = replace(statement, actions=_without_values(statement.actions, element))
        for element in _single_value_elements(statement.resources):
            if _has_other_values(statement.resources, element) and self._is_covered(
                replace(statement, resources=element), same_effect
            ):
                statement = replace(statement, resources=_without_values(statement.resources, element))
        self.statements[index] = statement

    def _is_covered(self, part: Statement, others: Sequence[Statement]) -> bool:
        """Whether the other statements apply wherever `part` does, including actions that AWS may add."""
        for actions in _single_value_elements(part.actions):
            covering = [
                statement
                for statement in others
                if _element_covers(statement.actions, actions, covers_action, intersects_action)
            ]
            if not covering or not all(
                self._resource_is_covered(part, actions, resources, covering)
                for resources in _single_value_elements(part.resources)
            ):
                return False
        return True

    def _resource_is_covered(
        self, part: Statement, actions: MatchList, resources: MatchList | None, candidates: list[Statement]
    ) -> bool:
        """Whether the candidates apply wherever `part` does, for one action and one resource."""
        covering = [statement for statement in candidates if _resource_element_covers(statement.resources, resources)]
        if any(not statement.conditions and statement.principals in (None, part.principals) for statement in covering):
            return True
        action = next(actions_in(element_bitset(actions)), None)
        if action is None or not covering:
            return False
        # Actions and resources are covered, so only conditions and principals are compared, on any one action.
        reduced = tuple(_reduce_to_conditions(statement, str(action)) for statement in (part, *covering))
        if reduced not in self.answers:
            comparison = compare(
                statements_access(reduced[:1], self.version), statements_access(reduced[1:], self.version)
            )
            self.answers[reduced] = comparison.answer is ComparisonAnswer.NO_NEW_ACCESS
        return self.answers[reduced]


def _reduce_to_conditions(statement: Statement, action: str) -> Statement:
    """The statement for one action on all resources, without its Sid."""
    return replace(statement, actions=MatchList((action,)), resources=MatchList(("*",)), sid=None)


def _single_value_elements(element: MatchList | None) -> Iterator[MatchList]:
    """Each value of a list as an element of its own; a NotAction or NotResource as a whole."""
    if element is None or element.negated:
        yield element or MatchList(("*",))
    else:
        yield from (MatchList((value,)) for value in element.values)


def _has_other_values(element: MatchList | None, part: MatchList) -> bool:
    """Whether the element is a list of values that has more than those of `part`."""
    return element is not None and not element.negated and any(value not in part.values for value in element.values)


def _without_values(element: MatchList | None, part: MatchList) -> MatchList:
    """The element without the values of `part`."""
    return MatchList(tuple(value for value in element.values if value not in part.values) if element else ())


def _resource_element_covers(general: MatchList | None, specific: MatchList | None) -> bool:
    """Whether `general` matches all that `specific` matches; a statement without Resource covers only one without."""
    if general is None or specific is None:
        return general is specific
    return _element_covers(general, specific, resource_covers, resource_intersects)


def _element_covers(general: MatchList, specific: MatchList, covers: _Relation, overlaps: _Relation) -> bool:
    """Whether `general` matches all that `specific` matches; `specific` is one value, or a negated list."""
    if specific.negated and not general.negated:
        return any(map(is_single_star, general.values))
    if specific.negated:
        return all(
            any(covers(excluded, general_excluded) for excluded in specific.values)
            for general_excluded in general.values
        )
    value = specific.values[0]
    if general.negated:
        return not any(overlaps(pattern, value) for pattern in general.values)
    return any(covers(pattern, value) for pattern in general.values)


def _resource_values(statement: Statement) -> tuple[str, ...]:
    return statement.resources.values if statement.resources else ()
