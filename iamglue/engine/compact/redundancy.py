"""Statements, actions and resources that the rest of a policy allows or denies as well.

Every single action on every single resource must be covered by patterns: that the catalogue knows no request for it is
no reason to drop it, as the catalogue may lack something. What conditions and principals cover, the algebra decides.
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

# Each statement is held against each other one; no policy that IAM takes, and none of AWS's own, has so many.
_MOST_STATEMENTS = 250

_Relation = Callable[[str, str], bool]


def remove_redundancy(policy: Policy) -> Policy:
    """The policy without what the rest of it covers. Allow and Deny statements are looked at apart.

    So the policy means the same beside any other policies: a Deny that nothing here allows is still a Deny.
    """
    if len(policy.statements) > _MOST_STATEMENTS:
        return policy
    if policy.version != VERSION_2012 and any("${" in text for each in policy.statements for text in _resources(each)):
        return policy  # `${` is no variable then, which the relations of patterns are not told
    pruning = _Pruning(policy.version, list(policy.statements))
    # Later statements are dropped first: where two say the same, the first stays.
    # A statement of which that is not shown within the budget stays.
    with step_budget(REDUNDANCY_STEPS):
        for at in reversed(range(len(policy.statements))):
            pruning.prune(at)
    return replace(policy, statements=tuple(each for each in pruning.statements if each is not None))


def statements_access(statements: Sequence[Statement], version: str | None) -> Access:
    """The requests that any of the statements applies to, whatever their effect."""
    return access_of([Policy(tuple(replace(each, effect=Effect.ALLOW) for each in statements), version)])


@dataclass(slots=True)
class _Pruning:
    """The statements that are left, and what the algebra has answered."""

    version: str | None
    statements: list[Statement | None]
    answers: dict[tuple[Statement, ...], bool] = field(default_factory=dict)

    def prune(self, at: int) -> None:
        """Drop the statement at `at`, or what of it the others cover."""
        statement = self.statements[at]
        others = [each for place, each in enumerate(self.statements) if place != at and each]
        rest = [each for each in others if statement and each.effect is statement.effect]
        if statement is None or not rest:
            return
        if self._is_covered(statement, rest):
            self.statements[at] = None
            return
        for element in _single(statement.actions):
            kept = _without(statement.actions, element)
            if kept.values and self._is_covered(replace(statement, actions=element), rest):
                statement = replace(statement, actions=kept)
        for element in _single(statement.resources) if statement.resources else ():
            kept = _without(statement.resources, element)
            if kept.values and self._is_covered(replace(statement, resources=element), rest):
                statement = replace(statement, resources=kept)
        self.statements[at] = statement

    def _is_covered(self, part: Statement, rest: Sequence[Statement]) -> bool:
        """Whether `rest` applies wherever `part` does, for actions that AWS may add too."""
        for actions in _single(part.actions):
            near = [each for each in rest if _covers(each.actions, actions, covers_action, intersects_action)]
            if not near or not all(self._holds(part, actions, each, near) for each in _single(part.resources)):
                return False
        return True

    def _holds(self, part: Statement, actions: MatchList, resources: MatchList | None, near: list[Statement]) -> bool:
        covering = [each for each in near if _covers_resources(each.resources, resources)]
        if any(not each.conditions and each.principals in (None, part.principals) for each in covering):
            return True
        known = next(actions_in(element_bitset(actions)), None)
        if known is None or not covering:
            return False
        # Actions and resources are covered: what is left are the conditions and principals on any one of them.
        bare = tuple(_bare(each, str(known)) for each in (part, *covering))
        if bare not in self.answers:
            found = compare(statements_access(bare[:1], self.version), statements_access(bare[1:], self.version))
            self.answers[bare] = found.answer is ComparisonAnswer.NO_NEW_ACCESS
        return self.answers[bare]


def _bare(statement: Statement, action: str) -> Statement:
    return replace(statement, actions=MatchList((action,)), resources=MatchList(("*",)), sid=None)


def _single(element: MatchList | None) -> Iterator[MatchList]:
    """A list's values one by one; a NotAction or NotResource as a whole."""
    if element is None or element.negated:
        yield element or MatchList(("*",))
    else:
        yield from (MatchList((value,)) for value in element.values)


def _without(element: MatchList | None, part: MatchList) -> MatchList:
    if element is None or element.negated:
        return MatchList(())
    return MatchList(tuple(each for each in element.values if each not in part.values))


def _covers_resources(general: MatchList | None, specific: MatchList | None) -> bool:
    if general is None or specific is None:
        return general is specific
    return _covers(general, specific, resource_covers, resource_intersects)


def _covers(general: MatchList, specific: MatchList, covers: _Relation, meets: _Relation) -> bool:
    """Whether `general` matches all that `specific` does, which is one value, or a negated list."""
    if specific.negated and not general.negated:
        return any(map(is_single_star, general.values))
    if specific.negated:
        return all(any(covers(one, other) for one in specific.values) for other in general.values)
    value = specific.values[0]
    if general.negated:
        return not any(meets(each, value) for each in general.values)
    return any(covers(each, value) for each in general.values)


def _resources(statement: Statement) -> tuple[str, ...]:
    return statement.resources.values if statement.resources else ()
