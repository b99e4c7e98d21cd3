"""Actions that change something, or a whole service, on every resource of a type.

`"Resource": "*"` is not the only way to write it: `arn:aws:s3:::*`, `arn:aws:dynamodb:*:*:table/*` and `arn:aws:*` are
as wide. Name the resources. Actions that take no other Resource than `*` are left alone, and so is what only lists or
describes; reading of data, handing out of credentials and ways to more access have rules of their own. A condition
that narrows the resources (on their tags, say) makes a statement narrow; one on the caller, the Region or the time
does not.

https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice

from iamglue.catalog.resource_formats import action_resource_types, resource_type_formats
from iamglue.catalog.services import changing_actions
from iamglue.findings import Severity
from iamglue.lint.analysis.open_grants import (
    covers_resource_type,
    format_first_names,
    has_no_resource_condition,
    may_deny_any_resource,
    survives_denies,
    wildcard_resources,
)
from iamglue.lint.analysis.risky_grants import is_risky
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.lint.rules.document.administrator_access import grants_everything
from iamglue.policy.arns import is_single_star
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement, PolicyType
from iamglue.policy.parsed_values import ParsedMatchList
from iamglue.policy.patterns.wildcards import has_wildcard, matches
from iamglue.policy.source.nodes import Node

RULE = Rule(Severity.WARNING, types=frozenset({PolicyType.IDENTITY}), breadth=True)

_MAX_SHOWN = 3
# What such an action changes, if anything, is no resource of the account.
_HARMLESS_PREFIXES = ("describe", "list")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every Allow statement with such actions on every resource."""
    for statement in policy.statements:
        action = statement.action
        if action is None or action.negated or statement.effect is not Effect.ALLOW:
            continue
        if not statement.is_conditional or has_no_resource_condition(statement):
            for wildcard in wildcard_resources(statement):
                actions = tuple(islice(_find_broad_actions(statement, action, wildcard.text), _MAX_SHOWN + 1))
                if actions and not grants_everything(policy, statement):
                    yield _violation(wildcard, actions)
                    break


def _find_broad_actions(statement: ParsedStatement, action: ParsedMatchList, resource: str) -> Iterator[str]:
    """The Action texts that change all of a type of the resource."""
    candidates = _candidate_actions(action)
    if not may_deny_any_resource(statement.policy):
        yield from (node.text for node in candidates if _matches_changing_action(node.text, resource))
        return
    for node in candidates:
        if _matches_changing_action(node.text, resource) and any(
            survives_denies(statement, name) for name in _matching_changing_actions(node.text, resource)
        ):
            yield node.text


def _candidate_actions(action: ParsedMatchList) -> Iterator[Node]:
    """The patterns among the Actions, and the names of those that change something: others need no closer look."""
    current_prefix, changing = "", changing_actions("")
    for node, lower in zip(action.values, action.lowercase, strict=True):
        prefix, _, name = lower.partition(":")
        if prefix != current_prefix:  # most lists are of one service
            current_prefix, changing = prefix, changing_actions(prefix)
        if name in changing or "*" in name or "?" in name:
            yield node


def _violation(wildcard: Node, actions: tuple[str, ...]) -> RuleViolation:
    whole_service = next(filter(_is_whole_service, actions), None)
    if whole_service is not None:
        message = f"`{whole_service}`, all of the service, is allowed on `{wildcard.text}`"
        return RuleViolation(wildcard, message, help="list the actions that are needed, and name the resources")
    message = f"{format_first_names(actions)} {'are' if len(actions) > 1 else 'is'} allowed on `{wildcard.text}`"
    return RuleViolation(wildcard, message, help="name the resources")


def _is_whole_service(text: str) -> bool:
    return text[-1:] == "*" and not text.partition(":")[2].strip("*") and not has_wildcard(text.partition(":")[0])


@lru_cache(maxsize=65536)
def _matches_changing_action(text: str, resource: str) -> bool:
    return next(_matching_changing_actions(text, resource), None) is not None


def _matching_changing_actions(text: str, resource: str) -> Iterator[str]:
    """The actions that a pattern matches, that change something, and that could be confined to fewer resources."""
    prefix, _, name = text.lower().partition(":")
    if name.startswith(_HARMLESS_PREFIXES):
        return
    changing = changing_actions(prefix)
    if name not in changing and not has_wildcard(name):
        return
    for candidate in (name,) if name in changing else (candidate for candidate in changing if matches(name, candidate)):
        action = f"{prefix}:{changing[candidate]}"
        if _is_reported_here(action) and (is_single_star(resource) or _covers_type(action, resource)):
            yield action


def _is_reported_here(action: str) -> bool:
    """Whether no other rule looks after an action."""
    return not is_risky(action) and action not in _actions_needing_star()


def _covers_type(action: str, resource: str) -> bool:
    arn_formats = (
        arn_format
        for resource_type in action_resource_types(action).values()
        for arn_format in resource_type_formats(action, resource_type)
    )
    return any(
        covers_resource_type(resource, f"{arn_format.service}:{arn_format.resource_glob()}")
        for arn_format in arn_formats
    )


@cache
def _actions_needing_star() -> frozenset[str]:
    """The actions that a function's settings need on `*`, as AWS's guides have it: no narrower form is known."""
    from iamglue.catalog.setting_permissions import setting_permissions  # noqa: PLC0415 - startup: only for what is found on `*`

    return frozenset(name for setting in setting_permissions() if setting.on == "*" for name in setting.actions)


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::images/*"}'),
    RuleExample('{"Effect": "Allow", "Action": ["xray:PutTraceSegments", "ec2:Describe*"], "Resource": "*"}'),
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:TerminateInstances", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}'
    ),
    RuleExample(
        '{"Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"},'
        ' {"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}]}'
    ),
)
BAD = (
    RuleExample('{"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "arn:aws:s3:::*"}'),
    RuleExample('{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}'),
    RuleExample('{"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "arn:aws:dynamodb:*:*:table/*"}'),
    RuleExample(
        '{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:*",'
        ' "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}}'
    ),
)
