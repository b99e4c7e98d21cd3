"""Policies made ready to be asked: each statement as the tests of its elements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from iamglue.engine.evaluate.conditions import ContextTest, condition_test
from iamglue.engine.evaluate.decision import StatementRef
from iamglue.engine.evaluate.principals import principal_test
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.resources import RequestTest, resource_test
from iamglue.engine.evaluate.truth import Truth
from iamglue.policy.arns import DEFAULT_MATCH_OPTIONS, ResourceMatchOptions
from iamglue.policy.model import VERSION_2012, Effect, MatchList, Policy, Statement
from iamglue.policy.patterns.matching import Matcher
from iamglue.policy.patterns.wildcards import compile_pattern

# So many actions' statements are remembered; then the memory starts anew.
_REMEMBERED = 8192


@dataclass(frozen=True, slots=True)
class PreparedStatement:
    """A statement with a test for its actions and the tests of its other elements, each with its name.

    `applies` tells whether every element but the action matches a request.
    """

    ref: StatementRef
    statement: Statement
    matches_action: Matcher
    tests: tuple[tuple[str, RequestTest], ...]
    applies: RequestTest = field(init=False, repr=False, compare=False)
    refs: tuple[StatementRef] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "applies", _all_hold([test for _, test in self.tests]))
        object.__setattr__(self, "refs", (self.ref,))


@dataclass(frozen=True, slots=True, eq=False)
class PreparedPolicies:
    """Policies that are evaluated together; prepare them once, and ask them often."""

    statements: tuple[PreparedStatement, ...]
    _by_action: dict[str, tuple[tuple[PreparedStatement, ...], tuple[PreparedStatement, ...]]] = field(
        default_factory=dict, repr=False
    )

    def on_action(self, action: str) -> tuple[tuple[PreparedStatement, ...], tuple[PreparedStatement, ...]]:
        """The Deny and the Allow statements whose actions include `action`."""
        found = self._by_action.get(action)
        if found is None:
            lower = action.lower()
            hits = [each for each in self.statements if each.matches_action(lower)]
            found = (_of(Effect.DENY, hits), _of(Effect.ALLOW, hits))
            if len(self._by_action) >= _REMEMBERED:
                self._by_action.clear()
            self._by_action[action] = found
        return found


def prepare_policies(
    policies: Sequence[Policy], *, reading: ResourceMatchOptions = DEFAULT_MATCH_OPTIONS
) -> PreparedPolicies:
    """Policies of one kind; `reading` says how their Resource patterns are read."""
    return PreparedPolicies(
        tuple(
            prepared_statement(
                StatementRef(at, place, statement.sid),
                statement,
                variables=policy.version == VERSION_2012,
                reading=reading,
            )
            for at, policy in enumerate(policies)
            for place, statement in enumerate(policy.statements)
        )
    )


Refs = tuple[StatementRef, ...]
NO_REFS: Refs = ()
_NONE = (NO_REFS, NO_REFS)


def _all_hold(tests: list[RequestTest]) -> RequestTest:
    if len(tests) == 1:
        return tests[0]

    def applies(request: Request) -> Truth:
        found: Truth = True
        for test in tests:
            held = test(request)
            if not held:
                if held is False:
                    return False
                found = None
        return found

    return applies


def find_applicable_statements(statements: tuple[PreparedStatement, ...], request: Request) -> tuple[Refs, Refs]:
    """Which of the statements apply to the request, and of which it is not known; their actions are taken to match."""
    if len(statements) == 1:
        only = statements[0]
        applies = only.applies(request)
        if applies is False:
            return _NONE
        return (only.refs, NO_REFS) if applies else (NO_REFS, only.refs)
    found = unknown = NO_REFS
    for statement in statements:
        applies = statement.applies(request)
        if applies:
            found = (*found, statement.ref)
        elif applies is None:
            unknown = (*unknown, statement.ref)
    return found, unknown


def _of(effect: Effect, statements: Iterable[PreparedStatement]) -> tuple[PreparedStatement, ...]:
    return tuple(each for each in statements if each.statement.effect is effect)


def prepared_statement(
    ref: StatementRef, statement: Statement, *, variables: bool, reading: ResourceMatchOptions = DEFAULT_MATCH_OPTIONS
) -> PreparedStatement:
    """A statement made ready to be asked; `variables`: whether `${...}` is a policy variable in it."""
    tests: list[tuple[str, RequestTest]] = []
    if statement.resources is not None:
        name = "NotResource" if statement.resources.negated else "Resource"
        tests.append((name, resource_test(statement.resources, reading, variables=variables)))
    if statement.principals is not None:
        name = "NotPrincipal" if statement.principals.negated else "Principal"
        tests.append((name, principal_test(statement.principals)))
    for condition in statement.conditions:
        test = condition_test(condition, variables=variables)
        tests.append((f"condition {condition.operator} on {condition.key}", _on_context(test)))
    return PreparedStatement(ref, statement, _action_test(statement.actions), tuple(tests))


def _on_context(test: ContextTest) -> RequestTest:
    return lambda request: test(request.lowercase_context)


def _action_test(element: MatchList) -> Matcher:
    """Takes the action in lower case: actions are compared without case."""
    patterns = [value.lower() for value in element.values]
    exact = frozenset(value for value in patterns if "*" not in value and "?" not in value)
    matchers = [compile_pattern(value) for value in patterns if value not in exact]
    negated = element.negated
    return lambda action: (action in exact or any(match(action) for match in matchers)) is not negated
