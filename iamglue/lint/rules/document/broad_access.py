"""Actions that make changes, or all actions of a service, are allowed on every resource of a type.

`"Resource": "*"` is not the only form of this: `arn:aws:s3:::*`, `arn:aws:dynamodb:*:*:table/*` and `arn:aws:*` are
just as broad. Name the resources. Actions that support only `"Resource": "*"` are not reported, nor are actions that
only list or describe. Other rules report access to data, access to credentials and privilege escalation. A condition
that limits the resources (for example by their tags) makes a statement narrow; a condition on the caller, the Region or
the time does not.

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
# Actions with these prefixes change no resource of the account, even where AWS does not class them as read or list.
_HARMLESS_PREFIXES = ("describe", "list")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find Allow statements with such actions on every resource; at most one violation for each statement."""
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
    """Action texts that allow changes to every resource of a type and that no Deny overrides."""
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
    """Patterns, and names of actions that make changes. A cheap filter before the catalog of resource types is read."""
    current_prefix, changing = "", changing_actions("")
    for node, lower in zip(action.values, action.lowercase, strict=True):
        prefix, _, name = lower.partition(":")
        if prefix != current_prefix:  # most lists are of one service
            current_prefix, changing = prefix, changing_actions(prefix)
        if name in changing or "*" in name or "?" in name:
            yield node


def _violation(wildcard: Node, actions: tuple[str, ...]) -> RuleViolation:
    """Report a service wildcard by itself, otherwise the first actions."""
    whole_service = next(filter(_is_whole_service, actions), None)
    if whole_service is not None:
        message = f"the statement allows `{whole_service}`, every action of the service, on `{wildcard.text}`"
        return RuleViolation(wildcard, message, help="list the actions that are needed, and name the resources")
    names = format_first_names(actions)
    message = f"the statement allows {names} on `{wildcard.text}`, which matches every resource of the type"
    return RuleViolation(wildcard, message, help="name the resources")


def _is_whole_service(text: str) -> bool:
    """True for `service:*`."""
    return text[-1:] == "*" and not text.partition(":")[2].strip("*") and not has_wildcard(text.partition(":")[0])


@lru_cache(maxsize=65536)
def _matches_changing_action(text: str, resource: str) -> bool:
    """True if `text` matches an action that makes changes and supports fewer resources than `resource` matches."""
    return next(_matching_changing_actions(text, resource), None) is not None


def _matching_changing_actions(text: str, resource: str) -> Iterator[str]:
    """Actions that match `text`, make changes, and support fewer resources than `resource` matches."""
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
    """True unless another rule reports the action, or the action is needed on `*`."""
    return not is_risky(action) and action not in _actions_needing_star()


def _covers_type(action: str, resource: str) -> bool:
    """True if `resource` matches every resource of a type that the action supports."""
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
    """Actions that AWS's guides for function settings allow on `*` because no narrower form is known."""
    from iamglue.catalog.setting_permissions import setting_permissions  # noqa: PLC0415 - startup: only needed for actions on `*`

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
