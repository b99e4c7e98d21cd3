"""Accesses of which parts are known only at deployment: `${Name}`, `${AWS::Region}` and what a template puts in.

A parameter may stand for any text: nothing at all, wildcards, a whole ARN. The search takes it for a text of its own,
which shows requests that exist for some values; that there is none for any value is shown for the opened access.
"""

from __future__ import annotations

import re
from dataclasses import replace

from iamglue.engine.solve.access import Access, StatementTerm
from iamglue.policy.arns import ARN_FIELD_COUNT
from iamglue.policy.model import MatchList, Statement
from iamglue.policy.patterns.variables import Token, TokenKind, has_parameters, tokenize

# A key of no request, so that nothing is known of the values of a variable that is named so.
_KEY = "iamglue:"
_BRACES = re.compile(r"[${}]")


def is_parametrized(access: Access) -> bool:
    """Whether a part of a Resource is known only at deployment; what values of conditions may be, their tests say."""
    return any(leaf.variables and _any_parametrized(leaf.statement.resources) for leaf in access.terms)


def replace_parameters(access: Access) -> Access:
    """The access with a policy variable for each parameter: of one text with variables nothing is known but itself."""
    return _opened(access, {})


def _opened(access: Access, done: dict[StatementTerm, StatementTerm]) -> Access:
    if access.term is None:
        return Access(access.op, tuple(_opened(part, done) for part in access.parts))
    leaf = access.term
    if leaf not in done:
        done[leaf] = leaf.with_statement(_statement(leaf.statement)) if leaf.variables else leaf
    return Access(access.op, term=done[leaf])


def _any_parametrized(resources: MatchList | None) -> bool:
    return resources is not None and any(map(has_parameters, resources.values))


def _statement(statement: Statement) -> Statement:
    resources = statement.resources
    if resources is None or not _any_parametrized(resources):
        return statement
    return replace(statement, resources=MatchList(tuple(map(_pattern, resources.values)), resources.negated))


def _pattern(text: str) -> str:
    """A Resource pattern with variables in place of parameters.

    Which fields a pattern has is known where five colons stand outside of parameters. Otherwise it begins like every
    pattern that begins with the same parameter, or nothing is known of it but that it is the same in both policies.
    """
    if not has_parameters(text):
        return text
    first, *rest = tokenize(text)
    colons = sum(token.text.count(":") for token in (first, *rest) if token.kind is TokenKind.LITERAL)
    if colons >= ARN_FIELD_COUNT - 1:
        return "".join(map(_variable, (first, *rest)))
    if colons == 0 and first.is_parameter:
        head = ":".join(_named(f"{at} {first.text}") for at in range(ARN_FIELD_COUNT - 1))
        return f"{head}:{''.join(map(_variable, (first, *rest)))}"
    return ":".join(_named(f"{at} {text}") for at in range(ARN_FIELD_COUNT))


def _variable(token: Token) -> str:
    return _named(token.text) if token.is_parameter else token.text


def _named(text: str) -> str:
    return f"${{{_KEY}{_BRACES.sub('', text)}}}"
