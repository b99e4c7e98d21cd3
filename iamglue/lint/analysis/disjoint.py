"""Actions and resources of a statement that never match; shared by two rules, for more and less reliable services."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from iamglue.catalog.action_resources import action_arn_formats, may_act_on
from iamglue.catalog.reference_gaps import lists_all_resources
from iamglue.catalog.service_arn_formats import is_listed_arn, matching_formats
from iamglue.lint.analysis.deployed_text import text_with_sample_names
from iamglue.lint.rule import RuleViolation
from iamglue.lint.rules.principals.unsupported_in_resource_policy import is_unsupported_action
from iamglue.policy.arns import split_arn_fields
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.parsed_values import ParsedMatchList
from iamglue.policy.source.nodes import Node

# The CDK grants these on a table together with the actions that do apply to it, in a statement of their own:
# https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-dynamodb/lib/perms.ts
_STREAM_READS = frozenset({"dynamodb:getrecords", "dynamodb:getsharditerator"})
# Ends of ARNs that mean what is inside a resource: objects, indexes and streams; log streams.
_INSIDE = ("/*", ":*")
# The name of a resource in an ARN format.
_NAME = re.compile(r"\$\{\w+\}")
_MAX_SHOWN = 3


def find_unmatched(policy: ParsedPolicy, *, reliable: bool) -> Iterator[RuleViolation]:
    """Actions that match no resource of their statement; if there are none, resources that match no action.

    `reliable` selects the services with a reliable reference, otherwise all others.
    """
    for statement, action, resources in _comparable_statements(policy):
        if not any(lists_all_resources(node.text) is reliable for node in action.values):
            continue
        if policy.synthesized and _is_grant(action.values, resources.values()):
            continue
        violations = [*_unmatched_actions(statement, action.values, resources, reliable)]
        if action.is_resolved:
            violations += _unmatched_resources(action.values, resources, reliable)
        # Last, because it is slow and few statements have violations.
        if violations and not any(map(_is_unlisted_resource, resources.values())):
            yield from violations


# Both rules call this for the same policy.
@lru_cache(maxsize=2)
def _comparable_statements(
    policy: ParsedPolicy,
) -> tuple[tuple[ParsedStatement, ParsedMatchList, dict[Node, str]], ...]:
    """The statements whose actions can be compared with their resources, which have their texts."""
    comparable = []
    for statement in policy.statements:
        action, resource = statement.action, statement.resource
        if action is None or resource is None or action.negated or resource.negated or not resource.is_resolved:
            continue
        resources = {node: text_with_sample_names(policy, node.text) for node in resource.values}
        if resources and not any(map(_may_match_anything, resources.values())):
            comparable.append((statement, action, resources))
    return tuple(comparable)


def _is_grant(actions: Iterable[Node], resources: Iterable[str]) -> bool:
    """Whether the CDK may have written a statement: it combines all actions of a purpose with all resources."""
    names, texts = [node.text for node in actions], tuple(resources)
    if {name.lower() for name in names} <= _STREAM_READS:
        return True
    return any(may_act_on(name, text) for name in names for text in texts)


def _may_match_anything(text: str) -> bool:
    """True if a resource may match anything: it is not an ARN, or an ARN of any resource of a service."""
    # `arn:aws:s3:::*` is included: S3 allows ListAllMyBuckets on it, and other services have similar exceptions.
    return not text.startswith("arn:") or split_arn_fields(text)[-1] == "*"


def _is_unlisted_resource(text: str) -> bool:
    """True if a resource has problems that other rules report, or is of a type that AWS's reference may not list."""
    return not matching_formats(text) or not is_listed_arn(text)


def _unmatched_actions(
    statement: ParsedStatement, actions: tuple[Node, ...], resources: dict[Node, str], reliable: bool
) -> Iterator[RuleViolation]:
    """Actions of the selected services that apply to none of the resources, which have their texts."""
    for node in actions:
        if lists_all_resources(node.text) is not reliable or _acts_on_some(node.text, resources.values()):
            continue
        if not is_unsupported_action(statement.policy, node.text):
            yield _action_violation(statement, node, tuple(resources.values()))


def _unmatched_resources(
    actions: tuple[Node, ...], resources: dict[Node, str], reliable: bool
) -> Iterator[RuleViolation]:
    """Resources that no action matches. If an action matches no resource, only the action is reported."""
    if len(resources) < 2:  # fast: of a single resource, the actions are reported
        return
    if all(map(lists_all_resources, (action_node.text for action_node in actions))) is not reliable:
        return
    unmatched = [
        resource
        for resource, text in resources.items()
        if not any(may_act_on(action_node.text, text) for action_node in actions)
    ]
    if not unmatched or not all(_acts_on_some(node.text, resources.values()) for node in actions):
        return
    for node in unmatched:
        message = f"`{node.text}` has no effect: none of the statement's actions applies to it"
        yield RuleViolation(node, message, help=_format_help([action_node.text for action_node in actions]))


def _acts_on_some(action: str, resources: Iterable[str]) -> bool:
    """Whether the action may act on any of the resources."""
    for text in resources:  # noqa: SIM110 - in a loop, as this runs for every action of a policy
        if may_act_on(action, text):
            return True
    return False


def _action_violation(statement: ParsedStatement, node: Node, resources: tuple[str, ...]) -> RuleViolation:
    """The violation of an action that has no effect in its statement, with the resources on which it would have one."""
    effect = "denied" if statement.effect is Effect.DENY else "allowed"
    if action_arn_formats(node.text) == ():
        message = f"`{node.text}` supports only `*` as the resource, so it is never {effect} here"
        return RuleViolation(node, message, help='put it in a statement with `"Resource": "*"`')
    message = f"`{node.text}` applies to no resource of the statement, so it is never {effect} here"
    return RuleViolation(node, message, help=_suffix_help(node.text, resources) or _format_help([node.text]))


def _suffix_help(action: str, resources: tuple[str, ...]) -> str | None:
    """The help for an ARN that only its end makes wrong: a bucket for an object, an object for a bucket."""
    for text in resources:
        for suffix in _missing_suffixes(action, split_arn_fields(text)[-1]):
            if may_act_on(action, text + suffix):
                return f"write `{suffix}` after the ARN: the action applies to what is inside that resource"
        for suffix in _INSIDE:
            if text.endswith(suffix) and may_act_on(action, text.removesuffix(suffix)):
                return f"leave out `{suffix}`: the action applies to the resource itself, not to what is inside it"
    return None


def _missing_suffixes(action: str, resource: str) -> Iterator[str]:
    """What the ARN formats of an action have behind the last field of an ARN, with `*` for names: `/stream/*`."""
    for arn_format in action_arn_formats(action) or ():
        for name in _NAME.finditer(arn_format.resource):
            begin, rest = arn_format.resource[: name.end()], arn_format.resource[name.end() :]
            pattern = "[^/:]+".join(map(re.escape, _NAME.split(begin)))
            if rest and re.fullmatch(pattern, resource):
                yield _NAME.sub("*", rest)


def _format_help(actions: list[str]) -> str:
    """The first ARN formats that the actions apply to."""
    arn_formats = [arn_format for action in actions for arn_format in action_arn_formats(action) or ()]
    forms = tuple(
        dict.fromkeys(
            f"`arn:aws:{arn_format.service}:{arn_format.region}:{arn_format.account}:{arn_format.resource}`"
            for arn_format in arn_formats
        )
    )
    subject = "the actions apply" if len(actions) > 1 else "the action applies"
    return f"{subject} to {', '.join(forms[:_MAX_SHOWN])}{', ...' if len(forms) > _MAX_SHOWN else ''}"
