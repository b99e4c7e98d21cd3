"""A condition tests a value that the caller can set only with another action, which the statement does not allow.

`sts:TagSession` sets the tags of a session, and `sts:SetSourceIdentity` sets its source identity. An Allow of
`sts:AssumeRole` with a condition on `aws:RequestTag/...` or `sts:SourceIdentity`, but without that action, requires a
value that no caller may set. Add the action to the statement.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.required_key import requires_key
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.parsed_values import ParsedCondition, ParsedMatchList
from iamglue.policy.patterns.wildcards import matches_action
from iamglue.policy.source.edits import replace_node

RULE = Rule(Severity.ERROR, codes=("MISSING_ACTION_FOR_CONDITION_KEY",))
_SETTER_ACTIONS = (
    ("sts:sourceidentity", "sts:SetSourceIdentity"),
    ("sts:transitivetagkeys", "sts:TagSession"),
    ("aws:requesttag/", "sts:TagSession"),
    ("aws:tagkeys", "sts:TagSession"),
)
_ASSUME_ROLE_ACTIONS = ("sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report conditions of an Allow of AssumeRole actions whose key is set by an action that is not listed."""
    for statement, condition in policy.conditions:
        action = statement.action
        if statement.effect is not Effect.ALLOW or action is None or action.negated or not action.is_resolved:
            continue
        setter = _setter_action(condition.key.text.lower())
        if setter and requires_key(condition) and _has_assume_role_action(action) and not _may_include(action, setter):
            yield _build_violation(condition, action, setter)


def _setter_action(key: str) -> str | None:
    """Return the action that sets the key; None if no separate action is needed."""
    return next((action for prefix, action in _SETTER_ACTIONS if key.startswith(prefix)), None)


def _has_assume_role_action(action: ParsedMatchList) -> bool:
    return any(node.text.lower() in _ASSUME_ROLE_ACTIONS for node in action.values)


def _may_include(action: ParsedMatchList, setter: str) -> bool:
    """Return whether the element lists the action, or has a value that is unknown."""
    return any(node.unresolved or matches_action(node.text, setter) for node in action.values)


def _build_violation(condition: ParsedCondition, action: ParsedMatchList, setter: str) -> RuleViolation:
    """The violation of a key that only another action sets; the fix adds this action."""
    key = condition.key
    edits = replace_node(action.node, [*(node.text for node in action.values), setter])
    return RuleViolation(
        key,
        f"`{key.text}` can be set only with `{setter}`, which this statement does not allow",
        help=f"add `{setter}` to `Action`",
        fix=build_fix(f"add `{setter}`", edits),
    )


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:RequestTag/team": "shop"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*",'
        ' "Condition": {"StringEqualsIfExists": {"sts:SourceIdentity": "saanvi"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": ["sts:AssumeRole"], "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:RequestTag/team": "shop"}}}',
        fixed='{"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:RequestTag/team": "shop"}}}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*",'
        ' "Condition": {"StringLike": {"sts:SourceIdentity": "saanvi*"}}}',
    ),
)
