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

from iamglue.findings import Severity, fix
from iamglue.lint.analysis.key_needed import needs_the_key
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import WrittenPolicy
from iamglue.policy.parsed_values import Element, WrittenCondition
from iamglue.policy.patterns.wildcards import matches_action
from iamglue.policy.source.edits import replaced

RULE = Rule(Severity.ERROR, codes=("MISSING_ACTION_FOR_CONDITION_KEY",))
_SETS = (
    ("sts:sourceidentity", "sts:SetSourceIdentity"),
    ("sts:transitivetagkeys", "sts:TagSession"),
    ("aws:requesttag/", "sts:TagSession"),
    ("aws:tagkeys", "sts:TagSession"),
)
_ASSUMES = ("sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity")


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every condition of an Allow to assume a role on a key that another action sets."""
    for statement, condition in policy.conditions:
        action = statement.action
        if statement.effect is not Effect.ALLOW or action is None or action.negated or not action.whole:
            continue
        setter = _setter(condition.key.text.lower())
        if setter and needs_the_key(condition) and _assumes(action) and not _has(action, setter):
            yield _hit(condition, action, setter)


def _setter(key: str) -> str | None:
    return next((action for begin, action in _SETS if key.startswith(begin)), None)


def _assumes(action: Element) -> bool:
    return any(node.text.lower() in _ASSUMES for node in action.values)


def _has(action: Element, setter: str) -> bool:
    return any(node.holes or matches_action(node.text, setter) for node in action.values)


def _hit(condition: WrittenCondition, action: Element, setter: str) -> Hit:
    key = condition.key
    edits = replaced(action.node, [*(node.text for node in action.values), setter])
    return Hit(
        key,
        f"`{key.text}` is set with `{setter}`, which this statement does not allow",
        help=f"add `{setter}` to `Action`",
        fix=fix(f"add `{setter}`", edits),
    )


GOOD = (
    Case(
        '{"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:RequestTag/team": "shop"}}}'
    ),
    Case(
        '{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*",'
        ' "Condition": {"StringEqualsIfExists": {"sts:SourceIdentity": "saanvi"}}}'
    ),
)
BAD = (
    Case(
        '{"Effect": "Allow", "Action": ["sts:AssumeRole"], "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:RequestTag/team": "shop"}}}',
        fixed='{"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:RequestTag/team": "shop"}}}',
    ),
    Case(
        '{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*",'
        ' "Condition": {"StringLike": {"sts:SourceIdentity": "saanvi*"}}}',
    ),
)
