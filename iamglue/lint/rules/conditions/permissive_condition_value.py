"""A wildcard or policy variable makes a condition value match more than intended.

Accounts, organizations, VPCs and endpoints are identified by their complete identifiers. A wildcard may also match
identifiers of external accounts, and so may a variable that someone else can set, such as a tag. A claim of an
identity provider needs six characters before each wildcard or variable, so that `repo:*` does not match every
repository. In `aws:userid`, `AROAEXAMPLEID:*` matches all sessions of a role, but a wildcard inside the part before
the colon also matches other roles and users.

A value that consists only of a variable that AWS fills in (`"aws:ResourceAccount": "${aws:PrincipalAccount}"`) is not
reported.

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
_MIN_LITERAL_RUN = 6
_WILDCARD_OPERATORS = frozenset({"StringLike", "StringNotLike", "ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals"})


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report wildcards and variables in identifiers, and those that come too early in claims."""
    for statement, condition in policy.conditions:
        key, operator = condition.key.text.lower(), condition.operator
        if operator is None or operator.base[:3] not in ("Str", "Arn"):
            continue
        if key in _SENSITIVE or key == _USER_ID:
            yield from _identifier_violations(condition, key, operator, variables=policy.has_variables)
        elif _is_claim_key(key) and _wider_value_allows_more(statement, operator):
            yield from _claim_violations(condition, operator, variables=policy.has_variables)


def _identifier_violations(
    condition: ParsedCondition, key: str, operator: Operator, *, variables: bool
) -> Iterator[RuleViolation]:
    """Report wildcards and variables in values that must be exact identifiers."""
    find_marks = _find_user_id_marks if key == _USER_ID else _find_marks
    for value in condition.values:
        has_wildcard, has_variable = find_marks(_replace_variables(value.text))
        key_name = condition.key.text
        if has_wildcard and operator.base in _WILDCARD_OPERATORS:
            yield RuleViolation(
                value,
                f"`{value.text}` has a wildcard, so `{key_name}` also matches other identifiers",
                help=_help_text(key),
            )
        elif has_variable and variables and not value.unresolved:
            message = f"`{value.text}` has a policy variable, so `{key_name}` may also match other identifiers"
            yield RuleViolation(value, message, help=_help_text(key), code=_VARIABLE)


def _help_text(key: str) -> str:
    """Where the user ID is in values of `aws:userid`; other keys have no such parts."""
    if key == _USER_ID:
        return "use it after the colon, or as the whole part before the colon"
    return "write complete identifiers"


def _claim_violations(condition: ParsedCondition, operator: Operator, *, variables: bool) -> Iterator[RuleViolation]:
    """Report wildcards and variables that come too early in the values of a claim."""
    for value in condition.values:
        marks = "*?\0" if variables and not value.unresolved else "*?"
        mark = _find_early_mark(
            _replace_variables(value.text), marks if operator.base in _WILDCARD_OPERATORS else marks[2:]
        )
        if mark:
            what, code = ("policy variable", _VARIABLE) if mark == "\0" else ("wildcard", _WILDCARD)
            message = f"`{value.text}` is too permissive for `{condition.key.text}`"
            yield RuleViolation(
                value, message, help=f"write at least {_MIN_LITERAL_RUN} characters before the {what}", code=code
            )


def _wider_value_allows_more(statement: ParsedStatement, operator: Operator) -> bool:
    """Return whether a wider value makes the statement allow more or deny less."""
    return statement.effect is not None and is_negated_operator(operator) == (statement.effect is Effect.DENY)


def _is_claim_key(key: str) -> bool:
    """Return whether the key is a claim (other than `aud`) of an identity provider, whose host name is its prefix."""
    prefix, _, name = key.partition(":")
    return "." in prefix and name != "aud"


@lru_cache(maxsize=2048)
def _replace_variables(text: str) -> str:
    """Return the text with each policy variable as one NUL; empty if it is only a variable that AWS fills in."""
    if "${" not in text:
        return text
    tokens = tokenize(text)
    if len(tokens) == 1 and tokens[0].name.lower() in _SENSITIVE:
        return ""
    return "".join(map(_replace_token, tokens))


def _replace_token(token: Token) -> str:
    """A text in place of a part of a value: `\0` for a variable, which the caller may decide."""
    if token.kind is TokenKind.LITERAL:
        return token.text
    # The value of a placeholder is unknown before deployment: assume that it is long enough.
    return "\0" if token.kind is TokenKind.VARIABLE else "x" * _MIN_LITERAL_RUN


def _find_marks(marked_text: str) -> tuple[bool, bool]:
    """Return (whether the text has a wildcard, whether it has a variable)."""
    return "*" in marked_text or "?" in marked_text, "\0" in marked_text


def _find_user_id_marks(marked_text: str) -> tuple[bool, bool]:
    """Check only the part before the colon, which may also be a single `*` or variable."""
    left, colon, _ = marked_text.partition(":")
    if colon and left in ("*", "\0"):
        return False, False
    return _find_marks(left)


def _find_early_mark(marked_text: str, marks: str) -> str:
    """Return the first of `marks` that follows fewer than six literal characters in a row; empty if there is none."""
    run = 0
    for letter in marked_text:
        if letter not in marks:
            run = 0 if letter in "*?\0" else run + 1
        elif run < _MIN_LITERAL_RUN:
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
