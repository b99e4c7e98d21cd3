"""A wildcard or policy variable in a condition value that has to be exact, or that begins too openly.

Accounts, organizations, VPCs and endpoints are told apart by their whole identifiers: a wildcard in one lets in
strangers' whose identifiers happen to match, and so does a variable that someone else may set, such as a tag. What an
identity provider says of its users needs six letters before each wildcard or variable, so that `repo:*` does not stand
for every repository there is. In `aws:userid`, `AROAEXAMPLEID:*` names all sessions of a role, but a wildcard within
what stands before the colon names other roles and users too.

A value that is nothing but a variable which AWS fills in (`"aws:ResourceAccount": "${aws:PrincipalAccount}"`) is left
alone.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sensitive
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from iamglue.findings import Severity
from iamglue.lint.analysis.required_key import is_negated_operator
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.conditions import Operator
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.parsed_values import ParsedCondition
from iamglue.policy.patterns.variables import Token, TokenKind, tokenize

RULE = Rule(Severity.ERROR, codes=("WILDCARD_USAGE_TOO_PERMISSIVE", "VARIABLE_USAGE_TOO_PERMISSIVE"))
_WILDCARD, _VARIABLE = RULE.codes
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sensitive
_SENSITIVE = frozenset(
    {
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:sourceaccount",
        "aws:sourceorgid",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpceaccount",
        "aws:vpceorgid",
    }
)
_USER_ID = "aws:userid"
_NEEDED = 6
_GLOBS = frozenset({"StringLike", "StringNotLike", "ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals"})


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every such value."""
    for statement, condition in policy.conditions:
        key, named = condition.key.text.lower(), condition.operator
        if named is None or named.base[:3] not in ("Str", "Arn"):
            continue
        if key in _SENSITIVE or key == _USER_ID:
            yield from _exact(condition, key, named, variables=policy.has_variables)
        elif _is_claim(key) and _lets_in(statement, named):
            yield from _claims(condition, named, variables=policy.has_variables)


def _exact(condition: ParsedCondition, key: str, operator: Operator, *, variables: bool) -> Iterator[RuleViolation]:
    found = _user_id if key == _USER_ID else _sensitive
    for value in condition.values:
        wild, variable = found(_marked(value.text))
        written = condition.key.text
        if wild and operator.base in _GLOBS:
            yield RuleViolation(
                value, f"a wildcard in a value of `{written}` lets in more than was meant", help=_how(key)
            )
        elif variable and variables and not value.unresolved:
            message = f"a policy variable in a value of `{written}` lets in more than was meant"
            yield RuleViolation(value, message, help=_how(key), code=_VARIABLE)


def _how(key: str) -> str:
    if key == _USER_ID:
        return "put it after the colon, or let it be all that stands before the colon"
    return "write the whole identifier, or several"


def _claims(condition: ParsedCondition, operator: Operator, *, variables: bool) -> Iterator[RuleViolation]:
    for value in condition.values:
        open_at = "*?\0" if variables and not value.unresolved else "*?"
        mark = _early(_marked(value.text), open_at if operator.base in _GLOBS else open_at[2:])
        if mark:
            what, code = ("policy variable", _VARIABLE) if mark == "\0" else ("wildcard", _WILDCARD)
            message = f"`{value.text}` is too open for `{condition.key.text}`"
            yield RuleViolation(
                value, message, help=f"write at least {_NEEDED} characters before the {what}", code=code
            )


def _lets_in(statement: ParsedStatement, operator: Operator) -> bool:
    """Whether the wider the value, the more is let in."""
    return statement.effect is not None and is_negated_operator(operator) == (statement.effect is Effect.DENY)


def _is_claim(key: str) -> bool:
    """Whether the key is what an identity provider says of its user: its prefix is the provider's host name."""
    prefix, _, name = key.partition(":")
    return "." in prefix and name != "aud"


@lru_cache(maxsize=2048)
def _marked(text: str) -> str:
    """The text with each policy variable as one NUL; nothing when it is a variable that AWS fills in, and no more."""
    if "${" not in text:
        return text
    pieces = tokenize(text)
    if len(pieces) == 1 and pieces[0].name.lower() in _SENSITIVE:
        return ""
    return "".join(map(_mark, pieces))


def _mark(piece: Token) -> str:
    if piece.kind is TokenKind.LITERAL:
        return piece.text
    # What is not known before deployment may be as long as need be.
    return "\0" if piece.kind is TokenKind.VARIABLE else "x" * _NEEDED


def _sensitive(marked: str) -> tuple[bool, bool]:
    return "*" in marked or "?" in marked, "\0" in marked


def _user_id(marked: str) -> tuple[bool, bool]:
    left, colon, _ = marked.partition(":")
    if colon and left in ("*", "\0"):
        return False, False
    return _sensitive(left)


def _early(marked: str, marks: str) -> str:
    """The first of `marks` before which fewer than six characters stand in a row; empty when there is none."""
    run = 0
    for letter in marked:
        if letter not in marks:
            run = 0 if letter in "*?\0" else run + 1
        elif run < _NEEDED:
            return letter
        else:
            run = 0
    return ""


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals":'
        ' {"aws:ResourceAccount": "${aws:PrincipalAccount}"}, "StringLike": {"aws:userid": "AROAEXAMPLEID:*"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/'
        'token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike":'
        ' {"token.actions.githubusercontent.com:sub": "repo:octo-org/octo-repo:ref:refs/heads/*"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"StringLike": {"aws:PrincipalTag/team": "a*", "aws:userid": "*:saanvi"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"StringLike": {"aws:SourceAccount": "1234*", "aws:userid": "AROA*"}}}',
        codes=("WILDCARD_USAGE_TOO_PERMISSIVE", "WILDCARD_USAGE_TOO_PERMISSIVE"),
    ),
    RuleExample(
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalTag/account}"}}}]}',
        codes=("VARIABLE_USAGE_TOO_PERMISSIVE",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/'
        'token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike":'
        ' {"token.actions.githubusercontent.com:sub": "repo:*"}}}',
    ),
)
