"""Statements with deployment parameters (`${Name}`): which texts have some, and the most that a statement may match."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from iamglue.engine.solve.access import StatementTerm
from iamglue.policy.conditions import Condition
from iamglue.policy.model import MatchList, Principal, Principals, Statement
from iamglue.policy.patterns.variables import has_parameters

_ALL = MatchList(("*",))


def widest_allow(term: StatementTerm) -> StatementTerm:
    """The statement, with everything that it allows for any values of its parameters other than those of ARNs."""
    statement = term.statement
    if has_open_texts(term, action_texts):
        statement = replace(statement, actions=_ALL)
    if has_open_texts(term, principal_texts):
        statement = replace(statement, principals=Principals((Principal("*", "*"),)))
    resources = statement.resources
    if resources is not None and any(has_parameters(value) and ":" not in value for value in resources.values):
        statement = replace(statement, resources=_ALL)
    known = tuple(condition for condition in statement.conditions if not _is_open(condition))
    return term.with_statement(replace(statement, conditions=known))


def widest_deny(term: StatementTerm) -> StatementTerm:
    """The statement, with everything that it may deny."""
    statement = term.statement
    if has_open_texts(term, action_texts):
        statement = replace(statement, actions=_ALL)
    if has_open_texts(term, resource_texts):
        statement = replace(statement, resources=_ALL)
    if has_open_texts(term, principal_texts):
        statement = replace(statement, principals=Principals((Principal("*", "*"),)))
    known = tuple(condition for condition in statement.conditions if not _is_open(condition))
    return term.with_statement(replace(statement, conditions=known))


def _is_open(condition: Condition) -> bool:
    return any(map(has_parameters, (condition.key, *condition.values)))


def has_open_texts(term: StatementTerm, texts: Callable[[Statement], Iterable[str]]) -> bool:
    """Whether some of the texts of a statement have parameters."""
    return term.variables and any(map(has_parameters, texts(term.statement)))


def all_texts(statement: Statement) -> tuple[str, ...]:
    """All texts of a statement that may have parameters."""
    parts = (action_texts, resource_texts, key_texts, value_texts, principal_texts)
    return tuple(text for part in parts for text in part(statement))


def action_texts(statement: Statement) -> tuple[str, ...]:
    """The actions of a statement."""
    return statement.actions.values


def resource_texts(statement: Statement) -> tuple[str, ...]:
    """The resources of a statement."""
    return () if statement.resources is None else statement.resources.values


def key_texts(statement: Statement) -> tuple[str, ...]:
    """The condition keys of a statement."""
    return tuple(condition.key for condition in statement.conditions)


def value_texts(statement: Statement) -> tuple[str, ...]:
    """The values of the conditions of a statement."""
    return tuple(value for condition in statement.conditions for value in condition.values)


def principal_texts(statement: Statement) -> tuple[str, ...]:
    """The principals of a statement."""
    return () if statement.principals is None else tuple(item.value for item in statement.principals.values)
