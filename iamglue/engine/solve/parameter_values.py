"""What holds whatever the values of deployment parameters are.

A search takes a parameter for a distinct text. A request that it finds on `table/${Table}` is outside of what allows
`table/orders` only if the parameter has another value.
"""

from __future__ import annotations

from dataclasses import replace

from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.truth import Truth, all_of, any_of, opposite
from iamglue.engine.solve.access import Access, SetOperation, StatementTerm
from iamglue.engine.solve.proof import Verdict, prove_empty
from iamglue.policy.arns import resource_intersects
from iamglue.policy.model import MatchList
from iamglue.policy.patterns.variables import has_parameters, tokenize


def is_in_any_case(access: Access, request: Request) -> bool:
    """Whether an access has some request whatever the values of its parameters are, such as this one of the access."""
    if contains_with_any_value(access, request):
        return True
    return prove_empty(_certain_part(access, is_upper=False)).verdict is Verdict.NON_EMPTY


def contains_with_any_value(access: Access, request: Request) -> Truth:
    """Whether a request is in an access whatever the values of parameters are; None if they decide it."""
    if access.term is not None:
        return _applies_with_any_value(access.term, request)
    results = (contains_with_any_value(part, request) for part in access.parts)
    if access.op is SetOperation.COMPLEMENT:
        return opposite(next(results))
    return any_of(results) if access.op is SetOperation.UNION else all_of(results)


def _applies_with_any_value(term: StatementTerm, request: Request) -> Truth:
    """Whether a statement applies to a request whatever the values of parameters are."""
    if not term.prepared.matches_action(request.action.lower()):
        return False
    applies, resources = term.prepared.applies(request), term.statement.resources
    if resources is None or not has_parameters(request.resource):
        return applies
    on_any = term.with_statement(replace(term.statement, resources=None)).prepared.applies(request)
    if on_any is False:
        return False
    # With its parameters as they are written, the resource matches some pattern, or none.
    is_matched = term.with_statement(replace(term.statement, conditions=(), principals=None)).prepared.applies(request)
    is_matched = opposite(is_matched) if resources.negated else is_matched
    if is_matched is False and any(_may_match(pattern, request.resource) for pattern in resources.values):
        return None
    return applies


def _may_match(pattern: str, resource: str) -> bool:
    """Whether a pattern matches a resource for some values of the parameters of both."""
    return resource_intersects(_widest(pattern), _widest(resource))


def _widest(text: str) -> str:
    """A text with a star for each parameter."""
    return "".join("*" if token.is_parameter else token.text for token in tokenize(text))


def _certain_part(access: Access, *, is_upper: bool) -> Access:
    """The requests that are in an access for all values of its parameters; with `is_upper`, for some value."""
    if access.term is not None:
        return Access(access.op, term=_bound_term(access.term, is_upper=is_upper))
    is_part_upper = is_upper is not (access.op is SetOperation.COMPLEMENT)
    return Access(access.op, tuple(_certain_part(part, is_upper=is_part_upper) for part in access.parts))


def _bound_term(term: StatementTerm, *, is_upper: bool) -> StatementTerm:
    """A statement without its Resource patterns that have parameters, or with the widest patterns in their place."""
    resources = term.statement.resources
    if resources is None or not term.variables or not any(map(has_parameters, resources.values)):
        return term
    if is_upper is resources.negated:
        values = tuple(value for value in resources.values if not has_parameters(value))
    else:
        values = tuple(map(_widest, resources.values))
    return term.with_statement(replace(term.statement, resources=MatchList(values, resources.negated)))
