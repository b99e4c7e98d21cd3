"""A condition on something that the caller may only set with another action, which the statement does not allow.

A session's tags are set with `sts:TagSession` and its source identity with `sts:SetSourceIdentity`. An Allow of
`sts:AssumeRole` under `aws:RequestTag/...` or `sts:SourceIdentity` without that action asks for what nobody may give.
Add the action to the statement.

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
_SETS = (
    ("sts:sourceidentity", "sts:SetSourceIdentity"),
    ("sts:transitivetagkeys", "sts:TagSession"),
    ("aws:requesttag/", "sts:TagSession"),
    ("aws:tagkeys", "sts:TagSession"),
)
_ASSUMES = ("sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every condition of an Allow to assume a role on a key that another action sets."""
    for statement, condition in policy.conditions:
        action = statement.action
        if statement.effect is not Effect.ALLOW or action is None or action.negated or not action.is_resolved:
            continue
        setter = _setter(condition.key.text.lower())
        if setter and requires_key(condition) and _assumes(action) and not _has(action, setter):
            yield _hit(condition, action, setter)


def _setter(key: str) -> str | None:
    return next((action for begin, action in _SETS if key.startswith(begin)), None)


def _assumes(action: ParsedMatchList) -> bool:
    return any(node.text.lower() in _ASSUMES for node in action.values)


def _has(action: ParsedMatchList, setter: str) -> bool:
    return any(node.unresolved or matches_action(node.text, setter) for node in action.values)


def _hit(condition: ParsedCondition, action: ParsedMatchList, setter: str) -> RuleViolation:
    key = condition.key
    edits = replace_node(action.node, [*(node.text for node in action.values), setter])
    return RuleViolation(
        key,
        f"`{key.text}` is set with `{setter}`, which this statement does not allow",
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
