"""Which `${...}` of a statement are read, by the version of its policy.

Without `"Version": "2012-10-17"` a policy variable is literal text:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
A deployment parameter (`${Bucket}`) has its value before AWS reads the policy, whatever the version is.
"""

from __future__ import annotations

from dataclasses import replace

from iamglue.policy.model import VERSION_2012, MatchList, Statement
from iamglue.policy.patterns.variables import Token, TokenKind, has_named_parameters, tokenize


def with_read_variables(statement: Statement, version: str | None) -> tuple[Statement, bool]:
    """The statement, and whether the `${...}` in it are read; where only parameters are, variables are escaped."""
    if version == VERSION_2012:
        return statement, True
    if not any("${" in text and has_named_parameters(text) for text in _texts(statement)):
        return statement, False
    resources = statement.resources
    if resources is not None:
        resources = MatchList(tuple(map(_with_literal_variables, resources.values)), resources.negated)
    conditions = tuple(
        replace(condition, values=tuple(map(_with_literal_variables, condition.values)))
        for condition in statement.conditions
    )
    return replace(statement, resources=resources, conditions=conditions), True


def _texts(statement: Statement) -> tuple[str, ...]:
    resources = statement.resources.values if statement.resources is not None else ()
    return (*resources, *(value for condition in statement.conditions for value in condition.values))


def _with_literal_variables(text: str) -> str:
    return "".join(map(_literal_variable, tokenize(text))) if "${" in text else text


def _literal_variable(token: Token) -> str:
    """The text of a token; of a policy variable, an escape that means its text."""
    is_read = token.kind is TokenKind.LITERAL or token.is_named_parameter
    return token.text if is_read else token.text.replace("${", "${$}{", 1)
