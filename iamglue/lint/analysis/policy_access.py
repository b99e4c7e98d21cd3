"""The access that a policy in a file is certain to give to its caller, and the access that it may give.

The values that are known only at deployment narrow the certain access as much as possible, and the possible access as
little as possible. A Deny with unknown parts may deny nothing, so it is left out of both, and so is one in a branch of
Fn::If, unless every Allow is in that branch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property, lru_cache

from iamglue.catalog.context_keys import KeyKind, key_kind
from iamglue.catalog.escalation_paths import EscalationPath
from iamglue.engine.evaluate.decision import StatementRef
from iamglue.engine.solve.access import StatementTerm
from iamglue.lint.analysis.deployed_text import SAMPLE_LOCATION, deployed_text
from iamglue.lint.analysis.required_key import requires_key
from iamglue.lint.analysis.wide_statements import wide_statements, wildcard_resources
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.model import Effect, MatchList, Statement
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.patterns.wildcards import matches_action
from iamglue.policy.source.nodes import Node
from iamglue.risk.effective_access import EffectiveAccess
from iamglue.risk.escalation_steps import grants_on_all, grants_on_some, may_start_path, possible_paths
from iamglue.risk.policy_layer import PolicyLayer, RequestGrant

_OF_CALLER = (KeyKind.FREE, KeyKind.USER)
_EVERY_RESOURCE = MatchList(("*",))


# Several rules call this for the same policy in turn.
@lru_cache(maxsize=4)
def policy_access(policy: ParsedPolicy) -> PolicyAccess:
    """What the policy allows to its unknown caller."""
    return PolicyAccess(policy)


class PolicyAccess:
    """What a policy allows to its unknown caller; answers are cached.

    `certain` has only the statements that no unknown value, name or parameter limits; `possible` has all.
    """

    def __init__(self, policy: ParsedPolicy) -> None:
        self._by_index = {statement.index: statement for statement in policy.statements}
        self._has_variables = policy.has_variables or policy.has_unresolved
        self._wide = wide_statements(policy)
        self._deny_terms = tuple(self._denies())

    @cached_property
    def certain(self) -> EffectiveAccess:
        """The access by the wide statements, except those for every action, which have a rule of their own."""
        return self._access(self._term(statement, _certain_value(statement)) for statement in self._wide.others)

    @cached_property
    def possible(self) -> EffectiveAccess:
        """The access that the policy may give once all of its values are known."""
        return self._access(
            self._term(statement, _possible_value(statement))
            for statement in self._by_index.values()
            if statement.effect is Effect.ALLOW and statement.action is not None
        )

    @cached_property
    def open_paths(self) -> tuple[tuple[EscalationPath, tuple[RequestGrant, ...]], ...]:
        """The escalation paths that the policy opens by itself, each with the grants of its steps.

        What a path needs on every resource must be certain; of what it needs on some resource, that it is possible. A
        policy with full access opens none: there is nothing left to obtain.
        """
        return tuple(self._find_open_paths())

    def is_allowed_by(self, statement: ParsedStatement, action: str, shape: str) -> bool:
        """Whether a wide statement that matches the action allows it on every resource of a shape, after the Denys."""
        value = replace(_certain_value(statement), actions=MatchList((action,)))
        return self._access((self._term(statement, value),)).grant_on_all(action, shape) is not None

    def statement(self, term: StatementTerm) -> ParsedStatement:
        """The statement of a term."""
        return self._by_index[term.ref.statement]

    def _find_open_paths(self) -> Iterator[tuple[EscalationPath, tuple[RequestGrant, ...]]]:
        """Yield the escalation paths that the policy opens, with the grants; administrators need none."""
        has_full_access = any(not (entry.node.branches or node.branches) for entry, node in self._wide.full_access)
        if has_full_access or not may_start_path(self.certain):
            return
        for path in possible_paths(self.possible):
            on_all = grants_on_all(path, self.certain)
            on_some = grants_on_some(path, self.possible) if on_all is not None else None
            if on_all is not None and on_some is not None:
                yield path, (*on_all, *on_some)

    def _access(self, allows: Iterable[StatementTerm]) -> EffectiveAccess:
        return EffectiveAccess(PolicyLayer((*allows, *self._deny_terms)), (), SAMPLE_LOCATION)

    def _term(self, statement: ParsedStatement, value: Statement) -> StatementTerm:
        return StatementTerm(value, StatementRef(0, statement.index), self._has_variables)

    def _denies(self) -> Iterator[StatementTerm]:
        """Yield the Deny statements that are there for certain, and of which everything is known."""
        allows = [entry.node for entry in self._by_index.values() if entry.effect is Effect.ALLOW]
        for statement in self._by_index.values():
            if statement.effect is not Effect.DENY or any(
                deployed_text(node) is None for node in statement.node.walk()
            ):
                continue
            if statement.node.branches and not all(map(statement.node.is_present_with, allows)):
                continue
            value = statement.value
            if value is not None:
                resources = _deployed_resources(statement)
                yield self._term(statement, value if resources is None else replace(value, resources=resources))


def action_node(statement: ParsedStatement, action: str) -> Node:
    """The first Action value of a statement that matches an action which the statement allows."""
    values = statement.action.values if statement.action else ()
    return next(node for node in values if matches_action(node.text, action))


def _certain_value(statement: ParsedStatement) -> Statement:
    """A wide statement with the resources that it is wide on."""
    resources = tuple(deployed_text(node) or node.text for node in wildcard_resources(statement))
    return Statement(Effect.ALLOW, _actions(statement), MatchList(resources), tuple(_conditions(statement)))


def _possible_value(statement: ParsedStatement) -> Statement:
    """The statement; a Resource that is not completely known counts as every resource."""
    resources = _deployed_resources(statement) or _EVERY_RESOURCE
    return Statement(Effect.ALLOW, _actions(statement), resources, tuple(_conditions(statement)))


def _deployed_resources(statement: ParsedStatement) -> MatchList | None:
    """The Resource or NotResource of a deployment; None if the statement has none, or one that is not known."""
    element = statement.resource
    if element is None or not element.is_resolved:
        return None
    texts = [deployed_text(node) for node in element.values]
    known = tuple(text for text in texts if text is not None)
    return MatchList(known, negated=element.negated) if len(known) == len(texts) else None


def _actions(statement: ParsedStatement) -> MatchList:
    element = statement.action
    return MatchList(()) if element is None else MatchList(tuple(node.text for node in element.values), element.negated)


def _conditions(statement: ParsedStatement) -> Iterator[Condition]:
    """The conditions that are known; of one with an unknown value is known at most that it requires its key.

    One that compares a property of the caller with a variable limits no resource, whatever the caller is.
    """
    for condition in statement.conditions:
        operator = condition.operator
        if operator is None or condition.key.unresolved:
            continue
        if key_kind(condition.key.text) in _OF_CALLER and any("${" in node.text for node in condition.values):
            continue
        if condition.is_resolved and not any(node.unresolved for node in condition.values):
            yield Condition(operator, condition.key.text, tuple(node.text for node in condition.values))
        elif requires_key(condition):
            yield build_condition("Null", condition.key.text, "false")
