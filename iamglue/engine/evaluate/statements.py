"""Policies prepared for evaluation: each statement as tests of its elements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from iamglue.engine.evaluate.conditions import ContextTest, condition_test
from iamglue.engine.evaluate.decision import StatementRef
from iamglue.engine.evaluate.principals import principal_test
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.resources import RequestTest, resource_test
from iamglue.engine.evaluate.truth import Truth
from iamglue.engine.evaluate.version_variables import with_read_variables
from iamglue.policy.arns import DEFAULT_MATCH_OPTIONS, ResourceMatchOptions
from iamglue.policy.model import Effect, MatchList, Policy, Statement
from iamglue.policy.patterns.matching import Matcher
from iamglue.policy.patterns.wildcards import compile_pattern

# The number of actions whose statements are cached; a full cache is cleared.
_CACHE_SIZE = 8192


@dataclass(frozen=True, slots=True)
class PreparedStatement:
    """A statement with a matcher for its actions and a named test for each other element.

    `applies` is the test whether every element except the action matches a request.
    """

    ref: StatementRef
    statement: Statement
    matches_action: Matcher
    tests: tuple[tuple[str, RequestTest], ...]
    applies: RequestTest = field(init=False, repr=False, compare=False)
    refs: tuple[StatementRef] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "applies", _all_tests([test for _, test in self.tests]))
        object.__setattr__(self, "refs", (self.ref,))


@dataclass(frozen=True, slots=True, eq=False)
class PreparedPolicies:
    """Policies that are evaluated together. Prepare them once to evaluate many requests."""

    statements: tuple[PreparedStatement, ...]
    _by_action: dict[str, tuple[tuple[PreparedStatement, ...], tuple[PreparedStatement, ...]]] = field(
        default_factory=dict, repr=False
    )

    def on_action(self, action: str) -> tuple[tuple[PreparedStatement, ...], tuple[PreparedStatement, ...]]:
        """The Deny and the Allow statements whose actions include `action`."""
        by_effect = self._by_action.get(action)
        if by_effect is None:
            lower = action.lower()
            matching = [statement for statement in self.statements if statement.matches_action(lower)]
            by_effect = (_with_effect(Effect.DENY, matching), _with_effect(Effect.ALLOW, matching))
            if len(self._by_action) >= _CACHE_SIZE:
                self._by_action.clear()
            self._by_action[action] = by_effect
        return by_effect


def prepare_policies(
    policies: Sequence[Policy], *, match_options: ResourceMatchOptions = DEFAULT_MATCH_OPTIONS
) -> PreparedPolicies:
    """Prepare policies of one kind. `match_options` defines how their Resource patterns match."""
    return PreparedPolicies(
        tuple(
            prepared_statement(
                StatementRef(policy_index, statement_index, statement.sid),
                read,
                variables=variables,
                match_options=match_options,
            )
            for policy_index, policy in enumerate(policies)
            for statement_index, statement in enumerate(policy.statements)
            for read, variables in (with_read_variables(statement, policy.version),)
        )
    )


Refs = tuple[StatementRef, ...]
NO_REFS: Refs = ()
_NONE = (NO_REFS, NO_REFS)


def _all_tests(tests: list[RequestTest]) -> RequestTest:
    """One test that all of these tests pass."""
    if len(tests) == 1:
        return tests[0]

    def applies(request: Request) -> Truth:
        result: Truth = True
        for test in tests:
            truth = test(request)
            if not truth:
                if truth is False:
                    return False
                result = None
        return result

    return applies


def find_applicable_statements(statements: tuple[PreparedStatement, ...], request: Request) -> tuple[Refs, Refs]:
    """Split statements into applicable and undecided; callers have already matched the action."""
    if len(statements) == 1:
        only = statements[0]
        applies = only.applies(request)
        if applies is False:
            return _NONE
        return (only.refs, NO_REFS) if applies else (NO_REFS, only.refs)
    applicable = undecided = NO_REFS
    for statement in statements:
        applies = statement.applies(request)
        if applies:
            applicable = (*applicable, statement.ref)
        elif applies is None:
            undecided = (*undecided, statement.ref)
    return applicable, undecided


def _with_effect(effect: Effect, statements: Iterable[PreparedStatement]) -> tuple[PreparedStatement, ...]:
    """The statements with this effect."""
    return tuple(statement for statement in statements if statement.statement.effect is effect)


def prepared_statement(
    ref: StatementRef,
    statement: Statement,
    *,
    variables: bool,
    match_options: ResourceMatchOptions = DEFAULT_MATCH_OPTIONS,
) -> PreparedStatement:
    """Prepare a statement. `variables` is whether `${...}` is a policy variable in it."""
    tests: list[tuple[str, RequestTest]] = []
    if statement.resources is not None:
        name = "NotResource" if statement.resources.negated else "Resource"
        tests.append((name, resource_test(statement.resources, match_options, variables=variables)))
    if statement.principals is not None:
        name = "NotPrincipal" if statement.principals.negated else "Principal"
        tests.append((name, principal_test(statement.principals)))
    for condition in statement.conditions:
        test = condition_test(condition, variables=variables)
        tests.append((f"condition {condition.operator} on {condition.key}", _context_test(test)))
    return PreparedStatement(ref, statement, _action_matcher(statement.actions), tuple(tests))


def _context_test(test: ContextTest) -> RequestTest:
    """A test of the request's context as a test of the request."""
    return lambda request: test(request.lowercase_context)


def _action_matcher(element: MatchList) -> Matcher:
    """A matcher for the action in lower case, because AWS compares actions without case."""
    patterns = [value.lower() for value in element.values]
    exact = frozenset(value for value in patterns if "*" not in value and "?" not in value)
    matchers = [compile_pattern(value) for value in patterns if value not in exact]
    negated = element.negated
    return lambda action: (action in exact or any(match(action) for match in matchers)) is not negated
