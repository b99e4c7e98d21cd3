"""Accesses with deployment parameters: `${Name}`, `${AWS::Region}` and other template substitutions.

A parameter may be any text: empty, with wildcards, a whole ARN. The search treats it as a distinct text, which finds
requests that exist for some values. A proof that there are none for any value uses `replace_parameters`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from iamglue.engine.solve.access import Access, StatementTerm
from iamglue.policy.arns import ARN_FIELD_COUNT
from iamglue.policy.model import MatchList, Statement
from iamglue.policy.patterns.variables import Token, TokenKind, has_parameters, tokenize

# A key that no request has, so the values of these variables are unknown.
_KEY_PREFIX = "iamglue:"
_BRACES = re.compile(r"[${}]")


def is_parametrized(access: Access) -> bool:
    """Whether a Resource has deployment parameters. Those in conditions are handled by the condition tests."""
    return any(term.variables and _has_parameters(term.statement.resources) for term in access.terms)


def replace_parameters(access: Access) -> Access:
    """The access with a policy variable for each parameter, so that nothing is assumed about its value."""
    return _replace_in_access(access, {})


def _replace_in_access(access: Access, replaced_terms: dict[StatementTerm, StatementTerm]) -> Access:
    """The access with parameters replaced in each statement; `replaced_terms` caches the replaced terms."""
    if access.term is None:
        return Access(access.op, tuple(_replace_in_access(part, replaced_terms) for part in access.parts))
    term = access.term
    if term not in replaced_terms:
        replaced_terms[term] = term.with_statement(_replace_in_statement(term.statement)) if term.variables else term
    return Access(access.op, term=replaced_terms[term])


def _has_parameters(resources: MatchList | None) -> bool:
    return resources is not None and any(map(has_parameters, resources.values))


def _replace_in_statement(statement: Statement) -> Statement:
    """The statement with variables in place of the parameters of its Resource; those of conditions stay."""
    resources = statement.resources
    if resources is None or not _has_parameters(resources):
        return statement
    return replace(statement, resources=MatchList(tuple(map(_replace_in_pattern, resources.values)), resources.negated))


def _replace_in_pattern(text: str) -> str:
    """A Resource pattern with variables in place of parameters.

    The fields of a pattern are known if it has five colons outside of parameters. A pattern that starts with a
    parameter starts like every pattern with the same first parameter. Of any other pattern, it is only known that equal
    texts are equal in both policies.
    """
    if not has_parameters(text):
        return text
    first_token, *other_tokens = tokenize(text)
    colons = sum(token.text.count(":") for token in (first_token, *other_tokens) if token.kind is TokenKind.LITERAL)
    if colons >= ARN_FIELD_COUNT - 1:
        return "".join(map(_token_text, (first_token, *other_tokens)))
    if colons == 0 and first_token.is_parameter:
        fields = ":".join(_variable_text(f"{index} {first_token.text}") for index in range(ARN_FIELD_COUNT - 1))
        return f"{fields}:{''.join(map(_token_text, (first_token, *other_tokens)))}"
    return ":".join(_variable_text(f"{index} {text}") for index in range(ARN_FIELD_COUNT))


def _token_text(token: Token) -> str:
    return _variable_text(token.text) if token.is_parameter else token.text


def _variable_text(text: str) -> str:
    """A policy variable with a name made from the text."""
    return f"${{{_KEY_PREFIX}{_BRACES.sub('', text)}}}"
